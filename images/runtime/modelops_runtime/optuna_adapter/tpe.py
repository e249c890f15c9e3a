"""Part of `optuna_adapter`: Optuna's TPE, faster where there are thousands of trials.

Optuna takes the parameters of all trials apart at every ask, and sorts the trials by constraints
that none of ours has; that is more than half of its time. The points are the same.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe.sampler import default_gamma
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

LEARNED = (TrialState.COMPLETE, TrialState.PRUNED)

FIRST = 1024
"""Trials that there is room for at first; it doubles."""


class Rows:
    """What Optuna computes with of each trial, by the trial's number.

    Only trials that have ended are remembered: before, a number may come to have other parameters.
    """

    def __init__(self, space: dict[str, BaseDistribution]) -> None:
        self._space = space
        self._known = np.zeros(FIRST, bool)
        self._losses = np.zeros(FIRST)
        self._rows = np.zeros((len(space), FIRST))

    def columns(self, trials: Sequence[FrozenTrial], names: Sequence[str]) -> dict[str, Any]:
        """The values of some parameters in these trials, each of which has all parameters."""
        numbers = self._numbers(trials)
        rows = self._rows[:, numbers]
        for place in np.flatnonzero(~self._known[numbers]).tolist():
            rows[:, place] = self._row(trials[place])
        return {name: rows[place] for place, name in enumerate(self._space) if name in names}

    def losses(self, complete: Sequence[FrozenTrial]) -> Any:  # noqa: ANN401 -- an array
        """The losses of trials that are complete."""
        numbers = self._numbers(complete)
        for place in np.flatnonzero(~self._known[numbers]).tolist():
            self._take(complete[place])
        return self._losses[numbers]

    def _numbers(self, trials: Sequence[FrozenTrial]) -> Any:  # noqa: ANN401 -- an array
        numbers = np.fromiter((trial.number for trial in trials), int, len(trials))
        while len(self._known) <= numbers.max(initial=0):
            self._known = np.concatenate([self._known, np.zeros_like(self._known)])
            self._losses = np.concatenate([self._losses, np.zeros_like(self._losses)])
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)], axis=1)
        return numbers

    def _take(self, trial: FrozenTrial) -> None:
        self._rows[:, trial.number] = self._row(trial)
        self._losses[trial.number] = trial.value
        self._known[trial.number] = True

    def _row(self, trial: FrozenTrial) -> list[float]:
        params = trial.params
        return [one.to_internal_repr(params[name]) for name, one in self._space.items()]


class RememberingTPE(TPESampler):
    """Proposes what Optuna's own does."""

    def __init__(self, rows: Rows, **options: Any) -> None:  # noqa: ANN401 -- Optuna's
        super().__init__(**options)
        self._rows = rows

    def _sample(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """A point that is likelier among the good trials than among the others."""
        split = self._split(study, trial)
        if split is None:
            return super()._sample(study, trial, search_space)
        good, others = (
            self._build_parzen_estimator(study, search_space, part, handle_below=below)
            for part, below in zip(split, (True, False), strict=True)
        )
        drawn = good.sample(self._rng.rng, self._n_ei_candidates)
        best = self._compare(drawn, self._compute_acquisition_func(drawn, good, others))
        return {name: one.to_external_repr(best[name]) for name, one in search_space.items()}

    def _split(
        self, study: Study, trial: FrozenTrial
    ) -> tuple[list[FrozenTrial], list[FrozenTrial]] | None:
        """The good trials and the others; None where pruned ones are among the good."""
        trials = study.get_trials(deepcopy=False)
        ended = [one for one in trials if one.state in LEARNED]
        complete = [one for one in ended if one.state is TrialState.COMPLETE]
        count = default_gamma(len(ended))
        if count > len(complete):
            return None
        sign = 1 if study.direction is StudyDirection.MINIMIZE else -1
        losses = sign * self._rows.losses(complete)
        best = {complete[place].number for place in np.argsort(losses, kind="stable")[:count]}
        good = [one for one in complete if one.number in best]
        others = [one for one in ended if one.number not in best]
        if self._constant_liar:
            others += [one for one in trials if _is_another(one, trial)]
            others.sort(key=attrgetter("number"))
        return good, others

    def _get_internal_repr(
        self,
        trials: list[FrozenTrial],
        search_space: dict[str, BaseDistribution],
        study: Study,  # noqa: ARG002 -- as Optuna calls it
    ) -> dict[str, Any]:
        return self._rows.columns(trials, list(search_space))


def _is_another(one: FrozenTrial, asked: FrozenTrial) -> bool:
    """Whether it is another trial that runs."""
    return one.state is TrialState.RUNNING and one.number != asked.number
