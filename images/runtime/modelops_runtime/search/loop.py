"""Part of `search`: one worker's search, as long as it owns what it searches with.

It keeps as many trials running as it may, and writes down what happens before anything follows from
it outside of this process: a trial is asked for and begun in the log before it is submitted, and
told there before others hear of it or anything new begins. So whoever reads the log can go on where
this worker ends, at any instant.

What to do is decided in `decisions`; here it is done, in one thread that waits in one place.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm, Conflict, Proposal
from modelops_runtime.central_store.events import Asked, Event, Failed, Reported, Started, Told
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.search import decisions
from modelops_runtime.search.clock import Clock
from modelops_runtime.search.decisions import Again, Outcome, Over, Phase, Policy, Report, Running
from modelops_runtime.search.experiment import Experiment
from modelops_runtime.simulation.service import Pending, ServiceLost, SimulationService

KEEPING = 10.0
"""Seconds after which leases are renewed, and the owner of the log makes sure that it still is."""

PAUSE = 1.0
"""Seconds until whoever gave nothing is asked again, and between two looks at the clock."""

TAKING = 0.2
"""Seconds until results are fetched while there is room for more trials: each time is a round trip,
and workers wait for what is begun, not for what is told."""

LOG = logging.getLogger(__name__)


class Journal(Protocol):
    """Where a search is written down."""

    def append(self, events: Sequence[Event]) -> None:
        """Write them, together; they are durable when it returns."""

    def ping(self) -> None:
        """Make sure that it can still be written, and by us."""


class Cluster(Protocol):
    """Where the simulations run."""

    def __call__(self) -> SimulationService:
        """A connection to it.

        Raises:
            ServiceLost: there is none to be had now.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """When a worker leaves.

    Attributes:
        deadline: from this instant on, in the seconds of the clock, nothing is asked for.
        grace: seconds in which what runs may end after that, or after a stop.
    """

    deadline: float
    grace: float


@dataclass(frozen=True, slots=True)
class Means:
    """What a search is made with.

    Attributes:
        worker: what this worker is called in the log.
        shared: others tell the algorithm too, so what it is told has to be in the log before. An
            algorithm of our own is forgotten where the log is not written.
    """

    experiment: Experiment
    policy: Policy
    limits: Limits
    algorithm: AdaptiveAlgorithm
    journal: Journal
    cluster: Cluster
    clock: Clock
    worker: str
    shared: bool = False


@dataclass(slots=True)
class Loop:
    """A search that goes on.

    Attributes:
        begun: how often trials have failed that an earlier worker has begun, by number; each is
            taken up when the algorithm proposes it again.
        told: how many trials are told, as far as is known here.
        watchers: are shown what was written, once it is durable.
        running: the trials of this worker.
        due: when each is to be submitted, for those that are not.
        pending: the number of each trial that is submitted.
        held: what was submitted for a trial before: its simulations need not run again.
    """

    means: Means
    begun: Mapping[int, int] = field(default_factory=dict)
    told: int = 0
    watchers: list[Callable[[Sequence[Event]], None]] = field(default_factory=list)
    running: dict[int, Running] = field(default_factory=dict)
    due: dict[int, float] = field(default_factory=dict)
    pending: dict[Pending[Judgement], int] = field(default_factory=dict)
    held: dict[int, Pending[Judgement]] = field(default_factory=dict)
    _service: SimulationService | None = None
    _unwritten: list[Event] = field(default_factory=list)
    _kept: float = 0.0
    _taken: float = 0.0
    _ask_from: float = 0.0
    _finished: bool = False
    _asking_takes: float | None = None
    _simulating_takes: float | None = None

    def run(self) -> Outcome:
        """Search until it ends; what runs then is given back.

        Raises:
            Exception: whatever the journal and the algorithm raise.
        """
        self._kept = self._taken = self._ask_from = self.means.clock.now()
        self._finished = self.means.algorithm.finished()
        try:
            while (outcome := self._outcome()) is None:
                self._turn()
            self._write()
            self.means.algorithm.release(sorted(self.running))
            return outcome
        finally:
            self._let_go()

    def _outcome(self) -> Outcome | None:
        return decisions.outcome(
            self._phase(),
            len(self.running),
            finished=self._finished,
            stopped=self.means.clock.stopped() is not None,
        )

    def _phase(self) -> Phase:
        limits, stopped = self.means.limits, self.means.clock.stopped()
        leaving_from = limits.deadline if stopped is None else min(limits.deadline, stopped)
        return decisions.phase(self.means.clock.now(), leaving_from, limits.grace)

    def _turn(self) -> None:
        """All that can be done now, and then a wait for what comes next."""
        self._keep()
        try:
            asked = self._phase() is Phase.SEARCHING and self._ask()
            self._write()
            service = self._connected()
            self._submit(service)
            if not asked:
                self._take(service, self._patience())
            elif self.means.clock.now() >= self._taken + TAKING:
                self._take(service, 0.0)
        except ServiceLost as error:
            self._begin_again(error)

    # --- what is owned ---------------------------------------------------------------------------

    def _keep(self) -> None:
        """Show from time to time that this worker is alive, and let go of what others have."""
        now = self.means.clock.now()
        if now < self._kept + KEEPING:
            return
        self._kept = now
        self.means.journal.ping()
        lost = set(self.means.algorithm.renew(sorted(self.running)))
        if lost:
            LOG.warning("others have taken over trials", extra=self._about(trials=sorted(lost)))
            self._forget(lost)

    def _forget(self, gone: Collection[int]) -> None:
        for number in gone:
            self.running.pop(number, None)
            self.due.pop(number, None)
            self.held.pop(number, None)
        pendings = [pending for pending, number in self.pending.items() if number in gone]
        for pending in pendings:
            del self.pending[pending]
        if self._service and pendings:
            self._service.cancel(pendings)

    def _let_go(self) -> None:
        service, self._service = self._service, None
        if service:
            service.close()

    # --- asking ----------------------------------------------------------------------------------

    def _ask(self) -> bool:
        """Ask for some trials and have them begun; whether there is room for more."""
        means = self.means
        before = means.clock.now()
        free = decisions.room(means.policy, self.told, len(self.running))
        if not free or before < self._ask_from:
            return False
        wanted = decisions.asked_at_once(free, self._asking_takes)
        proposals = means.algorithm.ask(wanted)
        if not proposals:
            self._finished = means.algorithm.finished()
            self._ask_from = before + PAUSE
            return False
        self._asking_takes = (means.clock.now() - before) / len(proposals)
        # Whoever asks late may be given what it has already: its leases had ended.
        new = [one for one in proposals if one.number not in self.running]
        self._unwritten += [event for one in new for event in self._begin(one)]
        return len(new) == wanted < free

    def _begin(self, proposal: Proposal) -> Iterator[Event]:
        """Yield what to write when a trial begins."""
        number = proposal.number
        if number not in self.begun:
            yield Asked(number, proposal.parameters, proposal.state)
        trial = Running(proposal, self.begun.get(number, 0))
        self.running[number] = trial
        self.due[number] = self.means.clock.now()
        yield Started(number, trial.failures, self.means.worker)

    # --- simulating ------------------------------------------------------------------------------

    def _connected(self) -> SimulationService:
        if self._service is None:
            self._service = self.means.cluster()
        return self._service

    def _begin_again(self, error: ServiceLost) -> None:
        """Have all that runs submitted anew: the cluster is gone, or has forgotten it."""
        LOG.warning("the cluster is lost, trials begin again", extra=self._about(why=str(error)))
        self._let_go()
        self.pending.clear()
        self.held.clear()
        now = self.means.clock.now()
        self.due = {number: max(now, self.due.get(number, now)) for number in sorted(self.running)}
        self.means.clock.sleep(PAUSE)

    def _submit(self, service: SimulationService) -> None:
        now = self.means.clock.now()
        for number in [number for number, due in self.due.items() if due <= now]:
            self.pending[self._submitted(service, self.running[number])] = number
            del self.due[number]
            self.held.pop(number, None)

    def _submitted(self, service: SimulationService, trial: Running) -> Pending[Judgement]:
        experiment, policy = self.means.experiment, self.means.policy
        count = policy.groups[trial.group]
        return service.submit_replicates(
            experiment.replicate_set(trial.proposal.parameters, count),
            experiment.target,
            timeout=experiment.timeout,
            together=decisions.together(self._simulating_takes, count),
            final=count == policy.groups[-1],
        )

    def _patience(self) -> float:
        """Seconds to wait for what runs: others wait for us, too."""
        return min([PAUSE, *(due - self.means.clock.now() for due in self.due.values())])

    def _take(self, service: SimulationService, seconds: float) -> None:
        """Wait, and do with what is done what is to be done with it."""
        if not self.pending:
            self.means.clock.sleep(max(0.0, seconds))
            return
        done = service.wait(list(self.pending), max(0.0, seconds))
        self._taken = self.means.clock.now()
        ended = {self.pending[one]: one for one in done}
        self._judge({number: ended[number].result() for number in sorted(ended)}, ended)

    # --- judging ---------------------------------------------------------------------------------

    def _judge(
        self, judgements: Mapping[int, Judgement], ended: Mapping[int, Pending[Judgement]]
    ) -> None:
        for pending in ended.values():
            del self.pending[pending]
        self.held |= ended
        events = [
            event
            for number, judgement in judgements.items()
            for event in self._judged(number, judgement)
        ]
        self._unwritten += events
        if self.means.shared:
            self._write()
        for event in events:
            if isinstance(event, Told):
                self._tell(event)

    def _judged(self, number: int, judgement: Judgement) -> Iterator[Event]:
        """Yield what to write of a trial whose group has run."""
        trial = self.running[number]
        self._simulating_takes = decisions.expected(self._simulating_takes, judgement.replicates)
        match decisions.verdict(self.means.policy, trial, judgement):
            case Again(following, pause):
                self._go_on(following, pause)
                yield Failed(number, trial.failures, judgement)
                yield Started(number, following.failures, self.means.worker)
            case Report(step, loss, following):
                pruned = self.means.algorithm.report(number, step, loss)
                yield Reported(number, step, loss, pruned)
                if pruned:
                    yield Told(number, judgement)
                else:
                    self._go_on(following, 0.0)
            case Over():
                yield Told(number, judgement)

    def _go_on(self, trial: Running, pause: float) -> None:
        self.running[trial.proposal.number] = trial
        self.due[trial.proposal.number] = self.means.clock.now() + pause

    def _tell(self, told: Told) -> None:
        """Let the algorithm learn of a trial that is told in the log."""
        del self.running[told.number]
        self.held.pop(told.number, None)
        self.told += 1
        self._ask_from = self.means.clock.now()
        try:
            self.means.algorithm.tell(told.number, told.judgement.result)
        except Conflict as error:
            LOG.warning("not told", extra=self._about(trial=told.number, why=str(error)))
        if self.told >= self.means.policy.trials:
            self._finished = self.means.algorithm.finished()

    # --- writing ---------------------------------------------------------------------------------

    def _write(self) -> None:
        """Write down what has happened; only afterwards does anything follow from it elsewhere."""
        events, self._unwritten = self._unwritten, []
        if not events:
            return
        self.means.journal.append(events)
        for watcher in self.watchers:
            watcher(events)

    def _about(self, **more: object) -> dict[str, object]:
        return {"run": self.means.experiment.run, **more}
