"""Part of `simulation`: the service in this process: threads over an executor, and no cluster.

It does all that the one on Dask does, with the same results. Simulations run beside one another as
far as the executor lets them: in processes of their own, or one thread at a time.

What runs does not hold those who wait for it: who gives up what was submitted, gives up its tables.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future
from concurrent.futures import wait as wait_for
from functools import partial
from itertools import islice
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from weakref import WeakSet, WeakValueDictionary, ref

from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.simulation import Failed, FailureKind, SimulationResult
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.simulation import replicate
from modelops_runtime.simulation.batch import Batch
from modelops_runtime.simulation.in_order import Flow, Unit, positive
from modelops_runtime.simulation.keys import new_keys
from modelops_runtime.simulation.lanes import Lanes, Urgency
from modelops_runtime.simulation.replicate import Replicate, of_set
from modelops_runtime.simulation.service import Pending, ServiceLost
from modelops_runtime.simulation.worker import Stopped, Worker

Result = TypeVar("Result")

CLOSING = 5.0
"""Seconds for a thread to end what it does."""

CANCELLED = diagnostics({"message": "it was cancelled"})


class LocalPending(Future[Result], Generic[Result]):
    """Something that was submitted.

    Attributes:
        parts: what runs for it.
        otherwise: what it is if it is cancelled.
    """

    def __init__(self, parts: tuple["Part[Any]", ...], otherwise: Callable[[], Result]) -> None:
        """What the parts will make."""
        super().__init__()
        self.parts = parts
        self.otherwise = otherwise
        self._settling = threading.Lock()
        for part in parts:
            part.holders.add(self)

    def settle(self, result: Result) -> None:
        """This is what has become of it, unless that is known already."""
        with self._settling:
            if not self.done():
                self.set_result(result)


class Part(Generic[Result]):
    """Simulations that run one after another, for all who hold them.

    Attributes:
        key: under which they run.
        tasks: which.
        found: what has become of them; cancelled where they were stopped.
        holders: who wants them.
    """

    def __init__(self, key: str, tasks: tuple[SimulationTask, ...]) -> None:
        """Nobody wants them yet."""
        self.key = key
        self.tasks = tasks
        self.found: Future[Result] = Future()
        self.holders: WeakSet[LocalPending[Any]] = WeakSet()


class LocalService:
    """Simulations in this process; any number of threads may use it."""

    def __init__(self, worker: Worker, workers: int) -> None:
        """The service over a worker, with so many simulations at once."""
        self._worker = worker
        self._lanes = Lanes(workers)
        self._keys = new_keys("")
        self._lock = threading.RLock()
        self._closed = False
        self._parts: WeakValueDictionary[str, Part[list[Replicate]]] = WeakValueDictionary()
        self._pending: WeakSet[LocalPending[Any]] = WeakSet()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def submit(self, task: SimulationTask) -> LocalPending[SimulationResult]:
        """Begin one simulation."""
        part = self._begun((task,), self._simulated)
        failed: SimulationResult = Failed(task.id, FailureKind.CANCELLED, CANCELLED)
        pending = self._watched(LocalPending((part,), lambda: failed))
        part.found.add_done_callback(partial(_pass, ref(pending), _only))
        return pending

    def submit_replicates(
        self,
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        *,
        timeout: float,
        together: int = 1,
        final: bool = False,  # noqa: ARG002 -- there is nothing to be saved here
    ) -> LocalPending[Judgement]:
        """Begin all simulations of a set, and judge them together."""
        with self._lock:
            there = {task.id: self._there(task) for task in replicates.tasks}
            missing = iter([task for task in replicates.tasks if there[task.id] is None])
            run = partial(self._replicated, timeout)
            begun = []
            while some := tuple(islice(missing, max(1, together))):
                begun.append(self._begun(some, run))
                self._parts.update({task.id: begun[-1] for task in some})
            parts = tuple(dict.fromkeys([*filter(None, there.values()), *begun]))
            pending = self._watched(LocalPending(parts, partial(_cancelled, replicates)))
        judge = partial(self._judged, ref(pending), replicates, target, timeout)
        _after([part.found for part in parts], partial(self._lanes.give, Urgency.JUDGING, judge))
        return pending

    def gather(self, pending: Sequence[Pending[Result]]) -> list[Result]:
        """Wait for all of them at once; their results in the order given."""
        return [one.result() for one in pending]

    def wait(
        self, pending: Collection[Pending[Result]], timeout: float | None
    ) -> set[Pending[Result]]:
        """Wait until at least one is done or the seconds are over; all that are done."""
        futures = [one for one in pending if isinstance(one, LocalPending)]
        wait_for(futures, timeout, FIRST_COMPLETED)
        return {one for one in pending if one.done()}

    def run(
        self, tasks: Iterable[SimulationTask], *, window: int | None = None
    ) -> Iterator[SimulationResult]:
        """Simulate many: results in the order of the tasks, which are read as room is made."""
        flow = Flow(
            tasks=iter(tasks),
            window=positive(window),
            workers=lambda: self._lanes.count,
            begin=self._unit,
            wait=lambda unit, seconds: self.wait([unit.pending], seconds),
            read=lambda units: [unit.pending.result() for unit in units],
        )
        try:
            yield from flow.results()
        finally:
            self.cancel([unit.pending for unit in flow.left()])

    def cancel(self, pending: Iterable[Pending[object]]) -> None:
        """What is not done yet ends as cancelled; what nobody else wants is stopped."""
        wanted = [one for one in pending if isinstance(one, LocalPending) and not one.done()]
        for one in wanted:
            one.settle(one.otherwise())
        self._leave(wanted)

    def deliver(self, files: Mapping[str, bytes], place: str) -> str:
        """Write files where results are kept; where people find them.

        Raises:
            NotDelivered: they cannot be written.
            ContractViolation: the place, or the name of a file, would be somewhere else.
        """
        return self._worker.deliver(files, place)

    def close(self) -> None:
        """Give up everything that is not done, and end the executor."""
        with self._lock:
            self._closed = True
            left = list(self._pending)
        self.cancel(left)
        self._worker.close()
        self._lanes.close(CLOSING)

    def _there(self, task: SimulationTask) -> "Part[list[Replicate]] | None":
        """The part that has the simulation, if it runs or was successful."""
        part = self._parts.get(task.id)
        failed = part and part.found.done() and _has_failed(part.found.result(), task.seed)
        return None if failed else part

    def _begun(
        self, some: tuple[SimulationTask, ...], run: Callable[[str, Sequence[SimulationTask]], Any]
    ) -> "Part[Any]":
        with self._lock:
            if self._closed:
                raise ServiceLost("the service is closed")
        part: Part[Any] = Part(self._keys.key("simulate", some[0].id), some)
        self._lanes.give(Urgency.SIMULATING, partial(_work, part, run))
        return part

    def _unit(self, some: tuple[SimulationTask, ...]) -> Unit:
        part = self._begun(some, self._simulated)
        lost = Batch(tuple(Failed(task.id, FailureKind.CANCELLED, CANCELLED) for task in some))
        pending = self._watched(LocalPending((part,), lambda: lost))
        part.found.add_done_callback(partial(_pass, ref(pending), _same))
        return Unit(some, pending)

    def _simulated(self, key: str, some: Sequence[SimulationTask]) -> Batch:
        begun = time.monotonic()
        results = self._worker.simulate(key, some)
        return Batch(tuple(results), time.monotonic() - begun)

    def _replicated(
        self, timeout: float, key: str, some: Sequence[SimulationTask]
    ) -> list[Replicate]:
        return self._worker.replicate(key, some, timeout)

    def _judged(
        self,
        wanted: "ref[LocalPending[Judgement]]",
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        timeout: float,
    ) -> None:
        if (pending := wanted()) and (parts := pending.parts):
            ended = of_set(replicates, (one for part in parts for one in part.found.result()))
            pending.settle(self._worker.judge(replicates, target, ended, timeout))

    def _watched(self, pending: LocalPending[Result]) -> LocalPending[Result]:
        self._pending.add(pending)
        return pending

    def _leave(self, pending: Sequence[LocalPending[Any]]) -> None:
        """Stop what ran for these alone.

        What waits for a thread goes first: one that is set free would begin with it.
        """
        with self._lock:
            left = [part for one in pending for part in _let_go(one) if not part.holders]
            for part in sorted(left, key=lambda part: part.found.running()):
                self._forget(part)

    def _forget(self, part: "Part[Any]") -> None:
        """Nobody may begin to wait for it; it is not begun, or stopped where that is possible."""
        for task in part.tasks:
            if self._parts.get(task.id) is part:
                del self._parts[task.id]
        if not part.found.cancel():
            self._worker.stop(part.key)


def _work(part: "Part[Any]", run: Callable[[str, Sequence[SimulationTask]], Any]) -> None:
    """In a thread: what comes of it is the part's, whatever it is."""
    if not part.found.set_running_or_notify_cancel():
        return
    try:
        part.found.set_result(run(part.key, part.tasks))
    except Stopped as error:
        part.found.set_exception(error)


def _let_go(pending: LocalPending[Any]) -> "tuple[Part[Any], ...]":
    """What ran for it, of which it is no holder any more."""
    parts, pending.parts = pending.parts, ()
    for part in parts:
        part.holders.discard(pending)
    return parts


def _after(futures: Sequence["Future[Any]"], then: Callable[[], None]) -> None:
    """Do it once all are done."""
    left = [len(futures)]
    counting = threading.Lock()

    def one_is_done(_: "Future[Any]") -> None:
        with counting:
            left[0] -= 1
            last = not left[0]
        if last:
            then()

    for future in futures:
        future.add_done_callback(one_is_done)


def _pass(
    wanted: "ref[LocalPending[Result]]",
    reading: Callable[[Batch], Result],
    found: "Future[Batch]",
) -> None:
    """Settle it with what was found; what was stopped is settled already."""
    if (pending := wanted()) and not found.cancelled() and not found.exception():
        pending.settle(reading(found.result()))


def _only(batch: Batch) -> SimulationResult:
    (result,) = batch.results
    return result


def _same(batch: Batch) -> Batch:
    return batch


def _has_failed(ended: Sequence[Replicate], seed: int) -> bool:
    return any(one.record.failure for one in ended if one.record.seed == seed)


def _cancelled(replicates: ReplicateSet) -> Judgement:
    records = tuple(ReplicateRecord(seed, FailureKind.CANCELLED, 0.0) for seed in replicates.seeds)
    return replicate.failed(replicates, FailureKind.CANCELLED, CANCELLED, records)
