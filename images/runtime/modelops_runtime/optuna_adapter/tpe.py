"""Part of `optuna_adapter`: Optuna's TPE, faster where there are thousands of trials.

Optuna takes the parameters of all trials apart at every ask, and sorts the trials by constraints
that none of ours has; that is more than half of its time. The points are the same.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe.sampler import default_gamma
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

LEARNED = (TrialState.COMPLETE, TrialState.PRUNED)

Row = tuple[float, ...]


class Rows:
    """What Optuna computes with of each trial's parameters, by the trial's number."""

    def __init__(self, space: dict[str, BaseDistribution]) -> None:
        self._space = space
        self._rows: dict[int, tuple[dict[str, Any], Row]] = {}

    def columns(self, trials: Sequence[FrozenTrial], names: Sequence[str]) -> dict[str, Any]:
        """The values of some parameters in these trials, each of which has all parameters."""
        rows = [self._row(trial) for trial in trials]
        table = np.array(rows, dtype=float).reshape(len(rows), len(self._space))
        places = {name: place for place, name in enumerate(self._space)}
        return {name: table[:, places[name]] for name in names}

    def _row(self, trial: FrozenTrial) -> Row:
        params = trial.params
        known = self._rows.get(trial.number)
        if known is not None and known[0] is params:
            return known[1]
        row = tuple(one.to_internal_repr(params[name]) for name, one in self._space.items())
        # After a turn that failed, a number may have other parameters: those are another object.
        self._rows[trial.number] = params, row
        return row


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
        known = [one for one in study.get_trials(deepcopy=False) if self._counts(one, trial)]
        complete = [one for one in known if one.state is TrialState.COMPLETE]
        count = default_gamma(sum(one.state is not TrialState.RUNNING for one in known))
        if count > len(complete):
            return None
        sign = 1 if study.direction is StudyDirection.MINIMIZE else -1
        losses = sign * np.array([one.value for one in complete], dtype=float)
        best = {complete[place].number for place in np.argsort(losses, kind="stable")[:count]}
        return (
            [one for one in known if one.number in best],
            [one for one in known if one.number not in best],
        )

    def _counts(self, one: FrozenTrial, asked: FrozenTrial) -> bool:
        """Whether something is learned from a trial for another."""
        if one.state is TrialState.RUNNING:
            return self._constant_liar and one.number != asked.number
        return one.state in LEARNED

    def _get_internal_repr(
        self,
        trials: list[FrozenTrial],
        search_space: dict[str, BaseDistribution],
        study: Study,  # noqa: ARG002 -- as Optuna calls it
    ) -> dict[str, Any]:
        return self._rows.columns(trials, list(search_space))
