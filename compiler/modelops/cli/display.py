"""Effective values as YAML-like text for people, each with where it came from.

A tree and its origins come in, text leaves that YAML reads back as the same tree. This is a display
and no output: the YAML that Flux reads is written in one place, the child of `synth`. Pure.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from modelops.cli.settings_text import flow, placed, scalar, typed
from modelops.provenance import DataPath, Origin, Origins, Trail

WIDTH = 80
"""Columns of a terminal that nobody widened."""

FARTHEST = 40
"""Comments beside values begin at most here; a longer line has its comment right behind it."""

_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what is to be said of it: beside it where there is room, else below it."""

    text: str
    remarks: tuple[str, ...] = ()


Remarks = Callable[[DataPath], tuple[str, ...]]


def plain(tree: Mapping[str, object]) -> list[Line]:
    """The tree alone."""
    return list(_map((), tree, Origins("", {}, {}), lambda _: ()))


def with_origins(tree: Mapping[str, object], origins: Origins) -> list[Line]:
    """The tree; of each value the origin and what it overrode, and what was deleted."""

    def remarks(path: DataPath) -> tuple[str, ...]:
        trail = origins.trails.get(path)
        if trail:
            return (placed(trail.winner), *_overridden(trail))
        deleted = origins.deleted.get(path)
        return ("default", *_deletion(deleted)) if deleted else ("default",)

    return list(_map((), tree, origins, remarks))


def text(lines: list[Line], dim: Callable[[str], str]) -> str:
    """The lines with their remarks as comments, which `dim` may colour."""
    column = max((len(line.text) + 2 for line in lines if _near(line)), default=0)
    return "\n".join(out for line in lines for out in _with_comment(line, column, dim))


# --- lines ---------------------------------------------------------------------------------------


def _map(
    path: DataPath, tree: Mapping[str, object], origins: Origins, remarks: Remarks
) -> Iterator[Line]:
    for key, value in tree.items():
        yield from _entry((*path, key), value, origins, remarks)
    indent = _INDENT * len(path)
    for gone, trail in origins.deleted.items():
        if gone[:-1] == path and gone[-1] not in tree:
            yield Line(f"{indent}# {scalar(gone[-1])}: deleted", _deletion(trail))


def _entry(path: DataPath, value: object, origins: Origins, remarks: Remarks) -> Iterator[Line]:
    key = f"{_INDENT * (len(path) - 1)}{scalar(path[-1])}:"
    if isinstance(value, Mapping) and value:
        trail = origins.trails.get(path)
        whole = trail is not None and not isinstance(trail.winner.value, dict)
        below: Remarks = (lambda _: ()) if whole else remarks
        yield Line(key, remarks(path) if whole else _replaced(trail))
        yield from _map(path, value, origins, below)
        return
    line = flow(value)
    if isinstance(value, list) and value and len(key) + 1 + len(line) > WIDTH:
        yield Line(key, remarks(path))
        yield from (Line(f"{_INDENT * len(path)}- {flow(item)}") for item in value)
        return
    yield Line(f"{key} {line}", remarks(path))
    if isinstance(value, Mapping):
        yield from _map(path, value, origins, remarks)


def _replaced(trail: Trail | None) -> tuple[str, ...]:
    """What a map replaced that was none."""
    hidden = trail.overridden if trail else ()
    return tuple(_was(origin) for origin in hidden if not isinstance(origin.value, dict))


def _overridden(trail: Trail) -> tuple[str, ...]:
    return tuple(_was(origin) for origin in trail.overridden)


def _deletion(trail: Trail) -> tuple[str, ...]:
    return (f"null at {placed(trail.winner)}", *_overridden(trail))


def _was(origin: Origin) -> str:
    return f"was {typed(origin)} from {placed(origin)}"


# --- comments ------------------------------------------------------------------------------------


def _comment(line: Line) -> str:
    return f"# {', '.join(line.remarks)}"


def _near(line: Line) -> bool:
    """Whether a line decides how far to the right comments begin."""
    fits = len(line.text) + 2 + len(_comment(line)) <= WIDTH
    return bool(line.remarks) and fits and len(line.text) + 2 <= FARTHEST


def _with_comment(line: Line, column: int, dim: Callable[[str], str]) -> Iterator[str]:
    if not line.remarks:
        yield line.text
        return
    beside = line.text.ljust(column - 2) + "  "
    if len(beside) + len(_comment(line)) <= WIDTH:
        yield beside + dim(_comment(line))
        return
    yield line.text
    indent = " " * (len(line.text) - len(line.text.lstrip()) + 4)
    yield from (indent + dim(f"# {remark}") for remark in line.remarks)
