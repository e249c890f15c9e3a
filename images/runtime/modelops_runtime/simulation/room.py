"""Part of `simulation`: how much a folder may still take.

Other processes, on other machines too, write into the same folder, and nobody counts for all of
them. So what is in it is measured now and then; between two measurements each counts its own.
"""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

STALE = 300.0
"""Seconds for which a measurement serves."""

SHARE = 64
"""It also serves until this process alone has written that part of the room."""


class Room:
    """The room in a folder, for any number of threads."""

    def __init__(
        self, folder: Path, capacity: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """The room in the folder, which may hold so many bytes."""
        self._folder = folder
        self._capacity = capacity
        self._clock = clock
        self._lock = threading.Lock()
        self._measured_at: float | None = None
        self._held = 0
        self._own = 0

    def take(self, size: int) -> bool:
        """Whether so many bytes fit; if so they count as written."""
        with self._lock:
            if self._is_stale():
                self._held, self._own = measured(self._folder), 0
                self._measured_at = self._clock()
            fits = self._held + self._own + size <= self._capacity
            self._own += size if fits else 0
            return fits

    def _is_stale(self) -> bool:
        if self._measured_at is None or self._own * SHARE > self._capacity:
            return True
        return self._clock() - self._measured_at > STALE


def measured(folder: Path) -> int:
    """The bytes of all files in a folder; what comes or goes meanwhile counts or does not."""
    found, left = 0, [os.fspath(folder)]
    while left:
        try:
            with os.scandir(left.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        left.append(entry.path)
                    else:
                        found += entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            continue
    return found
