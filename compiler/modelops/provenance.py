"""Where a value came from: the lowest floor of the house, imported by everything above.

`load` makes spans, `layer` makes origins and trails, `validate` and `plan` turn them into places
in diagnostics, `cli` prints them. Nothing here reads a file or decides a winner.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
    """

    source: str
    trails: Mapping[DataPath, Trail]
    deleted: Mapping[DataPath, Trail]

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

    def key_span(self, path: DataPath) -> Span:
        """The key that names `path`; what `span` gives where there is no key."""
        origin = self.origin(path)
        return origin.mark.key if origin and origin.mark.key else self.span(path)
