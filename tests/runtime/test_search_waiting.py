"""How a search waits: for the lead, for a store that is away, and for nobody where it copies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest
from sqlalchemy.exc import SQLAlchemyError
from tests.runtime.dask_cluster import until
from tests.runtime.run_files import run_text
from tests.runtime.search_twins import TwinClock
from tests.runtime.trial_events import asked, some_of_all, whole

from modelops_runtime.adaptive_worker.memory import keep_memory
from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm, Proposal, Unavailable
from modelops_runtime.central_store.connection import Unreachable
from modelops_runtime.central_store.history import Trial, history
from modelops_runtime.central_store.leadership import LeadershipLost
from modelops_runtime.central_store.log import MemoryLog
from modelops_runtime.configuration.run import run_config
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.leading import AWAY, LeadersLog, OwnLog, as_leader
from modelops_runtime.search.loop import Limits
from modelops_runtime.search.mirror import WriteBehind
from modelops_runtime.search.patience import LONGEST, PatientAlgorithm
from modelops_runtime.search.run import DeliveringCluster, Run

# --- the lead ------------------------------------------------------------------------------------


@dataclass(slots=True)
class TwinLead:
    """A lead that is given, refused or out of reach, as a test says."""

    clock: TwinClock
    answers: list[bool | Exception]
    resigned: int = 0
    log: LeadersLog = field(default_factory=OwnLog)

    def waiting(self, seconds: float) -> bool:
        self.clock.sleep(seconds)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def resign(self) -> None:
        self.resigned += 1


def run_of(clock: TwinClock, deadline: float = 1e6) -> Run:
    return Run(
        config=run_config(run_text()),
        text="",
        worker="one",
        clock=clock,
        limits=Limits(deadline, 1.0),
        cluster=cast("DeliveringCluster", None),
    )


def test_who_stands_by_leads_when_it_can() -> None:
    clock = TwinClock()
    lead = TwinLead(clock, [False, Unreachable("away"), False, True])
    assert as_leader(run_of(clock), lead, lambda _log: Outcome.FINISHED) is Outcome.FINISHED
    assert lead.resigned == 1


def test_who_loses_the_lead_stands_by_again() -> None:
    clock, acts = TwinClock(), []

    def act(log: LeadersLog) -> Outcome:
        acts.append(log)
        if len(acts) < 3:
            raise LeadershipLost("the session is gone")
        return Outcome.FINISHED

    lead = TwinLead(clock, [True])
    assert as_leader(run_of(clock), lead, act) is Outcome.FINISHED
    assert (len(acts), lead.resigned) == (3, 3)


def test_who_stands_by_leaves_when_it_is_asked_to() -> None:
    clock = TwinClock(stop_at=20.0)

    def act(_log: LeadersLog) -> Outcome:
        raise AssertionError

    assert as_leader(run_of(clock), TwinLead(clock, [False]), act) is Outcome.STOPPED
    late = TwinClock()
    assert as_leader(run_of(late, 20.0), TwinLead(late, [False]), act) is Outcome.OVERDUE


def test_a_store_that_stays_away_ends_it() -> None:
    clock = TwinClock()
    lead = TwinLead(clock, [Unreachable("no store")])
    with pytest.raises(Unreachable):
        as_leader(run_of(clock), lead, lambda _log: Outcome.FINISHED)
    assert AWAY <= clock.now() <= AWAY + 5


# --- an algorithm whose store is away ------------------------------------------------------------


@dataclass(slots=True)
class Away:
    """An algorithm that does not answer until an instant."""

    clock: TwinClock
    until: float

    def ask(self, count: int) -> Sequence[Proposal]:
        if self.clock.now() < self.until:
            raise Unavailable("the store is restarted")
        return [Proposal(number, asked(number).parameters) for number in range(count)]


def test_an_algorithm_is_asked_again() -> None:
    clock = TwinClock()
    patient = PatientAlgorithm(cast("AdaptiveAlgorithm", Away(clock, 40.0)), clock)
    assert len(patient.ask(2)) == 2
    assert clock.now() >= 40.0


def test_but_not_for_ever() -> None:
    clock = TwinClock()
    patient = PatientAlgorithm(cast("AdaptiveAlgorithm", Away(clock, 1e6)), clock)
    with pytest.raises(Unavailable):
        patient.ask(2)
    assert LONGEST <= clock.now() <= LONGEST + 5


# --- the copy ------------------------------------------------------------------------------------


@dataclass(slots=True)
class TwinCopy:
    """What was copied; the first attempts fail."""

    failures: int = 0
    written: list[int] = field(default_factory=list)
    closed: int = 0

    def write(self, trials: Iterable[Trial]) -> int:
        if self.failures:
            self.failures -= 1
            raise SQLAlchemyError("the store is restarted")
        numbers = [trial.number for trial in trials]
        self.written += numbers
        return len(numbers)

    def close(self) -> None:
        self.closed += 1


def test_all_that_ends_is_copied_once_also_what_ended_before() -> None:
    log, copy = MemoryLog(), TwinCopy(failures=2)
    log.append(some_of_all())
    mirror = WriteBehind(copy, history(log.records()), interval=0.01)
    for number in range(9, 12):
        mirror.saw(whole(number, 0.5))
    until(lambda: not copy.failures)
    mirror.close(lambda: None)
    assert sorted(copy.written) == [*range(8), *range(9, 12)]
    assert copy.closed == 1


def test_memory_is_kept() -> None:
    assert keep_memory()
