"""What no YAML edit can cure: the exceptions of `disk`, and how the system's errors become them.

An `OSError` comes in, a `WorldFailure` leaves whose text says what failed, where, and what to do.
Nothing here is about the content of files.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_NAMED = 10
"""How many offenders one failure names; the rest is counted."""

REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space",
    errno.EDQUOT: "Your disk quota is used up: free some space",
    errno.EROFS: "The file system is read-only: work on a writable copy",
    errno.EACCES: "Check who owns it and what its permissions allow",
    errno.EPERM: "Check who owns it and what its permissions and attributes allow",
    errno.EFBIG: "The system limits how large a file may be (`ulimit -f`): raise the limit",
    errno.EMFILE: "Too many files are open (`ulimit -n`): raise the limit",
    errno.ENAMETOOLONG: "Shorten the names of the file and its folders",
}


class WorldFailure(Exception):  # noqa: N818 -- the house says "failure": an error is a diagnostic
    """The world does not let the compiler work; the text says what to do about it."""


class NotAProject(WorldFailure):
    """There is no `environments/` folder here or above."""


class Unreadable(WorldFailure):
    """Something cannot be read, or must not be: a symlink, a special file, a hostile name."""


class Unwritable(WorldFailure):
    """A file or folder cannot be written or removed; what stood there still stands."""


class InTheWay(WorldFailure):
    """Something that is not ours stands where a file must be written; nothing was written."""


class Busy(WorldFailure):
    """Another compile is writing the same folder; nothing was written."""


def shown(path: str | os.PathLike[str]) -> str:
    """A path as it may be printed: whatever a terminal or UTF-8 would choke on is escaped."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in os.fspath(path)
    )


def enumerated(lines: Iterable[str]) -> str:
    """One indented line each, the first few; then how many more there are."""
    every = list(lines)
    more = [f"… and {len(every) - MOST_NAMED} more"] if len(every) > MOST_NAMED else []
    return "".join(f"\n  {line}" for line in every[:MOST_NAMED] + more)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Within: an error of the system becomes `Unreadable` and names `path`."""
    try:
        yield
    except OSError as error:
        raise Unreadable(f"cannot read `{shown(path)}`: {_reason(error)}.") from error


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Within: an error of the system becomes `Unwritable` and names `path`."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"cannot write `{shown(path)}`: {_reason(error)}. Every file is either as it was or"
            " complete; the same command carries on once this is solved."
        ) from error


def _reason(error: OSError) -> str:
    remedy = REMEDIES.get(error.errno or 0)
    said = error.strerror or type(error).__name__
    return f"{said}. {remedy}" if remedy else said
