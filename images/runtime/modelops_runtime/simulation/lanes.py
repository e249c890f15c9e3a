"""Part of `simulation`: threads that do what they are given, what is urgent first."""

import itertools
import queue
import threading
from collections.abc import Callable
from enum import IntEnum

Job = Callable[[], None]


class Urgency(IntEnum):
    """What goes first."""

    JUDGING = 0
    """It ends a trial: who waits for it gives more to do."""

    SIMULATING = 1
    LEAVING = 2


class Lanes:
    """So many threads; they do not keep the process from ending."""

    def __init__(self, count: int) -> None:
        """Start them."""
        self._jobs: queue.PriorityQueue[tuple[Urgency, int, Job | None]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self.count = count
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def give(self, urgency: Urgency, job: Job) -> None:
        """Do this when a thread is free; a job tells by itself what became of it."""
        self._jobs.put((urgency, next(self._numbers), job))

    def close(self, timeout: float) -> None:
        """End the threads once nothing is left, and wait so many seconds for each."""
        for _ in self._threads:
            self._jobs.put((Urgency.LEAVING, next(self._numbers), None))
        for thread in self._threads:
            thread.join(timeout)

    def _work(self) -> None:
        while self._next():
            pass

    def _next(self) -> bool:
        """Do one job, and hold nothing of it afterwards; whether there was one."""
        job = self._jobs.get()[2]
        if job:
            job()
        return job is not None
