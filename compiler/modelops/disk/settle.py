"""Doing what was decided: a survey comes in, the folder is as wanted when it ends.

The order is the whole point: a kill between any two steps leaves a folder that the next write
heals. Decides nothing itself.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from modelops.disk.atomic import put, remove, remove_if_empty
from modelops.disk.differences import Change
from modelops.disk.survey import Survey

WRITERS = 4
"""Threads that write many files; more make no file system faster that we know."""

MANY = 500
"""Files from which on it is worth to have several."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The inventory that makes a write safe to kill: written first as a union, at last as itself.

    Attributes:
        path: below the surveyed folder.
        union: owns what is coming and what is going; None where the one on disk already does.
        final: None where the whole environment is going.
    """

    path: str
    union: bytes | None
    final: bytes | None


def carry_out(survey: Survey, guard: Guard | None = None) -> None:
    """Does what the survey says, in the order that a kill at any point can be healed from.

    Raises:
        Unwritable: at the first thing that the system refuses; what was done until then stays.
    """
    folder = survey.folder
    guarded = guard.path if guard else None
    for path in survey.leftovers:
        remove(folder / path)
    if guard and guard.union is not None:
        put(folder / guard.path, guard.union)
    _put_all(folder, [change for change in survey.changes if change.path != guarded])
    for change in survey.changes:
        if change.path != guarded and change.new is None:
            remove(folder / change.path)
    for path in survey.idle:
        remove_if_empty(folder / path)
    if guard:
        _finish(survey, guard)


def _put_all(folder: Path, changes: Iterable[Change]) -> None:
    """Put what is new, in any order: the system makes files faster for several who ask.

    One asks for all files of a folder, so that no two half-written ones have one name.
    """
    folders: dict[str, list[tuple[Path, bytes]]] = {}
    for change in changes:
        if change.new is not None:
            held = folders.setdefault(change.path.rpartition("/")[0], [])
            held.append((folder / change.path, change.new))
    if sum(len(files) for files in folders.values()) < MANY:
        _put_each(file for files in folders.values() for file in files)
        return
    with ThreadPoolExecutor(WRITERS) as pool:
        for _ in pool.map(_put_each, folders.values()):
            """Each has raised what went wrong with it."""


def _put_each(files: Iterable[tuple[Path, bytes]]) -> None:
    for path, content in files:
        put(path, content)


def _finish(survey: Survey, guard: Guard) -> None:
    """The inventory last: as long as it is the old one or the union, nothing is orphaned."""
    changed = any(change.path == guard.path for change in survey.changes)
    if guard.final is None:
        remove(survey.folder / guard.path)
    elif changed or guard.union is not None:
        put(survey.folder / guard.path, guard.final)
