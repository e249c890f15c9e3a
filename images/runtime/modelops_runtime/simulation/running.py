"""Part of `simulation`: which simulations run on a worker, so that they can be stopped."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Running:
    """What runs, by the key under which it was asked for; for any number of threads."""

    def __init__(self) -> None:
        """Nothing runs yet."""
        self._lock = threading.Lock()
        self._tasks: dict[str, str | None] = {}
        self._stopped: set[str] = set()
        self._closed = False

    @contextmanager
    def under(self, key: str) -> Iterator[None]:
        """Within, the key can be stopped."""
        with self._lock:
            self._tasks[key] = None
        try:
            yield
        finally:
            with self._lock:
                del self._tasks[key]
                self._stopped.discard(key)

    def begin(self, key: str, task: str) -> None:
        """From now on, it is this task that runs under the key."""
        with self._lock:
            if key in self._tasks:
                self._tasks[key] = task

    def stop(self, key: str, cancel: Callable[[str], None]) -> bool:
        """Stop what runs under the key; whether anything does, still."""
        with self._lock:
            if key not in self._tasks:
                return False
            self._stopped.add(key)
            task = self._tasks[key]
        if task is not None:
            cancel(task)
        return True

    def stopped(self, key: str) -> bool:
        """Whether the key was stopped, or all are."""
        with self._lock:
            return self._closed or key in self._stopped

    def close(self) -> None:
        """From now on, nothing is wanted any more."""
        with self._lock:
            self._closed = True
