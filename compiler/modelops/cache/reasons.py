"""Why a unit was made anew: the first line that differs from the last compile, for people.

Part of `cache`. Sources come in, texts leave. Decides nothing; that is the keys' work alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from modelops.cache.last import Last
from modelops.parts.cut import Sources, leaf_unit

COMPILER = "compiler changed"
FIRST = "first compile"
NEW = "new"
GONE = "its generated files changed"
BASE = "what was committed before changed"


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A unit whose file was compiled anew.

    Attributes:
        why: `environments/dev/workspaces/malaria.yaml:12 changed`.
    """

    unit: str
    why: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A unit's file that has to be compiled.

    Attributes:
        read: the files that it followed from in the last compile; empty where there was none.
        fits: whether nothing of it changed: its generated files were not there.
    """

    leaf: str
    read: tuple[str, ...]
    fits: bool


def reasons(
    missed: Iterable[Missed], sources: Sources, last: Last | None, compiler: str
) -> tuple[Rebuilt, ...]:
    """Why each of these is compiled anew."""
    if last is None or last.compiler != compiler:
        why = FIRST if last is None else COMPILER
        return tuple(Rebuilt(leaf_unit(each.leaf), why) for each in missed)
    changed = _changed(last.sources, sources)
    return tuple(Rebuilt(leaf_unit(each.leaf), _why(each, changed, last)) for each in missed)


def _why(missed: Missed, changed: dict[str, str], last: Last) -> str:
    if missed.leaf not in last.sources:
        return NEW
    if missed.fits:
        return GONE
    # Its own file stands first.
    return next((changed[file] for file in missed.read if file in changed), BASE)


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
