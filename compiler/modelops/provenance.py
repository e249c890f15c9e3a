"""Where a value came from: the lowest floor of the house, imported by everything above.

`load` makes spans, `layer` makes origins and trails, `validate` and `plan` turn them into places
in diagnostics, `cli` prints them. Nothing here reads a file or decides a winner.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

DataPath = tuple[str | int, ...]
"""A path into a tree of maps and lists: keys and list indices, from the root down."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one source file.

    Lines and columns count from 1, columns in characters; the end is exclusive.

    Attributes:
        file: path below the project root with forward slashes; `--set …` for the command line.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        """`file:line:column`, the form that terminals and editors make clickable."""
        return f"{self.file}:{self.line}:{self.column}"


def start_of(file: str) -> Span:
    """The first character of a file: the place of what is said of a file as a whole."""
    return Span(file, 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where one node of a document stands.

    Attributes:
        key: the key that names the node; None for list items and the root.
        value: the node itself.
        text: the source text of a plain scalar (`012`, `no`, `1e3`), the content of a quoted one;
            None for maps and lists.
    """

    key: Span | None
    value: Span
    text: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """What one layer said of one value.

    Attributes:
        layer: the layer's name for people: `base`, `overrides of profile debug`, `file`, `--set`.
        mark: where that layer says it.
        value: what it says: a scalar; for a list the list, for a map an empty map.
    """

    layer: str
    mark: Mark
    value: object


@dataclass(frozen=True, slots=True)
class Trail:
    """All that the layers said of one value: the winner, and what it overrode, nearest first."""

    winner: Origin
    overridden: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Origins:
    """The side table of one merged tree: a trail for every map, list, list item and scalar in it.

    Attributes:
        source: the file that the tree is named after; the place of what nobody wrote.
        trails: by path into the merged tree; a list item has the trail of its own line.
        deleted: by path, what a `null` of a higher layer took away.
        overriding: the paths, in the order of the tree, of the scalars and lists whose trail has
            something overridden in it.
    """

    source: str
    trails: Mapping[DataPath, Trail]
    deleted: Mapping[DataPath, Trail]
    overriding: tuple[DataPath, ...] = ()

    def origin(self, path: DataPath) -> Origin | None:
        """The winning origin of exactly this path, or None when no layer wrote it."""
        trail = self.trails.get(path)
        return trail.winner if trail else None

    def span(self, path: DataPath) -> Span:
        """The value at `path`; where nobody wrote it, the key of the nearest map around it."""
        for length in range(len(path), -1, -1):
            origin = self.origin(path[:length])
            if origin:
                exact = length == len(path) or origin.mark.key is None
                return origin.mark.value if exact else origin.mark.key or origin.mark.value
        return start_of(self.source)

    @property
    def start(self) -> Span:
        """The beginning of the file that the tree is named after."""
        return start_of(self.source)

    def key_span(self, path: DataPath) -> Span:
        """The key that names `path`; what `span` gives where there is no key."""
        origin = self.origin(path)
        return origin.mark.key if origin and origin.mark.key else self.span(path)


# --- how a decided value came to be --------------------------------------------------------------
#
# A compile carries plain values. To explain, the same code is given texts and numbers that equal
# the plain ones and remember what they were made of. What is handed on keeps its memory by
# itself; what is made anew says of what, by `derived` and `carried`, which cost next to nothing on
# plain values.


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting that a value was made of.

    Attributes:
        subject: the file that the object is named after.
        path: keys below `spec`; empty for the file's own name.
        at: where it was written: the value, or the key where the key is what counts; None where
            nobody wrote it and the model's default holds.
        layer: who wrote it last; `default` where nobody did.
        text: the value in its canonical form.
    """

    subject: str
    path: DataPath
    at: Span | None
    layer: str
    text: str


@dataclass(frozen=True, slots=True)
class Trace:
    """How one value came to be.

    Attributes:
        formula: in words, how it follows from the settings; empty where it is one of them as it is.
        settings: what it follows from, each once, in the order of the formula.
    """

    formula: str
    settings: tuple[Setting, ...]


class TracedText(str):
    """Text that remembers."""

    __slots__ = ("trace",)
    trace: Trace


class TracedNumber(int):
    """A whole number that remembers."""

    trace: Trace


class TracedFlag(TracedNumber):
    """A truth value that remembers: the number 1 or 0, as `bool` cannot be."""


class TracedShare(float):
    """A floating-point number that remembers."""

    __slots__ = ("trace",)
    trace: Trace


V = TypeVar("V")

_TRACED = (TracedText, TracedNumber, TracedShare)

_REMEMBERING: tuple[tuple[type, type], ...] = (
    (str, TracedText),
    (int, TracedNumber),
    (float, TracedShare),
)


def traced(value: V, trace: Trace) -> V:
    """The value with its trace; truth values and what is no scalar cannot carry one."""
    if isinstance(value, bool):
        return value
    for plain, kind in _REMEMBERING:
        if isinstance(value, plain):
            remembering = kind(value)
            remembering.trace = trace
            return cast("V", remembering)
    return value


def trace_of(value: object) -> Trace | None:
    """What a value remembers; None for plain ones."""
    return value.trace if isinstance(value, _TRACED) else None


def derived(formula: str, made: V, *sources: object) -> V:
    """What follows from `sources` by a formula, in words; as it is where all of them are plain."""
    traces = [source.trace for source in sources if isinstance(source, _TRACED)]
    if not traces:
        return made
    settings = dict.fromkeys(setting for trace in traces for setting in trace.settings)
    return traced(made, Trace(formula, tuple(settings)))


def scalars(value: object) -> Iterator[object]:
    """Every scalar of plain data: the sources of what is made of all of it."""
    if isinstance(value, Mapping):
        value = tuple(value.values())
    elif not isinstance(value, list):
        yield value
        return
    for inner in value:
        yield from scalars(inner)


def carried(made: V, *sources: object) -> V:
    """Another form of `sources`: a number as text, two names in one. Their formulas stay."""
    traces = [source.trace for source in sources if isinstance(source, _TRACED)]
    if not traces:
        return made
    formulas = dict.fromkeys(trace.formula for trace in traces if trace.formula)
    return derived("; ".join(formulas), made, *sources)
