"""Deciding apart from doing: what stands and what is wanted come in, what a write would do leaves.

`compare` shows a survey and `write` carries it out (`settle`), so that the two can never disagree.
Only reads; which files are ours is asked of the caller.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from modelops.disk.atomic import TEMPORARY
from modelops.disk.differences import Change, Differences, Written
from modelops.disk.failures import InTheWay, enumerated, shown
from modelops.disk.listing import Kind, ancestors, kind_at, read_at_most

EXCERPT = 2**20
"""Bytes of an old file that are kept to show a difference; a longer one is told apart all the same.
"""

OBSTACLES = {
    Kind.FILE: "is a file where a folder must be",
    Kind.FOLDER: "is a folder where a file must be",
    Kind.SYMLINK: "is a symbolic link, which is never written through",
    Kind.SPECIAL: "is a fifo, socket or device",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What a write would do. Paths are below `folder`.

    Attributes:
        changes: files to write or remove, sorted by path.
        foreign: those of `changes` that would overwrite what is not ours.
        untracked: what is neither wanted nor ours.
        leftovers: half-written files of a killed run.
        idle: folders that hold nothing, or will not; the deepest first.
    """

    folder: Path
    changes: tuple[Change, ...]
    foreign: tuple[str, ...]
    untracked: tuple[str, ...]
    leftovers: tuple[str, ...]
    idle: tuple[str, ...]


def survey(
    folder: Path,
    wanted: Mapping[str, bytes],
    found: Mapping[str, Kind],
    owns: Callable[[str], bool],
    standing: Collection[str] = frozenset(),
) -> Survey:
    """What stands in `folder` (`found`) against what is `wanted`.

    Args:
        folder: what all paths are below.
        wanted: the content of every file that shall stand.
        found: all that stands, as `walk` lists it.
        owns: whether a regular file that stands is ours; asked only where it matters.
        standing: further files that are wanted, and stand as they are.

    Raises:
        InTheWay: something other than a file stands where one is wanted.
    """
    _refuse_obstacles(folder, wanted, found)
    spare = {
        path: kind for path, kind in found.items() if path not in wanted and path not in standing
    }
    files = [path for path, kind in spare.items() if kind is Kind.FILE]
    leftovers = {path for path in files if is_leftover(path)}
    extra = {path for path in files if path not in leftovers and owns(path)}
    settled = leftovers | extra
    untracked = [p for p, kind in spare.items() if kind is not Kind.FOLDER and p not in settled]
    changed = list(_changed(folder, wanted, found))
    removed = [Change(path, read_at_most(folder / path, EXCERPT), None) for path in extra]
    return Survey(
        folder,
        changes=tuple(sorted(changed + removed, key=lambda change: change.path)),
        foreign=tuple(c.path for c in changed if c.old is not None and not owns(c.path)),
        untracked=tuple(untracked),
        leftovers=tuple(sorted(leftovers)),
        idle=_idle(found, [*wanted, *standing, *untracked]),
    )


def is_leftover(path: str) -> bool:
    """Whether a file's name is that of a half-written one."""
    return path.rpartition("/")[2].startswith(TEMPORARY)


def only_leftovers(held: Iterable[tuple[str, Kind]]) -> bool:
    """Whether a folder holds nothing, or nothing but half-written files."""
    return all(kind is Kind.FILE and is_leftover(name) for name, kind in held)


def refuse_root(folder: Path) -> None:
    """Fails where something other than a folder stands at `folder`; nothing may.

    Raises:
        InTheWay: a symlink, a file, …
    """
    kind = kind_at(folder)
    if kind not in {None, Kind.FOLDER}:
        raise InTheWay(
            f"`{shown(folder)}` must be a real folder, and is none (a symbolic link is not"
            " followed). Move it away and run the command again."
        )


def refuse_foreign(surveys: Iterable[Survey]) -> None:
    """Fails where a write would overwrite what is not ours.

    Raises:
        InTheWay: names all such files.
    """
    foreign = [shown(f"{each.folder.name}/{path}") for each in surveys for path in each.foreign]
    if foreign:
        raise InTheWay(
            "files that modelops did not write stand where it must write. Nothing was written:"
            f" move or remove them, then run the command again.{enumerated(foreign)}"
        )


def differences(folder: Path, surveys: Iterable[Survey]) -> Differences:
    """The surveys of one folder's parts as what people are shown."""
    parts = list(surveys)
    return Differences(
        folder.name,
        tuple(
            replace(change, path=shown(change.path)) for part in parts for change in part.changes
        ),
        tuple(shown(path) for part in parts for path in part.untracked),
    )


def written(shown_differences: Differences) -> Written:
    """What a write did that carried out these differences."""
    changes = shown_differences.changes
    return Written(
        tuple(change.path for change in changes if change.new is not None),
        shown_differences.extra,
        shown_differences.untracked,
    )


def _changed(
    folder: Path, wanted: Mapping[str, bytes], found: Mapping[str, Kind]
) -> Iterable[Change]:
    """Wanted files that do not stand as wanted."""
    for path, new in wanted.items():
        if path not in found:
            yield Change(path, None, new)
            continue
        old = read_at_most(folder / path, max(len(new), EXCERPT) + 1)
        if old != new:
            yield Change(path, old, new)


def _refuse_obstacles(folder: Path, wanted: Mapping[str, bytes], found: Mapping[str, Kind]) -> None:
    """Fails with all that is not a file or folder where one must be."""
    places = {above: Kind.FOLDER for path in wanted for above in ancestors(path)}
    places |= dict.fromkeys(wanted, Kind.FILE)
    obstacles = [
        f"`{shown(f'{folder.name}/{path}')}` {OBSTACLES[found[path]]}"
        for path, kind in sorted(places.items())
        if found.get(path, kind) is not kind
    ]
    if obstacles:
        raise InTheWay(
            "something stands where files must be written. Nothing was written: move or remove"
            f" it, then run the command again.{enumerated(obstacles)}"
        )


def _idle(found: Mapping[str, Kind], surviving: Iterable[str]) -> tuple[str, ...]:
    holding = {path.rpartition("/")[0] for path in surviving}
    needed = {above for folder in holding for above in (folder, *ancestors(folder))}
    folders = (path for path, kind in found.items() if kind is Kind.FOLDER and path not in needed)
    return tuple(sorted(folders, key=lambda path: (-path.count("/"), path)))
