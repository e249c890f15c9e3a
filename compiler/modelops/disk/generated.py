"""`generated/`: compared with what was compiled, or made equal to it.

`Artefacts` come in; bytes on disk leave, or the differences. A folder of `generated/` is looked at
when its environment was compiled; when everything was, also those of environments that are gone.
Files that no compile wrote are never touched and always reported.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from pathlib import Path

from modelops.disk.atomic import locked, remove, remove_if_empty
from modelops.disk.differences import Differences, Written
from modelops.disk.failures import Busy, shown
from modelops.disk.inventory import Entries, has_header, read_inventory, union
from modelops.disk.listing import Kind, entries
from modelops.disk.settle import Guard, carry_out
from modelops.disk.standing import Look, is_as_seen, look, owned_folders
from modelops.disk.survey import (
    Survey,
    differences,
    only_leftovers,
    refuse_foreign,
    refuse_root,
    survey,
    written,
)
from modelops.manifests import INVENTORY, Artefacts, EnvironmentArtefacts


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


def compare(
    root_generated: Path, artefacts: Artefacts, scope: Scope, seen: Look | None = None
) -> Differences:
    """What `write` would change, and what it would leave alone; only reads.

    Args:
        root_generated: the folder.
        artefacts: what it shall hold.
        scope: whether that is all.
        seen: when the files that are known to stand were seen; needed where there are any.

    Raises:
        Unreadable: something cannot be read.
        InTheWay: a symlink, or something else that is no file, stands where a file belongs.
        Busy: another compile has written since `seen`.
    """
    parts = _parts(root_generated, artefacts, scope, seen)
    return differences(root_generated, (part.survey for part in parts))


def write(
    root_generated: Path, artefacts: Artefacts, scope: Scope, seen: Look | None = None
) -> Written:
    """Makes the looked-at folders hold the artefacts, and untouched what nobody compiled.

    Everything is decided before the first byte is written. Per environment: an inventory that owns
    the old and the new, the changed files, the removals, the final inventory.

    Args: as `compare`.

    Raises:
        Busy: another compile is writing, or wrote since `seen`.
        InTheWay: something that is not ours stands where a file must be written.
        Unreadable: something cannot be read.
        Unwritable: the disk is full, the folder is read-only, …
    """
    refuse_root(root_generated)
    with locked(root_generated):
        parts = _parts(root_generated, artefacts, scope, seen)
        refuse_foreign(part.survey for part in parts)
        for part in parts:
            carry_out(part.survey, part.guard)
        if scope is Scope.ALL:
            _sweep(root_generated)
    return written(differences(root_generated, (part.survey for part in parts)))


def _parts(root: Path, artefacts: Artefacts, scope: Scope, seen: Look | None) -> list[_Part]:
    refuse_root(root)
    compiled = {each.name: each for each in artefacts.environments}
    others = owned_folders(root, compiled) if scope is Scope.ALL else []
    names = sorted({*compiled, *others})
    return [_part(root, name, compiled.get(name), seen) for name in names]


def _part(root: Path, name: str, compiled: EnvironmentArtefacts | None, seen: Look | None) -> _Part:
    files = (*compiled.files, compiled.inventory) if compiled else ()
    inventory = f"{name}/{INVENTORY}"
    standing = compiled.standing if compiled else frozenset()
    now = _found(root, name, seen, standing)

    @cache
    def listed() -> Entries:
        folder = now.get(name) is Kind.FOLDER
        return (read_inventory(root / name) if folder else None) or {}

    def owns(path: str) -> bool:
        known = path == inventory or has_header(root / path)
        return known or path.removeprefix(f"{name}/") in listed()

    wanted = {file.path: file.content for file in files}
    result = survey(root, wanted, now, owns, standing)
    return _Part(result, _guard(result, name, compiled, listed))


def _found(
    root: Path, name: str, seen: Look | None, standing: Collection[str]
) -> Mapping[str, Kind]:
    """All that stands in an environment's folder, with itself.

    What was seen is what stands: whoever compiles replaces the inventory. Other changes in between
    are as good as changes right after this compile; the next one finds them.

    Args:
        root: `generated/`.
        name: the environment's.
        seen: what was seen before; None where nobody looked.
        standing: the files that were seen to be as they should.

    Raises:
        Busy: another compile has written since.
    """
    unchanged = seen is not None and is_as_seen(seen, name)
    if seen is None or not (unchanged or standing):
        return look(root, [name]).found
    if not unchanged:
        raise Busy(
            f"another compile has written `{shown(f'{root.name}/{name}')}` meanwhile. Nothing was"
            " written: run the command again."
        )
    prefix = f"{name}/"
    return {
        path: kind for path, kind in seen.found.items() if path.startswith(prefix) or path == name
    }


def _guard(
    result: Survey, name: str, compiled: EnvironmentArtefacts | None, listed: Callable[[], Entries]
) -> Guard:
    path = f"{name}/{INVENTORY}"
    if compiled is None:
        return Guard(path, union=None, final=None)
    final = compiled.inventory.content
    others = any(change.path != path for change in result.changes)
    needed = others and _unlisted(result, name, listed())
    return Guard(path, _union(final, result, name, listed()) if needed else None, final)


def _unlisted(result: Survey, name: str, listed: Entries) -> bool:
    """Whether a file will be written that the inventory on disk does not own yet."""
    coming = (change.path for change in result.changes if change.new is not None)
    return any(
        path.removeprefix(f"{name}/") not in listed
        for path in coming
        if path != f"{name}/{INVENTORY}"
    )


def _union(final: bytes, result: Survey, name: str, listed: Entries) -> bytes:
    going = [change.path for change in result.changes if change.new is None]
    below = (path.removeprefix(f"{name}/") for path in going)
    return union(final, {path: listed.get(path, {}) for path in below})


def _sweep(root: Path) -> None:
    """Removes what a kill leaves of an environment that came or went: a folder without files.

    The inventory is the first file of a folder and the last: without it there is at most a
    half-written one.
    """
    for name, kind in entries(root):
        held = entries(root / name) if kind is Kind.FOLDER else []
        if kind is Kind.FOLDER and only_leftovers(held):
            for leftover, _ in held:
                remove(root / name / leftover)
            remove_if_empty(root / name)
