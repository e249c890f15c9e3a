"""Part of `optuna_adapter`: the trials of a study in the memory of one process.

A sampler asks its study for the trials, and answers with one more. The study here is whole at any
time: a trial gets all its parameters as it is made. Nobody else sees it; who owns a trial, and what
was told of it apart from its loss, is not known here.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import optuna
from optuna.distributions import BaseDistribution
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, TrialState, create_trial

from modelops_runtime.algorithms.protocol import Past, Refused
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.space import Space, contains
from modelops_runtime.contracts.trial import TrialResult, TrialStatus
from modelops_runtime.optuna_adapter.distributions import decoded, distributions, encoded
from modelops_runtime.optuna_adapter.method import Method

PASSING = ("tpe:relative_params", "gp:relative_params")
"""What a sampler notes of a trial that has not all of its parameters yet: here none is seen so."""

Reports = Mapping[int, float]
"""The loss after each group of replicates, by its step."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a sampler proposed.

    Attributes:
        number: of its trial.
        parameters: the point.
        state: what the sampler noted of it, and needs later.
    """

    number: int
    parameters: ParameterSet
    state: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What Optuna is told of a trial: a loss, unless it failed."""

    state: TrialState
    loss: float | None


FAILED = Outcome(TrialState.FAIL, None)


def outcome(result: TrialResult, *, pruned: bool) -> Outcome:
    """What Optuna is told of a result."""
    if result.status is not TrialStatus.COMPLETED:
        return FAILED
    return Outcome(TrialState.PRUNED if pruned else TrialState.COMPLETE, result.loss)


class Trials:
    """All trials of a study, those in flight too: a sampler keeps away from them."""

    def __init__(self, method: Method) -> None:
        self._space = method.space
        self._distributions = distributions(method.space)
        self._storage = InMemoryStorage()
        self._id = self._storage.create_new_study([method.direction], method.study)
        self._study = optuna.load_study(
            study_name=method.study,
            storage=self._storage,
            sampler=method.sampler,
            pruner=method.pruner,
        )
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def propose(self) -> Point:
        """One more trial, which is in flight from now on."""
        number = self._study.ask(self._distributions).number
        self._count += 1
        trial = self._trial(number)
        kept = {name: noted for name, noted in trial.system_attrs.items() if _lasts(name)}
        return Point(number, decoded(self._space, trial.params), kept)

    def add(self, trial: FrozenTrial) -> None:
        """One more trial, as it was proposed in another process, whatever became of it."""
        self._storage.create_new_trial(self._id, trial)
        self._count += 1

    def prunes(self, number: int, reports: Reports) -> bool:
        """Whether the pruner would end a trial with these losses on its way."""
        trial = copy.copy(self._trial(number))
        trial.intermediate_values = dict(reports)
        return self._study.pruner.prune(self._study, trial)

    def end(self, number: int, became: Outcome, reports: Reports) -> None:
        """Note what became of a trial in flight, and the losses on its way."""
        trial = self._id_of(number)
        for step, loss in reports.items():
            self._storage.set_trial_intermediate_value(trial, step, loss)
        values = None if became.loss is None else [became.loss]
        self._storage.set_trial_state_values(trial, became.state, values)

    def _trial(self, number: int) -> FrozenTrial:
        return self._storage.get_trial(self._id_of(number))

    def _id_of(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(self._id, number)


def _lasts(noted: str) -> bool:
    return not noted.startswith(PASSING)


def trial_of(space: Space, known: Mapping[str, BaseDistribution], past: Past) -> FrozenTrial:
    """A trial of an earlier process, as Optuna has it.

    Raises:
        Refused: it is none of this space.
    """
    check_within(space, past.proposal.number, past.proposal.parameters)
    became = (
        Outcome(TrialState.RUNNING, None)
        if past.result is None
        else outcome(past.result, pruned=past.pruned)
    )
    return create_trial(
        state=became.state,
        value=became.loss,
        params=encoded(space, past.proposal.parameters),
        distributions=dict(known),
        system_attrs=dict(past.proposal.state),
        intermediate_values=dict(past.reports),
    )


def check_within(space: Space, number: int, parameters: ParameterSet) -> None:
    """Check that a trial was proposed for this space.

    Raises:
        Refused: it was not.
    """
    if not contains(space, parameters):
        raise Refused(
            f"trial {number} was asked for with other parameters than the run has now: give the"
            " run another `restart`, which begins anew, or undo the change"
        )
