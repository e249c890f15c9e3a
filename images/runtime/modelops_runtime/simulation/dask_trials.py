"""Part of `simulation`: the simulations of a trial on Dask, and the task that judges them.

Simulations stay on their workers as long as somebody holds a trial that they are part of. A trial
that has some of them in common, because it is the same one with more replicates, is judged with
those, and only the others run.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any
from weakref import WeakValueDictionary

from distributed import Client, Future

from modelops_runtime.contracts.diagnostics import Diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.simulation import replicate, tasks
from modelops_runtime.simulation.dask_pending import DaskPending, Reading
from modelops_runtime.simulation.keys import Keys

ASKING = 10.0
"""Seconds for workers to tell of the simulations of a trial that came to nothing."""


@dataclass(slots=True, weakref_slot=True, eq=False)
class Group:
    """Simulations that one Dask task runs.

    Attributes:
        tasks: which.
        future: Dask's.
    """

    tasks: tuple[SimulationTask, ...]
    future: "Future[Any]"


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for with a set.

    Attributes:
        target: judges it.
        timeout: seconds for each simulation, and for judging.
        together: how many simulations one Dask task runs.
        final: nobody will hold the simulations for a larger set.
    """

    target: ObjectiveTarget
    timeout: float
    together: int
    final: bool = False


class Trials:
    """Submits trials, and knows which simulations of them are there."""

    def __init__(self, keys: Keys) -> None:
        """Nothing is there yet."""
        self._keys = keys
        self._groups: WeakValueDictionary[str, Group] = WeakValueDictionary()

    def submit(
        self, client: Client, replicates: ReplicateSet, order: Order
    ) -> DaskPending[Judgement]:
        """Begin what is not there, and judge all of it."""
        there = {task.id: self._there(task, client) for task in replicates.tasks}
        missing = [task for task in replicates.tasks if there[task.id] is None]
        if order.final and len(there) == len(missing) <= order.together:
            return self._tried(client, replicates, order)
        begun = [
            self._begun(client, some, order.timeout) for some in _some(missing, order.together)
        ]
        # Each group once, in an order that only the submissions before decide.
        groups = tuple(dict.fromkeys([*filter(None, there.values()), *begun]))
        return self._judged(client, replicates, order, groups)

    def _there(self, task: SimulationTask, client: Client) -> Group | None:
        """The group that the simulation is part of, if it runs or was successful."""
        group = self._groups.get(task.id)
        usable = group and group.future.client is client
        return (
            group if usable and group and group.future.status in {"pending", "finished"} else None
        )

    def _begun(self, client: Client, some: Sequence[SimulationTask], timeout: float) -> Group:
        key = self._keys.key("simulate", some[0].id)
        future = client.submit(tasks.replicated, key, some, timeout, key=key, pure=False)
        group = Group(tuple(some), future)
        self._groups.update({task.id: group for task in some})
        return group

    def _tried(
        self, client: Client, replicates: ReplicateSet, order: Order
    ) -> DaskPending[Judgement]:
        """All of it in one task."""
        key = self._keys.key("try", replicates.parameters.id)
        future = client.submit(
            tasks.tried, key, replicates, order.target, order.timeout, key=key, pure=False
        )
        groups = (Group(replicates.tasks, future),)
        return DaskPending(future, Reading(_same, partial(_failed, replicates, groups, _untold)))

    def _judged(
        self, client: Client, replicates: ReplicateSet, order: Order, groups: tuple[Group, ...]
    ) -> DaskPending[Judgement]:
        future = client.submit(
            tasks.judged,
            replicates,
            order.target,
            order.timeout,
            *(group.future for group in groups),
            key=self._keys.key("judge", replicates.parameters.id),
            pure=False,
        )
        reading = Reading(
            partial(self._noted, replicates),
            partial(_failed, replicates, groups, partial(self._records, client)),
            groups,
        )
        return DaskPending(future, reading)

    def _noted(self, replicates: ReplicateSet, judgement: Judgement) -> Judgement:
        """The judgement; what failed is not used another time."""
        for task, record in zip(replicates.tasks, judgement.replicates, strict=True):
            if record.failure:
                self._groups.pop(task.id, None)
        return judgement

    def _records(self, client: Client, group: Group) -> list[ReplicateRecord] | None:
        """What is kept of simulations that have ended; None where nobody can tell."""
        key = self._keys.key("record", group.tasks[0].id)
        future = client.submit(tasks.recorded, group.future, key=key, pure=False)
        try:
            records: list[ReplicateRecord] = future.result(ASKING)
        except Exception:  # noqa: BLE001 -- Dask raises what it likes; the trial has failed anyway
            return None
        return records


def _some(missing: Sequence[SimulationTask], together: int) -> Iterator[list[SimulationTask]]:
    left = iter(missing)
    while some := list(islice(left, together)):
        yield some


def _same(judgement: Judgement) -> Judgement:
    return judgement


def _untold(_group: Group) -> None:
    """Nothing is kept of simulations that were not judged."""


Recording = Callable[[Group], list[ReplicateRecord] | None]


def _failed(
    replicates: ReplicateSet,
    groups: tuple[Group, ...],
    recording: Recording,
    kind: FailureKind,
    known: Diagnostics,
) -> Judgement:
    """The judgement of a trial that Dask could not finish."""
    found: dict[int, ReplicateRecord] = {}
    for group in groups:
        found |= {record.seed: record for record in _told(group, recording, kind)}
    records = tuple(found[seed] for seed in replicates.seeds)
    return replicate.failed(replicates, kind, known, records)


def _told(group: Group, recording: Recording, kind: FailureKind) -> Sequence[ReplicateRecord]:
    """The records of a group, as far as they can be had without waiting for simulations."""
    status = group.future.status
    if kind is not FailureKind.CANCELLED and status == "finished" and (told := recording(group)):
        return told
    failure = FailureKind.WORKER_LOST if status == "error" else FailureKind.CANCELLED
    return [ReplicateRecord(task.seed, failure, 0.0) for task in group.tasks]
