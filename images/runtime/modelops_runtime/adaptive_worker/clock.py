"""Part of `adaptive-worker`: the time of this process, and the signals that ask it to end."""

import signal
import time
from types import FrameType

from modelops_runtime.exit_status import ExitStatus

SLICE = 0.25
"""Seconds: a handler of a signal may not touch locks, so whoever sleeps looks up now and then."""


class ProcessClock:
    """The time since the machine was started, and since when this process is asked to end."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self._stopped: float | None = None

    def now(self) -> float:
        """Seconds."""
        return time.monotonic()

    def stopped(self) -> float | None:
        """Since when; None as long as nobody has asked."""
        return self._stopped

    def sleep(self, seconds: float) -> None:
        """Wait, or less where this process is asked to end meanwhile."""
        until = time.monotonic() + seconds
        before = self._stopped
        while self._stopped == before and (left := until - time.monotonic()) > 0:
            time.sleep(min(SLICE, left))

    def listen(self) -> None:
        """From now on SIGTERM and SIGINT ask for an end; when they come again they end it."""
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, self._asked)

    def _asked(self, _signal: int, _frame: FrameType | None) -> None:
        if self._stopped is not None:
            raise SystemExit(ExitStatus.TERMINATED)
        self._stopped = time.monotonic()
