"""Looking at folders and files without following anything: the eyes of all of `disk`.

A folder comes in; what stands in it leaves, by path below it and by kind. Symlinks are reported as
symlinks, and no open can block on a fifo or reach through a link.
"""

import os
import stat
from collections.abc import Callable
from enum import Enum, auto
from pathlib import Path

from modelops.disk.failures import Unreadable, reading, shown


class Kind(Enum):
    """What a directory entry is, links not followed."""

    FILE = auto()
    FOLDER = auto()
    SYMLINK = auto()
    SPECIAL = auto()
    """A fifo, a socket or a device."""


Skip = Callable[[str, Kind], bool]
"""Whether to leave out an entry, by its path below the walked folder; a folder with all of it."""


def kind_at(path: Path) -> Kind | None:
    """What stands at `path` itself, or None where nothing does."""
    with reading(path):
        try:
            return kind_of(path.lstat().st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return None


def resolved(path: Path) -> Path:
    """`path` from the root of the file system, its links followed.

    Raises:
        Unreadable: the links go round in a circle, or a folder may not be read.
    """
    with reading(path):
        try:
            return path.resolve()
        except RuntimeError as error:  # how pathlib says ELOOP before Python 3.13
            raise Unreadable(f"`{shown(path)}` is a symbolic link in a circle: fix it.") from error


def entries(folder: Path) -> list[tuple[str, Kind]]:
    """What stands directly in a folder, sorted by name."""
    with reading(folder), os.scandir(folder) as found:
        return sorted(
            ((entry.name, kind_of(entry.stat(follow_symlinks=False).st_mode)) for entry in found),
            key=lambda entry: entry[0],
        )


def _nothing(_path: str, _kind: Kind) -> bool:
    return False


def walk(folder: Path, below: str = "", skip: Skip = _nothing) -> dict[str, Kind]:
    """All that stands in `folder`, or in its part `below` (with a final slash), sorted by path.

    Keeps its own list of what is to do: a tree may be deeper than Python's stack.
    """
    found: dict[str, Kind] = {}
    pending = [below]
    while pending:
        prefix = pending.pop()
        for name, kind in entries(folder / prefix):
            path = prefix + name
            if skip(path, kind):
                continue
            found[path] = kind
            if kind is Kind.FOLDER:
                pending.append(f"{path}/")
    return dict(sorted(found.items()))


def read_at_most(path: Path, limit: int) -> bytes:
    """The first `limit` bytes of a regular file; never blocks and never follows a link.

    The kind is looked at again after opening: it may have changed since the folder was listed.

    Raises:
        Unreadable: it cannot be read, or is no regular file.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with reading(path), os.fdopen(os.open(path, flags), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise Unreadable(f"`{shown(path)}` is not a regular file: remove it or replace it.")
        return stream.read(limit)


def ancestors(path: str) -> list[str]:
    """The folders of a path from the top down: `a`, `a/b` for `a/b/c`."""
    return [path[:index] for index, character in enumerate(path) if character == "/"]


def kind_of(mode: int) -> Kind:
    """What a mode of the system says."""
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.SYMLINK if stat.S_ISLNK(mode) else Kind.SPECIAL
