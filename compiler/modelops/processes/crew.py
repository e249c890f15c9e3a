"""Part of `processes`: several that belong together: watched, started again, ended in order."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from modelops.processes.children import Child, ProcessFailure, Role

STARTS = 6
"""Of one process, before it is given up: as many as a Job allows one of its pods."""

PAUSE = 0.1
"""Seconds between two looks."""

PATIENCE = 10.0
"""Seconds for a process that was asked to end, before it is ended."""


@dataclass(slots=True)
class Crew:
    """Processes in the order of their starting.

    Attributes:
        patience: seconds for one to end that was asked to, where it says nothing else.
    """

    patience: float = PATIENCE
    _children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> Child:
        """Start one more.

        Raises:
            ProcessFailure: its program cannot be started.
        """
        child.start()
        self._children.append(child)
        return child

    def look_after(self) -> None:
        """Start again what ended and should not have.

        Raises:
            ProcessFailure: one ended in a way that no other try would change, or too often.
        """
        for child in self._children:
            code = child.ended
            if code is None or (child.role is Role.ENDS and code == 0):
                continue
            if code in child.hopeless or child.starts >= STARTS:
                raise child.failure()
            child.start()

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for a condition.

        Raises:
            ProcessFailure: it does not come true in these seconds, or a process is given up.
        """
        deadline = time.monotonic() + seconds
        while not condition():
            self.look_after()
            if time.monotonic() > deadline:
                raise ProcessFailure(f"{what} within {seconds:.0f} s.")
            time.sleep(PAUSE)

    def all_done(self) -> bool:
        """Whether every process that ends by itself has, and none of them failed."""
        return all(child.ended == 0 for child in self._children if child.role is Role.ENDS)

    @contextmanager
    def ending(self) -> Iterator[None]:
        """Within, the processes run; at its end they have ended, the last one first.

        Those that end by themselves are asked together, before those that serve them.
        """
        try:
            yield
        finally:
            self._end()

    def _end(self) -> None:
        ending = [child for child in self._children if child.role is Role.ENDS]
        serving = [child for child in self._children if child.role is Role.SERVES]
        for child in ending:
            child.terminate()
        for child in ending:
            child.end(self.patience)
        for child in reversed(serving):
            child.terminate()
            child.end(PATIENCE)
