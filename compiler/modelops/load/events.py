"""Part of stage `load`: libyaml's events, as far as the reader looks at them.

PyYAML's own types leave every mark optional and say nothing of lines and columns; events that come
from libyaml have them all.
"""

from typing import Protocol


class Point(Protocol):
    """A place in the text: line and column from 0, the column in characters."""

    line: int
    column: int


class Event(Protocol):
    """Anything with a beginning and an end."""

    start_mark: Point
    end_mark: Point


class DocumentStart(Event, Protocol):
    """The beginning of a document; what directives before it said."""

    version: tuple[int, int] | None
    tags: dict[str, str] | None


class Alias(Event, Protocol):
    """`*anchor`."""

    anchor: str


class Node(Event, Protocol):
    """A scalar, or the beginning of a map or list; the tag is None where none is written."""

    anchor: str | None
    tag: str | None


class ScalarNode(Node, Protocol):
    """A scalar; the style is empty for a plain one."""

    value: str
    style: str
