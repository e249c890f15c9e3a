"""Part of `simulation`: many simulations, their results in the order in which they were asked for.

The tasks may be more than anything can hold. They are read as room is made: what is begun and not
yet read never exceeds the window. The first few run one by one, and tell how many to put together.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from modelops_runtime.contracts.simulation import SimulationResult
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.simulation.batch import ALONE, Batch, Pace, batch_size, measured, window_of
from modelops_runtime.simulation.service import Pending

PROBE = 1.0
"""Seconds to wait for the first result: a simulation that takes longer runs alone anyway."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Some simulations that were begun together.

    Attributes:
        tasks: which.
        pending: what has become of them.
    """

    tasks: tuple[SimulationTask, ...]
    pending: Pending[Batch]


@dataclass(slots=True)
class Flow:
    """Simulations on their way.

    Attributes:
        tasks: that have not begun.
        window: how many may be begun and unread; None: what keeps all workers busy.
        workers: how many there are.
        begin: begins some of them.
        wait: until a unit has ended, or the seconds are over.
        read: what has become of units, in their order.
    """

    tasks: Iterator[SimulationTask]
    window: int | None
    workers: Callable[[], int]
    begin: Callable[[tuple[SimulationTask, ...]], Unit]
    wait: Callable[[Unit, float], object]
    read: Callable[[Sequence[Unit]], Iterable[Batch]]
    _units: deque[Unit] = field(default_factory=deque)
    _unread: int = 0
    _pace: Pace | None = None

    def results(self) -> Iterator[SimulationResult]:
        """All of them, in the order of the tasks."""
        self._probe()
        while self._units:
            for batch in self.read(self._ended()):
                self._pace = measured(self._pace, batch)
                for result in batch.results:
                    yield result
                    self._unread -= 1
                self._fill()

    def left(self) -> list[Unit]:
        """What was begun, and whose results nobody read."""
        return list(self._units)

    def _probe(self) -> None:
        """Begin a few, and the others once the first has ended or takes long."""
        workers = max(self.workers(), 1)
        for task in islice(self.tasks, min(2 * workers, window_of(self.window, ALONE, workers))):
            self._start((task,))
        if self._units:
            self.wait(self._units[0], PROBE)
        if self._units and not self._units[0].pending.done():
            self._fill()

    def _ended(self) -> list[Unit]:
        """The units at the front that have ended; at least one, which may still run."""
        ended = [self._units.popleft()]
        while self._units and self._units[0].pending.done():
            ended.append(self._units.popleft())
        return ended

    def _fill(self) -> None:
        pace, workers = self._pace or ALONE, self.workers()
        window = window_of(self.window, pace, workers)
        size = batch_size(pace, window, workers)
        while (room := window - self._unread) > 0:
            if room < size and self._units:
                return
            if not (batch := tuple(islice(self.tasks, min(size, room)))):
                return
            self._start(batch)

    def _start(self, batch: tuple[SimulationTask, ...]) -> None:
        self._units.append(self.begin(batch))
        self._unread += len(batch)


def positive(window: int | None) -> int | None:
    """The window.

    Raises:
        ValueError: nothing could ever begin.
    """
    if window is not None and window < 1:
        raise ValueError(f"a window of {window}: nothing could begin")
    return window
