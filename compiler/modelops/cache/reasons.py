"""Why a unit was made anew: the first line that differs from the last compile, for people.

Part of `cache`. Sources come in, texts leave. Goes by the names of files: which of them a unit may
read, not which values it took. Decides nothing; that is the keys' work alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from modelops.cache.entries import Last, Sources
from modelops.disk import SHARED_FOLDER, SOURCES
from modelops.manifests import Unit

COMPILER = "compiler changed"
FIRST = "first compile"
NEW = "new"
GONE = "not in the cache"
UNCACHED = "no cache"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A unit that was made anew.

    Attributes:
        why: `environments/dev/workspaces/malaria.yaml:12 changed`.
    """

    unit: str
    why: str


def reasons(
    units: Iterable[Unit], sources: Sources, last: Last | None, compiler: str
) -> tuple[Rebuilt, ...]:
    """Why each of these units was made anew."""
    if last is None or last.compiler != compiler:
        why = FIRST if last is None else COMPILER
        return tuple(Rebuilt(unit.name, why) for unit in units)
    changed = _changed(last.sources, sources)
    return tuple(Rebuilt(unit.name, _why(unit, changed, last)) for unit in units)


def _why(unit: Unit, changed: dict[str, str], last: Last) -> str:
    if unit.source not in last.sources:
        return NEW
    read = [file for file in changed if _may_read(unit, file)]
    own = [file for file in read if file == unit.source]
    return changed[(own or read)[0]] if read else GONE


def _changed(old: Sources, new: Sources) -> dict[str, str]:
    """What happened to each file that is not as it was, sorted by path."""
    paths = sorted({*old, *new})
    return {path: _change(path, old, new) for path in paths if old.get(path) != new.get(path)}


def _change(path: str, old: Sources, new: Sources) -> str:
    if path not in old:
        return f"{path} added"
    if path not in new:
        return f"{path} removed"
    return f"{path}:{_first_difference(old[path], new[path])} changed"


def _first_difference(old: bytes, new: bytes) -> int:
    """The first line, from 1, in which two texts differ."""
    before, after = old.split(b"\n"), new.split(b"\n")
    same = (a == b for a, b in zip(before, after, strict=False))
    return next(
        (line for line, equal in enumerate(same, 1) if not equal), min(len(before), len(after)) + 1
    )


def _may_read(unit: Unit, file: str) -> bool:
    """Whether it is the unit's own, shared, or of its environment but another workspace's."""
    if file == unit.source:
        return True
    folder, _, rest = file.removeprefix(f"{SOURCES}/").partition("/")
    if not rest or folder == SHARED_FOLDER:
        return True
    if folder != unit.name.partition("/")[0]:
        return False
    workspaces = "/workspaces/"
    return not (workspaces in unit.source and workspaces in file)
