"""Part of `central_store`: what is known of each trial, made of the events of a log.

It decides nothing. A log without a leader may hold an event twice; the first counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from modelops_runtime.algorithms.protocol import Past, Proposal
from modelops_runtime.central_store.events import (
    Asked,
    Ended,
    Failed,
    Reported,
    Started,
    Told,
)
from modelops_runtime.central_store.log import Record
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import ParameterSet


class Inconsistent(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The log speaks of a trial that was never asked for."""


class Phase(StrEnum):
    """How far a trial is."""

    ASKED = "asked"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed, and when that was known."""

    at: datetime
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Trial:
    """What is known of a trial.

    Attributes:
        proposal: as it was asked; `attempt` counts those that failed.
        asked_at: when.
        phase: how far it is.
        worker: who leads it, or did last; None before it is started.
        started_at: its last attempt.
        ended_at: when it was told.
        judgement: what was told.
        failures: those that came before, in order.
        reports: step and loss of each group of replicates of the last attempt, in order.
        pruned: whether it was ended for them.
    """

    proposal: Proposal
    asked_at: datetime
    phase: Phase = Phase.ASKED
    worker: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    judgement: Judgement | None = None
    failures: tuple[Failure, ...] = ()
    reports: tuple[tuple[int, float], ...] = ()
    pruned: bool = False

    @property
    def number(self) -> int:
        """Its number."""
        return self.proposal.number

    @property
    def parameters(self) -> ParameterSet:
        """The point."""
        return self.proposal.parameters


class History:
    """What is known after some events.

    Attributes:
        trials: by number, in the order of asking.
        ended: how the search ended, if it has, and nothing was asked since.
        ended_at: when.
        position: of the last event.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.trials: dict[int, Trial] = {}
        self.ended: Ended | None = None
        self.ended_at: datetime | None = None
        self.position = 0

    def take(self, record: Record) -> None:
        """Take one more event into account.

        Raises:
            Inconsistent: it is of a trial that was not asked for.
        """
        self.position = record.position
        match record.event:
            case Ended() as ended:
                self.ended, self.ended_at = ended, record.at
            case Asked(number, parameters, state):
                self.ended = self.ended_at = None
                asked = Trial(Proposal(number, parameters, 0, state), record.at)
                self.trials.setdefault(number, asked)
            case Started() | Reported() | Failed() | Told() as event:
                if (trial := self.trials.get(event.number)) is None:
                    raise Inconsistent(f"trial {event.number} was never asked for: {event}")
                if trial.phase is not Phase.ENDED:
                    self.trials[event.number] = _after(trial, record.at, event)


def history(records: Iterable[Record]) -> History:
    """What is known after these events."""
    known = History()
    for record in records:
        known.take(record)
    return known


def as_past(trial: Trial) -> Past:
    """The trial, as an algorithm is told of it when it begins anew."""
    result = trial.judgement.result if trial.judgement else None
    return Past(trial.proposal, result, trial.reports, trial.pruned)


def _after(trial: Trial, at: datetime, event: Started | Reported | Failed | Told) -> Trial:
    match event:
        case Started(_, attempt, worker):
            return replace(
                trial,
                proposal=_attempt(trial, attempt),
                phase=Phase.RUNNING,
                worker=worker,
                started_at=at,
                reports=(),
                pruned=False,
            )
        case Reported(_, step, loss, pruned):
            return replace(trial, reports=(*trial.reports, (step, loss)), pruned=pruned)
        case Failed(_, attempt, judgement):
            return replace(
                trial,
                proposal=_attempt(trial, attempt + 1),
                phase=Phase.ASKED,
                failures=(*trial.failures, Failure(at, judgement)),
            )
        case Told(_, judgement):
            return replace(trial, phase=Phase.ENDED, ended_at=at, judgement=judgement)


def _attempt(trial: Trial, attempt: int) -> Proposal:
    return (
        trial.proposal
        if attempt == trial.proposal.attempt
        else replace(trial.proposal, attempt=attempt)
    )
