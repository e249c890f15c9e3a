"""The one way to change a file: beside it, then over it; and the lock that keeps others out.

A path and bytes come in; the file stands complete or as it was. Whether a file may be changed is
decided elsewhere (`survey`). Nothing is flushed to the platter: git holds the copy that must
survive a power cut, and a kill does not need it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from modelops.disk.failures import Busy, shown, writing
from modelops.disk.listing import Kind, kind_at, read_at_most

TEMPORARY = ".modelops-tmp-"
"""How the name of a half-written file begins; what a killed run leaves is known by it."""

FILE_MODE = 0o644
"""Less what the user's umask takes away."""


NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Within: no other compile writes `folder`, which is made where it is absent.

    The lock ends with the process, however that ends, and leaves no file behind.

    Raises:
        Busy: another process holds it.
        Unwritable: the folder can neither be made nor opened, or is a symlink.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(folder, flags)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    with writing(folder):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(
                f"another compile is writing `{shown(folder)}`. Nothing was written: run the"
                " command again when the other one has finished."
            ) from error


def put(path: Path, content: bytes) -> None:
    """Makes `path` hold exactly `content`, or leaves it as it was; makes its folders.

    Raises:
        Unwritable: the disk is full, the folder is read-only, …
    """
    temporary = path.with_name(f"{TEMPORARY}{os.getpid()}")
    with writing(path):
        try:
            _fill(temporary, content)
            temporary.replace(path)
        except BaseException:
            # The first failure is the one to tell.
            with suppress(OSError):
                temporary.unlink()
            raise


def put_if_other(path: Path, content: bytes) -> bool:
    """Makes a file hold exactly `content`; whether it did not before.

    Raises:
        Unreadable: what stands there cannot be read.
        Unwritable: the disk is full, the folder is read-only, …
    """
    if kind_at(path) is Kind.FILE and read_at_most(path, len(content) + 1) == content:
        return False
    put(path, content)
    return True


def _fill(path: Path, content: bytes) -> None:
    """Makes a new file; never opens one that is there, whatever it is or links to."""
    try:
        descriptor = os.open(path, NEW, FILE_MODE)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, NEW, FILE_MODE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def remove(path: Path) -> None:
    """Removes a file; one that is already gone is fine.

    Raises:
        Unwritable: it cannot be removed.
    """
    with writing(path):
        path.unlink(missing_ok=True)


def remove_if_empty(folder: Path) -> None:
    """Removes a folder that holds nothing; one that cannot go does no harm, git never sees it."""
    with suppress(OSError):
        folder.rmdir()
