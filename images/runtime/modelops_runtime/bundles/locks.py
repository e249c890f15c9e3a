"""Part of `bundles`: files that processes lock. A process that ends, in whatever way, lets them go.

The files are empty and never removed: a lock on a file that somebody removes protects nothing.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Within: nobody else has the lock, in any way. Waits for it."""
    with file.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_if_free(file: Path) -> Iterator[bool]:
    """Within: whether nobody else has the lock; does not wait."""
    with file.open("ab") as stream:
        free = False
        with suppress(BlockingIOError):
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        yield free


def shared(file: Path) -> int:
    """Share the lock with whoever else does, until the descriptor is closed. Waits for it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor
