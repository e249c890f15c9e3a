"""Part of `simulation`: the results of earlier simulations, by the id of their task.

Each is an object: the checksum of the rest of it, the names and sizes of the tables, and their
bytes.
A task whose bundle is not known by its digest is never kept: the image that carries the code may be
another one tomorrow, and the id would not tell.

Nothing here fails a simulation. What cannot be read was never there; what cannot be written, or has
no room, is not kept.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from modelops_runtime.contracts.identity import canonical_json, checksum
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.results.object_store import NotStored, ObjectStore
from modelops_runtime.simulation.room import Room

LOG = logging.getLogger(__name__)

Tables = Mapping[str, bytes]
"""The tables of a simulation, by name, as Arrow IPC streams in normal form."""


@dataclass(frozen=True, slots=True)
class ResultCache:
    """Results of earlier simulations, for any number of threads and processes.

    Attributes:
        store: of the objects.
        room: for them; None where the store has no end.
    """

    store: ObjectStore
    room: Room | None = None

    def get(self, task: SimulationTask) -> Tables | None:
        """The tables of an earlier simulation of the task, verified; None where they are not."""
        if task.bundle is None:
            return None
        try:
            return unpacked(self.store.get(_key(task)))
        except NotStored:
            return None
        except (OSError, ValueError) as error:
            LOG.warning("a kept result is of no use", extra={"task": task.id, "why": str(error)})
            return None

    def put(self, task: SimulationTask, tables: Tables) -> None:
        """Keep the tables of a task, if that is possible."""
        if task.bundle is None or not self._has_room(tables):
            return
        try:
            self.store.put(_key(task), packed(tables))
        except OSError as error:
            LOG.warning("a result is not kept", extra={"task": task.id, "why": str(error)})

    def _has_room(self, tables: Tables) -> bool:
        return self.room is None or self.room.take(sum(map(len, tables.values())))


def _key(task: SimulationTask) -> str:
    return f"{task.id[:2]}/{task.id}"


def packed(tables: Tables) -> bytes:
    """The tables as one object."""
    named = canonical_json([[name, len(content)] for name, content in tables.items()])
    rest = b"\n".join([named, b"".join(tables.values())])
    return b"\n".join([checksum(rest).encode(), rest])


def unpacked(content: bytes) -> Tables:
    """The tables in an object.

    Raises:
        ValueError: it is not what `packed` made.
    """
    expected, _, rest = content.partition(b"\n")
    if expected != checksum(rest).encode():
        raise ValueError("it is not what was put there")
    named, _, left = rest.partition(b"\n")
    tables = {}
    for name, size in json.loads(named):
        tables[name], left = left[:size], left[size:]
    return tables
