"""Part of `search`: what to do next, as functions of what is known.

They know no clock, no store and no cluster: instants come in as seconds of any clock that does not
go back, and what is to be done leaves as a value.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import Enum, auto

from modelops_runtime.algorithms.protocol import Proposal
from modelops_runtime.configuration.run import Mode, RunConfig
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.trial import TrialStatus

NO_PRUNER = "none"

GROUPS = 4
"""In how many groups the replicates of a trial run that may be ended early."""

UNIT_SECONDS = 0.25
"""What one unit of scheduling is to take at least: a hundred times what scheduling it takes."""

RECENT = 0.2
"""How much the last simulation counts in what one is expected to take."""

ASKING_SECONDS = 0.05
"""How long workers may wait for the first of several proposals while the others are made."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a trial is begun again: each time four times longer, but never longer than this."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is wanted of a search, for one worker.

    Attributes:
        trials: of the whole search.
        in_flight: how many trials this worker has running at once, at most.
        retries: of a trial whose failure may pass.
        groups: how many replicates of a trial have run after each of its groups; the last is all.
    """

    trials: int
    in_flight: int
    retries: int
    groups: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A trial that this worker has asked for and nobody has told.

    Attributes:
        proposal: what was asked for.
        failures: how often it has failed and was begun again.
        group: which of its groups of replicates runs, counted from zero.
    """

    proposal: Proposal
    failures: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """The trial is to be begun again as `trial`, after a pause in seconds.

    It begins with its first group: what has run already is kept elsewhere, and need not run again.
    """

    trial: Running
    pause: float


@dataclass(frozen=True, slots=True)
class Report:
    """The loss of a group is to be reported; unless that ends the trial, it goes on as `trial`."""

    step: int
    loss: float
    trial: Running


@dataclass(frozen=True, slots=True)
class Over:
    """The trial has ended, and is to be told."""


Verdict = Again | Report | Over


class Phase(Enum):
    """How far a worker is on its way out."""

    SEARCHING = auto()
    DRAINING = auto()
    """It asks for nothing more, and finishes what runs."""

    LEAVING = auto()
    """It gives back what still runs."""


class Outcome(Enum):
    """Why a worker has ended its search."""

    FINISHED = auto()
    """All trials were told."""

    STOPPED = auto()
    """It was asked to stop."""

    OVERDUE = auto()
    """The time of the run is over."""


# --- how a search is cut into pieces -------------------------------------------------------------


def policy(config: RunConfig) -> Policy:
    """What is wanted of the search of a run, for each worker that leads."""
    independent = config.mode is Mode.INDEPENDENT
    return Policy(
        trials=config.trials,
        in_flight=share(config.in_flight, config.batch, config.replicas)
        if independent
        else config.in_flight,
        retries=config.retries,
        groups=groups(config.replicates, ended_early=config.algorithm.pruner != NO_PRUNER),
    )


def share(in_flight: int, batch: int, workers: int) -> int:
    """How many trials one of several independent workers has running.

    As many as it asks for at once, but together not more than the run's limit allows; each has one.
    """
    return max(1, min(batch, in_flight // workers))


def groups(replicates: int, *, ended_early: bool) -> tuple[int, ...]:
    """How many replicates have run after each group: all at once, or about a quarter more each."""
    if not ended_early:
        return (replicates,)
    return tuple(sorted({-(-replicates * group // GROUPS) for group in range(1, GROUPS + 1)}))


def expected(seconds: float | None, records: Iterable[ReplicateRecord]) -> float | None:
    """What a simulation takes, as far as is known: the last ones count most.

    What came from a cache or failed says nothing about it.
    """
    for record in records:
        if record.cached or record.failure:
            continue
        seconds = (
            record.seconds if seconds is None else (1 - RECENT) * seconds + RECENT * record.seconds
        )
    return seconds


def together(seconds: float | None, replicates: int) -> int:
    """How many simulations one unit of scheduling runs; one, as long as nothing is known."""
    if seconds is None:
        return 1
    wanted = replicates if seconds * replicates <= UNIT_SECONDS else int(UNIT_SECONDS / seconds)
    return max(1, wanted)


# --- what is asked for ---------------------------------------------------------------------------


def room(policy: Policy, told: int, running: int) -> int:
    """How many more trials this worker may have."""
    return max(0, min(policy.in_flight, policy.trials - told) - running)


def asked_at_once(room: int, seconds: float | None) -> int:
    """How many of them to ask for before the first is begun, given what asking for one takes."""
    if seconds is None or seconds * room <= ASKING_SECONDS:
        return room
    return max(1, int(ASKING_SECONDS / seconds))


# --- what has become of a trial ------------------------------------------------------------------


def verdict(policy: Policy, trial: Running, judgement: Judgement) -> Verdict:
    """What to do with a trial whose group has run."""
    if judgement.result.status is not TrialStatus.COMPLETED:
        return _failed(policy, trial, judgement)
    last = trial.group >= len(policy.groups) - 1
    if last or judgement.result.loss is None:
        return Over()
    return Report(trial.group, judgement.result.loss, replace(trial, group=trial.group + 1))


def _failed(policy: Policy, trial: Running, judgement: Judgement) -> Verdict:
    if trial.failures >= policy.retries or not passes(judgement):
        return Over()
    pause = min(FIRST_PAUSE * 4**trial.failures, LONGEST_PAUSE)
    return Again(Running(trial.proposal, trial.failures + 1), pause)


def passes(judgement: Judgement) -> bool:
    """Whether all that failed may succeed another time.

    What nobody here has cancelled was cancelled by an accident.
    """
    kinds = _kinds(judgement)
    return bool(kinds) and all(kind.passes or kind is FailureKind.CANCELLED for kind in kinds)


def _kinds(judgement: Judgement) -> Collection[FailureKind]:
    """Of the simulations, and of the judging where that failed."""
    found = {record.failure for record in judgement.replicates if record.failure}
    named = judgement.result.diagnostics.entries.get("kind")
    return found | {kind for kind in FailureKind if kind.value == named}


# --- when it ends --------------------------------------------------------------------------------


def phase(now: float, leaving_from: float, grace: float) -> Phase:
    """How far a worker is that leaves from an instant on, with so many seconds for it."""
    if now < leaving_from:
        return Phase.SEARCHING
    return Phase.DRAINING if now < leaving_from + grace else Phase.LEAVING


def outcome(phase: Phase, running: int, *, finished: bool, stopped: bool) -> Outcome | None:
    """Whether the search of a worker has ended, and why.

    Args:
        phase: how far it is on its way out.
        running: how many trials it has.
        finished: whether all trials of the search were told.
        stopped: whether the worker was asked to stop; else its time is over, where it leaves.
    """
    if finished:
        return Outcome.FINISHED
    if phase is Phase.SEARCHING or (phase is Phase.DRAINING and running):
        return None
    return Outcome.STOPPED if stopped else Outcome.OVERDUE
