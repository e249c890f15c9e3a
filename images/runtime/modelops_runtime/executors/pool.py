"""Part of `executors`: warm processes, kept for the next task of the same code.

There are never more processes than the pool may have, those at work included. Who needs another one
when there is no room takes the place of an idle one, of the code that was used least recently; if
all are at work, it waits until one is not.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from modelops_runtime.executors.executor import Code
from modelops_runtime.executors.process import ENDING, Process


class Closed(Exception):  # noqa: N818 -- named for what is so
    """The pool is closed."""


class Pool:
    """Warm processes."""

    def __init__(self, most: int, worn: Callable[[Process], bool]) -> None:
        """An empty pool.

        Args:
            most: processes.
            worn: whether one that has answered is not to be asked again.
        """
        self._most = most
        self._worn = worn
        self._idle: OrderedDict[Code, list[Process]] = OrderedDict()
        self._busy: set[Process] = set()
        self._count = 0
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def lent(self, code: Code, started: Callable[[], Process]) -> Iterator[Process]:
        """A process for some code, for as long as the context lasts; started, if none is idle.

        It is kept for the next one if the context ends well, and ended otherwise.

        Raises:
            Closed: the pool is closed.
        """
        process = self._claimed(code, started)
        well = False
        try:
            yield process
            well = True
        finally:
            self._returned(code, process, well=well)

    def close(self) -> None:
        """End all of them; those at work as well."""
        with self._changed:
            self._closed = True
            idle = [process for processes in self._idle.values() for process in processes]
            self._idle.clear()
            for process in self._busy:
                process.stop()
            self._changed.notify_all()
        for process in idle:
            self._ended(process)
        with self._changed:
            self._changed.wait_for(lambda: not self._count, ENDING)

    def _claimed(self, code: Code, started: Callable[[], Process]) -> Process:
        process, displaced = self._place(code)
        if displaced is not None:
            displaced.end()
        if process is not None:
            return process
        try:
            return self._at_work(started())
        except BaseException:
            self._left()
            raise

    def _place(self, code: Code) -> tuple[Process | None, Process | None]:
        """An idle process; or none, and a place, with the process that has to end for it."""
        with self._changed:
            while True:
                if self._closed:
                    raise Closed
                if code in self._idle:
                    process = self._popped(code)
                    if process.alive:
                        self._busy.add(process)
                        return process, None
                    return None, process
                if self._count < self._most:
                    self._count += 1
                    return None, None
                if self._idle:
                    return None, self._popped(next(iter(self._idle)))
                self._changed.wait()

    def _popped(self, code: Code) -> Process:
        process = self._idle[code].pop()
        if not self._idle[code]:
            del self._idle[code]
        return process

    def _at_work(self, process: Process) -> Process:
        with self._changed:
            self._busy.add(process)
            if self._closed:
                process.stop()
        return process

    def _returned(self, code: Code, process: Process, *, well: bool) -> None:
        reusable = well and not process.stopped and not self._worn(process)
        with self._changed:
            self._busy.discard(process)
            if reusable and not self._closed:
                self._idle.setdefault(code, []).append(process)
                self._idle.move_to_end(code)
                self._changed.notify()
                return
        self._ended(process)

    def _ended(self, process: Process) -> None:
        process.end()
        self._left()

    def _left(self) -> None:
        """There is a place."""
        with self._changed:
            self._count -= 1
            self._changed.notify_all()
