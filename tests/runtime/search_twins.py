"""A search's surroundings in memory and in simulated time: nothing waits, and anything may fail.

The twins keep the promises of the protocols and check those that the search makes: a cluster that
is lost has forgotten what was submitted, an algorithm is told each trial once, and what the log
holds is all that is left of a worker that ends in the middle.
"""

import hashlib
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from modelops_runtime.algorithms.protocol import Conflict, Past, Proposal, Telling
from modelops_runtime.central_store.events import (
    Asked,
    Event,
    Failed,
    Reported,
    Started,
    Told,
)
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget, entrypoint, objective_target
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import ReplicateSet
from modelops_runtime.contracts.trial import TrialResult, TrialStatus, judged
from modelops_runtime.search.experiment import Experiment
from modelops_runtime.simulation.service import ServiceLost

EXPERIMENT = Experiment(
    "dev/twin",
    None,
    entrypoint("models.sir/baseline"),
    objective_target("targets.prevalence:loss"),
    10,
    60.0,
)

Kind = TypeVar("Kind", Asked, Started, Reported, Failed, Told)

SHORTEST = 1e-3
"""Seconds that pass in any wait: without it, simulated time could stand still."""


def drawn(*names: object) -> float:
    """A number from 0 to 1 that depends on nothing but names."""
    text = ":".join(map(str, names)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest()) / 2**64


@dataclass(slots=True)
class TwinClock:
    """Time that passes when somebody waits."""

    time: float = 0.0
    stop_at: float | None = None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += max(SHORTEST, seconds)

    def stopped(self) -> float | None:
        at = self.stop_at
        return at if at is not None and at <= self.time else None


class Killed(BaseException):
    """The worker ends in the middle."""


@dataclass(slots=True)
class TwinJournal:
    """What is durable of a search.

    Attributes:
        kill_before: numbers of calls of `append` in which the worker ends, having written nothing.
        kill_after: the same, having written all of it.
    """

    events: list[Event] = field(default_factory=list)
    calls: int = 0
    pings: int = 0
    kill_before: frozenset[int] = frozenset()
    kill_after: frozenset[int] = frozenset()

    def append(self, events: Sequence[Event]) -> None:
        self.calls += 1
        if self.calls in self.kill_before:
            raise Killed
        self.events += events
        if self.calls in self.kill_after:
            raise Killed

    def ping(self) -> None:
        self.pings += 1

    def of(self, number: int, kind: type[Kind]) -> list[Kind]:
        """Events of one trial and kind."""
        return [one for one in self.events if isinstance(one, kind) and one.number == number]

    def told(self) -> dict[int, Judgement]:
        """The trials that are told, each once."""
        found = [one for one in self.events if isinstance(one, Told)]
        numbers = [one.number for one in found]
        assert len(set(numbers)) == len(numbers), "a trial is told twice"
        return {one.number: one.judgement for one in found}

    def past(self) -> list[Past]:
        """What an algorithm is restored from."""
        told = self.told()
        return [
            Past(
                Proposal(one.number, one.parameters, 0, one.state),
                told[one.number].result if one.number in told else None,
                tuple((report.step, report.loss) for report in self.reports(one.number)),
                any(report.pruned for report in self.reports(one.number)),
            )
            for one in self.events
            if isinstance(one, Asked)
        ]

    def reports(self, number: int) -> list[Reported]:
        """Those of the last attempt."""
        found: list[Reported] = []
        for one in self.events:
            if isinstance(one, Started) and one.number == number:
                found = []
            elif isinstance(one, Reported) and one.number == number:
                found.append(one)
        return found

    def failures(self, number: int) -> int:
        return len(self.of(number, Failed))


@dataclass(slots=True)
class TwinAlgorithm:
    """Proposes points that depend on their number alone, in leases.

    Attributes:
        prunes: from 0 to 1, how often a report ends a trial.
    """

    trials: int
    clock: TwinClock
    lease: float = 60.0
    prunes: float = 0.0
    told: dict[int, TrialResult] = field(default_factory=dict)
    leased: dict[int, float] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    returned: set[int] = field(default_factory=set)
    steps: dict[int, int] = field(default_factory=dict)

    def parameters(self, number: int) -> ParameterSet:
        return ParameterSet({"x": drawn("x", number)})

    def _proposal(self, number: int) -> Proposal:
        attempt = self.attempts.get(number, -1) + 1
        self.attempts[number] = attempt
        self.leased[number] = self.clock.now() + self.lease
        self.returned.discard(number)
        return Proposal(number, self.parameters(number), attempt, {"drawn": number})

    def ask(self, count: int) -> Sequence[Proposal]:
        assert count >= 1
        now = self.clock.now()
        ended = {one for one, until in self.leased.items() if until <= now}
        again = sorted((ended | self.returned) - self.told.keys())
        new = range(len(self.attempts), self.trials)
        return [self._proposal(one) for one in [*again, *new][:count]]

    def renew(self, numbers: Iterable[int]) -> Sequence[int]:
        now = self.clock.now()
        lost = [one for one in numbers if self.leased.get(one, 0.0) <= now]
        assert not lost, "a lease has ended before it was renewed"
        self.leased |= dict.fromkeys(numbers, now + self.lease)
        return lost

    def release(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            del self.leased[number]
            self.returned.add(number)

    def report(self, number: int, step: int, loss: float) -> bool:
        assert step in {0, self.steps.get(number, 0)}, "a step is left out"
        assert math.isfinite(loss)
        self.steps[number] = step + 1
        return drawn("pruned", number, step) < self.prunes

    def tell(self, number: int, result: TrialResult) -> Telling:
        if number not in self.attempts:
            raise Conflict(number)
        assert number not in self.told, "a trial is told twice"
        assert self.leased[number] > self.clock.now(), "its lease was not renewed"
        assert result.parameters_id == self.parameters(number).id
        self.told[number] = result
        self.leased.pop(number, None)
        return Telling.ACCEPTED

    def finished(self) -> bool:
        return len(self.told) >= self.trials

    def close(self) -> None:
        """Nothing is held."""

    def restore(self, past: Iterable[Past]) -> None:
        for position, one in enumerate(past):
            assert one.proposal.number == position
            assert one.proposal.state == {"drawn": position}
            assert one.proposal.parameters == self.parameters(position)
            self.attempts[position] = 0
            self.steps[position] = len(one.reports)
            if one.result is None:
                self.returned.add(position)
            else:
                self.told[position] = one.result


@dataclass(eq=False, slots=True)
class TwinPending:
    """A trial's replicates, done at an instant."""

    cluster: "TwinCluster"
    at: float
    judgement: Judgement
    cancelled: bool = False

    def done(self) -> bool:
        return self.at <= self.cluster.clock.now()

    def result(self, timeout: float | None = None) -> Judgement:  # noqa: ARG002 -- nobody waits
        assert self.done(), "nobody else may wait"
        assert not self.cancelled
        self.cluster.finished += 1
        return self.judgement


Outcomes = Callable[[ParameterSet, int], FailureKind | None]
"""How a trial fails that is tried for the n-th time, counted from zero."""


def succeeds(_parameters: ParameterSet, _attempt: int) -> FailureKind | None:
    return None


@dataclass(slots=True)
class TwinCluster:
    """Simulates for as long as a trial's name says, and is lost at given instants.

    Attributes:
        watch: is shown what is submitted.
        lost: intervals in which no scheduler answers; what was submitted before is forgotten.
        most: the greatest number of trials that were submitted and not done.
        submitted: how often each point was, with its seeds.
    """

    clock: TwinClock
    seconds: float = 1.0
    outcomes: Outcomes = succeeds
    lost: Sequence[tuple[float, float]] = ()
    watch: Callable[[ReplicateSet], None] = lambda _replicates: None
    begun: dict[str, int] = field(default_factory=dict)
    submitted: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    cancelled: int = 0
    closed: int = 0
    finished: int = 0
    most: int = 0

    def __call__(self) -> "TwinService":
        if self.away():
            self.clock.sleep(10.0)
            raise ServiceLost("no scheduler answers")
        return TwinService(self, self.clock.now())

    def away(self) -> bool:
        return any(begin <= self.clock.now() < end for begin, end in self.lost)

    def forgot(self, since: float) -> bool:
        """Whether it was lost since an instant."""
        return any(since < end and begin <= self.clock.now() for begin, end in self.lost)

    def judgement(self, replicates: ReplicateSet) -> Judgement:
        parameters = replicates.parameters
        attempt = self.begun.get(parameters.id, 0)
        kind = self.outcomes(parameters, attempt)
        self.begun[parameters.id] = attempt + 1
        records = tuple(ReplicateRecord(seed, kind, 0.01) for seed in replicates.seeds)
        if kind is None:
            loss = drawn("loss", parameters.id, len(replicates.seeds))
            return Judgement(judged(parameters.id, loss, replicates.seeds), records)
        status = TrialStatus.TIMEOUT if kind is FailureKind.TIMED_OUT else TrialStatus.FAILED
        known = diagnostics({"kind": kind.value})
        return Judgement(TrialResult(parameters.id, status, None, replicates.seeds, known), records)


@dataclass(slots=True)
class TwinService:
    """A connection to the cluster."""

    cluster: TwinCluster
    since: float
    pending: set[TwinPending] = field(default_factory=set)

    def _check(self) -> None:
        if self.cluster.forgot(self.since):
            raise ServiceLost("the scheduler was restarted")

    def submit_replicates(
        self,
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        *,
        timeout: float,
        together: int = 1,
        final: bool = False,
    ) -> TwinPending:
        self._check()
        assert (target, timeout) == (EXPERIMENT.target, EXPERIMENT.timeout)
        assert 1 <= together <= len(replicates.seeds)
        assert final == (len(replicates.seeds) == EXPERIMENT.replicates)
        cluster = self.cluster
        cluster.watch(replicates)
        cluster.submitted.append((replicates.parameters.id, replicates.seeds))
        takes = cluster.seconds * drawn("takes", replicates.parameters.id, len(cluster.submitted))
        one = TwinPending(cluster, cluster.clock.now() + takes, cluster.judgement(replicates))
        self.pending = {other for other in self.pending if not other.done()} | {one}
        cluster.most = max(cluster.most, len(self.pending))
        return one

    def wait(self, pending: Collection[TwinPending], timeout: float | None) -> set[TwinPending]:
        assert pending
        assert timeout is not None
        clock = self.cluster.clock
        until = min([clock.now() + timeout, *(one.at for one in pending)])
        clock.sleep(until - clock.now())
        self._check()
        return {one for one in pending if one.done()}

    def cancel(self, pending: Iterable[TwinPending]) -> None:
        for one in pending:
            one.cancelled = True
            self.pending.discard(one)
            self.cluster.cancelled += 1

    def close(self) -> None:
        self.cluster.closed += 1
        self.pending.clear()
