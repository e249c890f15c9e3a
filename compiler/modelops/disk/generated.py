"""`generated/`: compared with what was compiled, or made equal to it.

`Artefacts` come in; bytes on disk leave, or the differences. A folder of `generated/` is looked at
when its environment was compiled; when everything was, also those of environments that are gone.
Files that no compile wrote are never touched and always reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from modelops.disk.atomic import locked, remove, remove_if_empty
from modelops.disk.differences import Differences, Written
from modelops.disk.inventory import Entries, has_header, read_inventory, union
from modelops.disk.listing import Kind, entries, kind_at, walk
from modelops.disk.settle import Guard, carry_out
from modelops.disk.survey import (
    Survey,
    differences,
    only_leftovers,
    refuse_foreign,
    refuse_root,
    survey,
    written,
)
from modelops.manifests import INVENTORY, Artefact, Artefacts, EnvironmentArtefacts


class Scope(Enum):
    """How much was compiled."""

    ALL = auto()
    """Every environment: what is not among the artefacts is gone."""
    CHOSEN = auto()
    """Some environments: nothing is known of the others."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One environment's folder: what would be done, and the inventory that guards doing it."""

    survey: Survey
    guard: Guard


def compare(root_generated: Path, artefacts: Artefacts, scope: Scope) -> Differences:
    """What `write` would change, and what it would leave alone; only reads.

    Raises:
        Unreadable: something cannot be read.
        InTheWay: a symlink, or something else that is no file, stands where a file belongs.
    """
    parts = _parts(root_generated, artefacts, scope)
    return differences(root_generated, (part.survey for part in parts))


def write(root_generated: Path, artefacts: Artefacts, scope: Scope) -> Written:
    """Makes the looked-at folders hold the artefacts, and untouched what nobody compiled.

    Everything is decided before the first byte is written. Per environment: an inventory that owns
    the old and the new, the changed files, the removals, the final inventory.

    Raises:
        Busy: another compile is writing.
        InTheWay: something that is not ours stands where a file must be written.
        Unreadable: something cannot be read.
        Unwritable: the disk is full, the folder is read-only, …
    """
    refuse_root(root_generated)
    with locked(root_generated):
        parts = _parts(root_generated, artefacts, scope)
        refuse_foreign(part.survey for part in parts)
        for part in parts:
            carry_out(part.survey, part.guard)
        if scope is Scope.ALL:
            _sweep(root_generated)
    return written(differences(root_generated, (part.survey for part in parts)))


def _parts(root: Path, artefacts: Artefacts, scope: Scope) -> list[_Part]:
    refuse_root(root)
    compiled = {each.name: each for each in artefacts.environments}
    names = sorted({*compiled, *(_with_inventory(root) if scope is Scope.ALL else ())})
    return [_part(root, name, compiled.get(name)) for name in names]


def _with_inventory(root: Path) -> Iterator[str]:
    """The folders that a compile wrote, now or earlier."""
    return (name for name in _folders(root) if read_inventory(root / name) is not None)


def _folders(root: Path) -> Iterator[str]:
    if kind_at(root) is Kind.FOLDER:
        yield from (name for name, kind in entries(root) if kind is Kind.FOLDER)


def _part(root: Path, name: str, compiled: EnvironmentArtefacts | None) -> _Part:
    files = (*compiled.files, compiled.inventory) if compiled else ()
    found = _standing(root, name)
    listed = (read_inventory(root / name) if found.get(name) is Kind.FOLDER else None) or {}
    inventory = f"{name}/{INVENTORY}"

    def owns(path: str) -> bool:
        known = path == inventory or path.removeprefix(f"{name}/") in listed
        return known or has_header(root / path)

    result = survey(root, {file.path: file.content for file in files}, found, owns)
    return _Part(result, _guard(result, name, compiled, listed))


def _standing(root: Path, name: str) -> dict[str, Kind]:
    """All of an environment's folder, with itself."""
    kind = kind_at(root / name)
    if kind is None:
        return {}
    below = walk(root, f"{name}/") if kind is Kind.FOLDER else {}
    return {name: kind, **below}


def _guard(
    result: Survey, name: str, compiled: EnvironmentArtefacts | None, listed: Entries
) -> Guard:
    path = f"{name}/{INVENTORY}"
    if compiled is None:
        return Guard(path, union=None, final=None)
    going = {change.path for change in result.changes if change.new is None}
    needed = _unlisted(result, name, listed)
    return Guard(
        path,
        union=_union(compiled.files, name, going, listed) if needed else None,
        final=compiled.inventory.content,
    )


def _unlisted(result: Survey, name: str, listed: Entries) -> bool:
    """Whether a file will be written that the inventory on disk does not own yet."""
    coming = (change.path for change in result.changes if change.new is not None)
    return any(
        path.removeprefix(f"{name}/") not in listed
        for path in coming
        if path != f"{name}/{INVENTORY}"
    )


def _union(
    files: Iterable[Artefact], name: str, going: Iterable[str], listed: Mapping[str, object]
) -> bytes:
    below = (path.removeprefix(f"{name}/") for path in going)
    return union(files, name, {path: listed.get(path, {}) for path in below})


def _sweep(root: Path) -> None:
    """Removes what a kill leaves of an environment that came or went: a folder without files.

    The inventory is the first file of a folder and the last: without it there is at most a
    half-written one.
    """
    for name in _folders(root):
        held = entries(root / name)
        if only_leftovers(held):
            for leftover, _ in held:
                remove(root / name / leftover)
            remove_if_empty(root / name)
