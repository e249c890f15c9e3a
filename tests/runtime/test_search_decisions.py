"""What a search does next: the decisions one by one, and the loop that obeys them as laws.

Each example of a law is a whole search in simulated time, with workers that end in the middle, a
cluster that comes and goes, simulations that fail, and trials that are ended early.
"""

from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.search_twins import (
    EXPERIMENT,
    Killed,
    TwinAlgorithm,
    TwinClock,
    TwinCluster,
    TwinJournal,
    drawn,
)

from modelops_runtime.algorithms.protocol import Proposal
from modelops_runtime.central_store.events import Asked, Failed, Started
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import ReplicateSet
from modelops_runtime.contracts.trial import TrialResult, TrialStatus, judged
from modelops_runtime.search import decisions
from modelops_runtime.search.decisions import Again, Outcome, Over, Phase, Policy, Report, Running
from modelops_runtime.search.loop import Cluster, Limits, Loop, Means

LONG = 1e5
"""Seconds: a search that takes longer does not end."""

POINT = ParameterSet({"x": 0.5})


@dataclass(slots=True)
class Story:
    """All that happens to a search.

    Attributes:
        fails: from 0 to 1, how often an attempt fails, and in which ways.
    """

    policy: Policy
    prunes: float = 0.0
    seconds: float = 1.0
    fails: float = 0.0
    kinds: tuple[FailureKind, ...] = (FailureKind.WORKER_LOST,)
    lost: tuple[tuple[float, float], ...] = ()
    journal: TwinJournal = field(default_factory=TwinJournal)
    clock: TwinClock = field(default_factory=TwinClock)
    cluster: TwinCluster = field(init=False)

    def __post_init__(self) -> None:
        self.cluster = TwinCluster(self.clock, self.seconds, self.outcome, self.lost, self.allowed)

    def outcome(self, parameters: ParameterSet, attempt: int) -> FailureKind | None:
        """How an attempt fails."""
        if drawn("fails", parameters.id, attempt) >= self.fails:
            return None
        return self.kinds[int(drawn("kind", parameters.id, attempt) * len(self.kinds))]

    def allowed(self, replicates: ReplicateSet) -> None:
        """What is submitted was written down before, and is not over."""
        number = self.numbers()[replicates.parameters.id]
        assert self.journal.of(number, Started)
        assert number not in self.journal.told()
        reported = len(self.journal.reports(number))
        count = self.policy.groups[reported]
        seeds = replicate_seeds(replicates.parameters, EXPERIMENT.replicates)
        assert replicates.seeds == seeds[:count]

    def numbers(self) -> dict[str, int]:
        """Of the trials that were asked for, by the id of their parameters."""
        asked = [one for one in self.journal.events if isinstance(one, Asked)]
        assert [one.number for one in asked] == list(range(len(asked)))
        return {one.parameters.id: one.number for one in asked}

    def worker(self, *, deadline: float = LONG, grace: float = 100.0) -> Loop:
        """A worker that goes on where the log ends."""
        algorithm = TwinAlgorithm(self.policy.trials, self.clock, prunes=self.prunes)
        past = self.journal.past()
        algorithm.restore(past)
        begun = {
            number: self.journal.failures(number)
            for number, one in enumerate(past)
            if one.result is None
        }
        limits = Limits(deadline, grace)
        means = Means(
            EXPERIMENT,
            self.policy,
            limits,
            algorithm,
            self.journal,
            cast("Cluster", self.cluster),  # as much of it as is needed
            self.clock,
            "worker-0",
        )
        return Loop(means, begun, told=len(algorithm.told))

    def lived(self, **limits: float) -> Outcome | None:
        """The life of one worker; no outcome where it is killed."""
        worker = self.worker(**limits)
        try:
            outcome = worker.run()
        except Killed:
            return None
        algorithm = worker.means.algorithm
        assert isinstance(algorithm, TwinAlgorithm)
        assert not algorithm.leased, "what it leaves is given back"
        return outcome


@st.composite
def stories(draw: st.DrawFn) -> Story:
    instants = sorted(draw(st.lists(st.floats(0, 60), max_size=4, unique=True)))
    pairs = zip(instants[::2], instants[1::2], strict=False)
    calls = st.frozensets(st.integers(1, 60), max_size=4)
    replicates = EXPERIMENT.replicates
    return Story(
        Policy(
            trials=draw(st.integers(1, 20)),
            in_flight=draw(st.integers(1, 7)),
            retries=draw(st.integers(0, 3)),
            groups=decisions.groups(replicates, ended_early=draw(st.booleans())),
        ),
        prunes=draw(st.sampled_from([0.0, 0.2, 0.6])),
        seconds=draw(st.sampled_from([0.001, 0.5, 20.0])),
        fails=draw(st.sampled_from([0.0, 0.3, 0.9])),
        kinds=draw(st.lists(st.sampled_from(FailureKind), min_size=1).map(tuple)),
        lost=tuple(pairs),
        journal=TwinJournal(kill_before=draw(calls), kill_after=draw(calls)),
    )


@settings(max_examples=200, deadline=None)
@given(stories())
def test_every_trial_is_told_once_whatever_happens(story: Story) -> None:
    lives = 0
    while (outcome := story.lived()) is None:
        lives += 1
        assert lives <= len(story.journal.kill_before) + len(story.journal.kill_after)
    assert outcome is Outcome.FINISHED
    policy, told = story.policy, story.journal.told()
    assert sorted(told) == list(range(policy.trials))
    assert sorted(story.numbers().values()) == sorted(told)
    assert story.cluster.most <= policy.in_flight
    for number, judgement in told.items():
        failures = story.journal.of(number, Failed)
        assert len(failures) <= policy.retries
        assert [one.attempt for one in failures] == list(range(len(failures)))
        completed = judgement.result.status is TrialStatus.COMPLETED
        last = failures and story.journal.events[-1]
        assert completed or not decisions.passes(judgement) or len(failures) == policy.retries, last
    assert story.clock.now() < LONG


@settings(max_examples=100, deadline=None)
@given(stories(), st.floats(0, 40), st.sampled_from([0.0, 3.0, 100.0]))
def test_a_worker_that_is_stopped_leaves_in_time_and_the_next_loses_nothing(
    story: Story, stop: float, grace: float
) -> None:
    story.clock.stop_at = stop
    first = story.lived(grace=grace)
    counted = story.journal.told()
    if first is not None:
        # An attempt to connect is not interrupted, and neither is one turn of the loop.
        assert story.clock.now() <= max(stop + grace, story.clock.stop_at) + 25
        assert first in {Outcome.STOPPED, Outcome.FINISHED}
    story.clock.stop_at = None
    while story.lived() is None:
        pass
    told = story.journal.told()
    assert sorted(told) == list(range(story.policy.trials))
    assert counted.items() <= told.items()


@given(stories(), st.floats(0, 20))
@settings(max_examples=50, deadline=None)
def test_nothing_is_asked_for_once_the_time_is_over(story: Story, deadline: float) -> None:
    outcome = story.lived(deadline=deadline)
    if outcome is Outcome.FINISHED or outcome is None:
        return
    assert outcome is Outcome.OVERDUE
    asked = len(story.numbers())
    assert story.lived(deadline=story.clock.now()) in {Outcome.OVERDUE, None}
    assert len(story.numbers()) == asked


def test_a_search_without_accidents_asks_and_submits_once() -> None:
    story = Story(Policy(trials=50, in_flight=4, retries=2, groups=(10,)))
    assert story.lived() is Outcome.FINISHED
    assert len(story.cluster.submitted) == 50
    assert story.cluster.most == 4
    assert story.cluster.closed == 1
    assert [type(one) for one in story.journal.events[:2]] == [Asked, Started]


def test_trials_keep_their_leases_however_long_they_run() -> None:
    story = Story(Policy(trials=3, in_flight=3, retries=0, groups=(10,)), seconds=5000.0)
    assert story.lived() is Outcome.FINISHED
    assert story.journal.pings > 100


def test_an_earlier_worker_s_failures_count() -> None:
    story = Story(Policy(trials=1, in_flight=1, retries=1, groups=(10,)), fails=1.0)
    story.journal.kill_after = frozenset({2})
    assert story.lived() is None
    assert len(story.journal.of(0, Failed)) == 1
    assert story.lived() is Outcome.FINISHED
    assert len(story.journal.of(0, Failed)) == 1
    assert story.journal.told()[0].result.status is TrialStatus.FAILED


def test_a_lost_cluster_counts_as_no_failure() -> None:
    losses = tuple((float(at), at + 5.0) for at in range(2, 60, 10))
    story = Story(Policy(trials=4, in_flight=2, retries=0, groups=(10,)), seconds=6.0, lost=losses)
    assert story.lived() is Outcome.FINISHED
    assert len(story.cluster.submitted) > 4
    assert not [one for one in story.journal.events if isinstance(one, Failed)]


# --- the decisions one by one --------------------------------------------------------------------


@given(st.integers(1, 1000))
def test_groups_grow_to_all_replicates(replicates: int) -> None:
    found = decisions.groups(replicates, ended_early=True)
    assert found[-1] == replicates
    assert len(found) == min(replicates, 4)
    sizes = [after - before for before, after in zip((0, *found), found, strict=False)]
    assert max(sizes) - min(sizes) <= 1
    assert decisions.groups(replicates, ended_early=False) == (replicates,)


@given(st.integers(1, 100), st.integers(1, 20), st.integers(1, 10))
def test_independent_workers_share_what_may_run(in_flight: int, batch: int, workers: int) -> None:
    each = decisions.share(in_flight, batch, workers)
    assert 1 <= each <= batch
    assert each == 1 or each * workers <= in_flight


@given(st.floats(1e-6, 1e4), st.integers(1, 1000))
def test_one_unit_of_scheduling_takes_about_as_long_as_is_worth_it(
    seconds: float, replicates: int
) -> None:
    found = decisions.together(seconds, replicates)
    assert 1 <= found <= replicates
    assert found == 1 or found * seconds <= decisions.UNIT_SECONDS
    assert found == replicates or (found + 1) * seconds > decisions.UNIT_SECONDS
    assert decisions.together(None, replicates) == 1


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50), st.integers(1, 10))
def test_nothing_beyond_the_limits_is_asked_for(
    told: int, running: int, trials: int, in_flight: int
) -> None:
    policy = Policy(trials, in_flight, 0, (1,))
    free = decisions.room(policy, told, running)
    assert free >= 0
    assert free == 0 or (running + free <= in_flight and told + running + free <= trials)


@given(st.integers(1, 100), st.none() | st.floats(0, 10))
def test_workers_do_not_wait_for_many_slow_proposals(room: int, seconds: float | None) -> None:
    wanted = decisions.asked_at_once(room, seconds)
    assert 1 <= wanted <= room
    assert wanted == 1 or (seconds or 0.0) * wanted <= decisions.ASKING_SECONDS


def record(
    failure: FailureKind | None = None, seconds: float = 1.0, *, cached: bool = False
) -> ReplicateRecord:
    return ReplicateRecord(7, failure, seconds, cached)


def test_only_simulations_that_ran_say_what_one_takes() -> None:
    assert decisions.expected(None, []) is None
    assert decisions.expected(None, [record(cached=True), record(FailureKind.CRASHED)]) is None
    assert decisions.expected(None, [record(seconds=2.0)]) == 2.0
    assert decisions.expected(2.0, [record(seconds=3.0)]) == pytest.approx(2.2)


def failed(*kinds: FailureKind | None, judging: str | None = None) -> Judgement:
    known = diagnostics({"kind": judging} if judging else {})
    result = TrialResult(POINT.id, TrialStatus.FAILED, None, (7,), known)
    return Judgement(result, tuple(record(kind) for kind in kinds))


@pytest.mark.parametrize(
    ("judgement", "passes"),
    [
        (failed(FailureKind.WORKER_LOST), True),
        (failed(FailureKind.BUNDLE_UNAVAILABLE, None), True),
        (failed(FailureKind.WORKER_LOST, FailureKind.MODEL_ERROR), False),
        (failed(FailureKind.CANCELLED), True),
        (failed(FailureKind.TIMED_OUT), False),
        (failed(None, judging="worker_lost"), True),
        (failed(None, judging="model_error"), False),
        (failed(FailureKind.WORKER_LOST, judging="out_of_memory"), False),
        (failed(None), False),
        (failed(None, judging="something else"), False),
    ],
)
def test_what_may_succeed_another_time(judgement: Judgement, passes: bool) -> None:  # noqa: FBT001 -- pytest's
    assert decisions.passes(judgement) is passes


GROUPS = Policy(trials=9, in_flight=1, retries=2, groups=(3, 5))
PROPOSAL = Proposal(4, POINT)
GOOD = Judgement(judged(POINT.id, 0.25, (7,)), (record(),))
LOST = failed(FailureKind.WORKER_LOST)


@pytest.mark.parametrize(
    ("trial", "judgement", "expected"),
    [
        (Running(PROPOSAL, 0, 0), GOOD, Report(0, 0.25, Running(PROPOSAL, 0, 1))),
        (Running(PROPOSAL, 0, 1), GOOD, Over()),
        (Running(PROPOSAL, 0, 1), LOST, Again(Running(PROPOSAL, 1, 0), 1.0)),
        (Running(PROPOSAL, 1, 0), LOST, Again(Running(PROPOSAL, 2, 0), 4.0)),
        (Running(PROPOSAL, 2, 0), LOST, Over()),
        (Running(PROPOSAL, 0, 0), failed(FailureKind.CRASHED), Over()),
    ],
)
def test_what_becomes_of_a_trial(
    trial: Running, judgement: Judgement, expected: decisions.Verdict
) -> None:
    assert decisions.verdict(GROUPS, trial, judgement) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [(9.9, Phase.SEARCHING), (10.0, Phase.DRAINING), (12.9, Phase.DRAINING), (13.0, Phase.LEAVING)],
)
def test_how_far_a_worker_is_on_its_way_out(now: float, expected: Phase) -> None:
    assert decisions.phase(now, 10.0, 3.0) is expected


@pytest.mark.parametrize(
    ("phase", "running", "finished", "stopped", "expected"),
    [
        (Phase.SEARCHING, 0, False, False, None),
        (Phase.SEARCHING, 0, True, False, Outcome.FINISHED),
        (Phase.DRAINING, 1, False, True, None),
        (Phase.DRAINING, 0, False, True, Outcome.STOPPED),
        (Phase.DRAINING, 0, False, False, Outcome.OVERDUE),
        (Phase.LEAVING, 1, False, True, Outcome.STOPPED),
        (Phase.LEAVING, 0, True, True, Outcome.FINISHED),
    ],
)
def test_when_a_worker_has_ended(
    phase: Phase,
    running: int,
    finished: bool,  # noqa: FBT001 -- pytest's
    stopped: bool,  # noqa: FBT001 -- pytest's
    expected: Outcome | None,
) -> None:
    assert decisions.outcome(phase, running, finished=finished, stopped=stopped) is expected
