"""Part of `simulation`: the service on a Dask cluster.

Each simulation is a Dask task. What judges those of a trial is another, which has them as its
arguments: the tables go from worker to worker, or nowhere, and neither through the scheduler nor
here.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

from distributed import CancelledError, Client, Future, KilledWorker

from modelops_runtime.contracts.diagnostics import Diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.paths import below
from modelops_runtime.contracts.simulation import Failed, FailureKind, SimulationResult
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.simulation import tasks as dask_tasks
from modelops_runtime.simulation.batch import Batch
from modelops_runtime.simulation.dask_connection import Connection
from modelops_runtime.simulation.dask_pending import DaskPending, Reading
from modelops_runtime.simulation.dask_trials import Order, Trials
from modelops_runtime.simulation.delivery import NotDelivered
from modelops_runtime.simulation.in_order import Flow, Unit, positive
from modelops_runtime.simulation.keys import Keys, new_keys
from modelops_runtime.simulation.service import Pending, ServiceLost

Result = TypeVar("Result")

PATIENCE = 60.0
"""Seconds for a scheduler to come, or to come back: a pod of it is replaced within them."""

PIECE = 4 * 1024 * 1024
"""Bytes of a file that go to the scheduler at once."""

DELIVERIES = 3
"""How often a delivery is tried."""


def connected(address: str, run: str, *, patience: float = PATIENCE) -> "DaskService":
    """The service on the cluster of a scheduler.

    Args:
        address: of the scheduler.
        run: which the tasks are for: it is part of their names.
        patience: seconds that the scheduler may be away.

    Raises:
        ServiceLost: nobody answers within the patience.
    """
    keys = new_keys(run)
    return DaskService(Connection(address, f"modelops-{run}", patience), keys)


class DaskService:
    """Simulations on a Dask cluster; any number of threads may use it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        """The service over a connection; `connected` makes both."""
        self._connection = connection
        self._keys = keys
        self._trials = Trials(keys)
        self._changed = threading.Condition()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def submit(self, task: SimulationTask) -> DaskPending[SimulationResult]:
        """Begin one simulation."""
        reading: Reading[SimulationResult] = Reading(_only, partial(Failed, task.id))
        return self._watched(DaskPending(self._begun((task,)), reading))

    def submit_replicates(
        self,
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        *,
        timeout: float,
        together: int = 1,
        final: bool = False,
    ) -> DaskPending[Judgement]:
        """Begin all simulations of a set, and judge them together on a worker."""
        order = Order(target, timeout, max(1, together), final)
        return self._watched(self._trials.submit(self._connection.client(), replicates, order))

    def gather(self, pending: Sequence[Pending[Result]]) -> list[Result]:
        """Wait for all of them at once; their results in the order given.

        Raises:
            ServiceLost: one was forgotten.
        """
        with self._changed:
            for one in pending:
                self._changed.wait_for(one.done)
        self._fetch(pending)
        return [one.result() for one in pending]

    def wait(
        self, pending: Collection[Pending[Result]], timeout: float | None
    ) -> set[Pending[Result]]:
        """Wait until at least one is done or the seconds are over; all that are done."""
        with self._changed:
            self._changed.wait_for(lambda: not pending or any(map(_done, pending)), timeout)
        done = {one for one in pending if one.done()}
        self._fetch(done)
        return done

    def run(
        self, tasks: Iterable[SimulationTask], *, window: int | None = None
    ) -> Iterator[SimulationResult]:
        """Simulate many: results in the order of the tasks, which are read as room is made."""
        flow = Flow(
            tasks=iter(tasks),
            window=positive(window),
            workers=self._connection.workers,
            begin=self._unit,
            wait=lambda unit, seconds: self.wait([unit.pending], seconds),
            read=self._batches,
        )
        try:
            yield from flow.results()
        finally:
            self.cancel([unit.pending for unit in flow.left()])

    def cancel(self, pending: Iterable[Pending[object]]) -> None:
        """What is not done yet ends as cancelled; simulations that run are stopped."""
        futures = []
        for one in pending:
            if isinstance(one, DaskPending) and not one.done():
                one.cancel()
                futures.append(one.future)
        if futures:
            self._connection.client().cancel(futures)
        self._notify()

    def deliver(self, files: Mapping[str, bytes], place: str) -> str:
        """Have whichever worker is free write files where results are kept; where people find them.

        Raises:
            NotDelivered: no worker can write them.
            ContractViolation: the place, or the name of a file, would be somewhere else.
            ServiceLost: the scheduler is gone for good.
        """
        for path in (place, *files):
            below(path)
        for attempt in range(1, DELIVERIES + 1):
            try:
                return str(self._delivery(files, place).result())
            except (CancelledError, KilledWorker, NotDelivered) as error:
                if attempt == DELIVERIES:
                    raise NotDelivered(f"given up after {attempt} attempts: {error}") from error
        raise AssertionError

    def close(self) -> None:
        """Give up everything that is not done."""
        self._connection.close()
        self._notify()

    def _begun(self, some: tuple[SimulationTask, ...]) -> "Future[Batch]":
        key = self._keys.key("simulate", some[0].id)
        client = self._connection.client()
        return client.submit(dask_tasks.simulated, key, some, key=key, pure=False)

    def _unit(self, some: tuple[SimulationTask, ...]) -> Unit:
        reading: Reading[Batch] = Reading(_same, partial(_all_failed, some))
        return Unit(some, self._watched(DaskPending(self._begun(some), reading)))

    def _batches(self, units: Sequence[Unit]) -> Iterator[Batch]:
        """What has become of units, in their order: begun again, where the scheduler forgot."""
        self._fetch([unit.pending for unit in units])
        for unit in units:
            try:
                batch = unit.pending.result()
            except ServiceLost:
                yield from self._batches([self._unit(unit.tasks)])
                continue
            yield self._apart(unit) if _is_lost(batch) and len(unit.tasks) > 1 else batch

    def _apart(self, unit: Unit) -> Batch:
        """Each simulation of a unit by itself: one of them has cost the workers of all."""
        units = [self._unit((task,)) for task in unit.tasks]
        results = [result for batch in self._batches(units) for result in batch.results]
        return Batch(tuple(results))

    def _watched(self, pending: DaskPending[Result]) -> DaskPending[Result]:
        """The same, which from now on wakes those who wait."""
        pending.future.add_done_callback(lambda _: self._notify())
        return pending

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _fetch(self, pending: Collection[Pending[Any]]) -> None:
        """Get the results of all that have one, at once."""
        found = [
            one
            for one in pending
            if isinstance(one, DaskPending)
            and not one.settled()
            and one.future.status == "finished"
        ]
        if not found:
            return
        try:
            values = found[0].future.client.gather([one.future for one in found])
        except Exception:  # noqa: BLE001 -- each of them tells by itself what is wrong
            return
        for one, value in zip(found, values, strict=True):
            one.take(value)

    def _delivery(self, files: Mapping[str, bytes], place: str) -> "Future[str]":
        client = self._connection.client()
        pieces = [
            self._sent(client, part) for content in files.values() for part in _parts(content)
        ]
        sizes = tuple((name, len(content)) for name, content in files.items())
        key = self._keys.key("deliver", "")
        return client.submit(dask_tasks.delivered, place, sizes, *pieces, key=key, pure=False)

    def _sent(self, client: Client, part: bytes) -> "Future[bytes]":
        key = self._keys.key("piece", "")
        return client.submit(dask_tasks.piece, part, key=key, pure=False)


def _done(pending: Pending[Any]) -> bool:
    return pending.done()


def _only(batch: Batch) -> SimulationResult:
    (result,) = batch.results
    return result


def _same(batch: Batch) -> Batch:
    return batch


def _all_failed(some: Sequence[SimulationTask], kind: FailureKind, known: Diagnostics) -> Batch:
    return Batch(tuple(Failed(task.id, kind, known) for task in some))


def _is_lost(batch: Batch) -> bool:
    """Whether Dask gave a unit up."""
    return not batch.seconds and all(
        isinstance(one, Failed) and one.kind is FailureKind.WORKER_LOST for one in batch.results
    )


def _parts(content: bytes) -> Iterator[bytes]:
    for begin in range(0, len(content), PIECE):
        yield content[begin : begin + PIECE]
