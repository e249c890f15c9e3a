"""Effective values as YAML-like text for people, each with where it came from.

A tree and its origins come in, text leaves that YAML reads back as the same tree. This is a display
and no output: the YAML that Flux reads is written in one place, the child of `synth`. Pure.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from modelops.provenance import DataPath, Origin, Origins, Trail

WIDTH = 80
"""Columns of a terminal that nobody widened."""

FARTHEST = 40
"""Comments beside values begin at most here; a longer line has its comment right behind it."""

LONGEST_SHOWN = 40
"""Characters of an overridden value."""

_INDENT = "  "

_PLAIN = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@+=()-]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9_./(]))*")
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|[kKMGTPE]i?)|(?:[0-9]+h)?(?:[0-9]+m)?[0-9]+s")
_OTHERWISE_READ = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
"""Words that some reader of YAML takes for something else than text."""


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
            return (_placed(trail.winner), *_overridden(trail))
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
    flow = _flow(value)
    if isinstance(value, list) and value and len(key) + 1 + len(flow) > WIDTH:
        yield Line(key, remarks(path))
        yield from (Line(f"{_INDENT * len(path)}- {_flow(item)}") for item in value)
        return
    yield Line(f"{key} {flow}", remarks(path))
    if isinstance(value, Mapping):
        yield from _map(path, value, origins, remarks)


def _replaced(trail: Trail | None) -> tuple[str, ...]:
    """What a map replaced that was none."""
    hidden = trail.overridden if trail else ()
    return tuple(_was(origin) for origin in hidden if not isinstance(origin.value, dict))


def _overridden(trail: Trail) -> tuple[str, ...]:
    return tuple(_was(origin) for origin in trail.overridden)


def _deletion(trail: Trail) -> tuple[str, ...]:
    return (f"null at {_placed(trail.winner)}", *_overridden(trail))


def _was(origin: Origin) -> str:
    return f"was {_excerpt(origin)} from {_placed(origin)}"


def _placed(origin: Origin) -> str:
    """`file:line:column (layer)`; an argument of the command line says all by itself."""
    at = origin.mark.value
    said = at.file if at.file.startswith("--") else f"{at} ({origin.layer})"
    return "".join(character if character.isprintable() else "?" for character in said)


def _excerpt(origin: Origin) -> str:
    """What a layer said, as it was typed where that is short."""
    if isinstance(origin.value, dict):
        return "a map"
    typed = origin.mark.text
    said = _flow(origin.value) if typed is None or not typed.isprintable() or not typed else typed
    return said if len(said) <= LONGEST_SHOWN else f"{said[: LONGEST_SHOWN - 3]}..."


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


# --- values --------------------------------------------------------------------------------------


def _flow(value: object) -> str:
    """A value on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(_flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A scalar that every YAML reader, of 1.1 or 1.2, reads as the same value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            said = repr(value)
            return said if "." in said else said.replace("e", ".0e")
        case int():
            return str(value)
    return _word(str(value))


def _word(said: str) -> str:
    if _QUANTITY.fullmatch(said):
        return said
    if _PLAIN.fullmatch(said) and said.lower() not in _OTHERWISE_READ:
        return said
    return '"' + "".join(_escaped(character) for character in said) + '"'


def _escaped(character: str) -> str:
    """A character between double quotes, as YAML writes it."""
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"
