"""Part of stage `load`: one YAML text as plain data, read strictly, with the place of every node.

Bytes come in; a tree of dict, list and scalars leaves, with a mark for every node. libyaml cuts the
text into events and the tree is built here, so that what YAML allows and people regret is refused
where it stands: duplicate keys, tags, anchors and aliases, merge keys, directives, several
documents, keys that are no text. Nothing here knows what the text is about.

Spans lie within one line, because a caret does: a node that goes on below ends, as far as its span
is concerned, where its first line ends.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from modelops.diagnostics import Diagnostic, Note, Outcome
from modelops.load.events import Alias, DocumentStart, Event, Node, Point, ScalarNode
from modelops.load.scalars import Refused, Scalar, resolved
from modelops.load.syntax import worded
from modelops.load.text import decoded, refusal
from modelops.provenance import DataPath, Mark, Span, start_of

DEPTH_LIMIT = 100
"""Maps and lists inside one another: keeps every later stage far from Python's recursion limit."""

NODE_LIMIT = 20_000
"""Keys, values, maps and lists in one text: a hundred times what people write, and so few that
later stages judge a file in which all of them are wrong within seconds."""

PROPERTY = re.compile(r"[^\s,\[\]{}]*")
"""A tag or an anchor, from its first character on."""


class Parsed(NamedTuple):
    """What one text holds, and where each node of it stands; the root's path is empty."""

    value: Any
    marks: dict[DataPath, Mark]


@dataclass(slots=True)
class Opened:
    """A map or list whose end has not been read; `key` is the one whose value comes next."""

    node: dict[str, Any] | list[Any]
    path: DataPath
    named: Span | None
    start: Point
    key: str | None = None
    key_span: Span | None = None


@dataclass(slots=True)
class Builder:
    """The tree so far."""

    file: str
    lines: list[str]
    root: Any = None
    marks: dict[DataPath, Mark] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    documents: int = 0
    nodes: int = 0
    halted: bool = False


def read(file: str, raw: bytes) -> Outcome[Parsed]:
    """The data in `raw`, or CFG010 for everything in it that is refused.

    A byte order mark at the start is dropped. After an error of syntax nothing more is read.

    Args:
        file: what the spans name as their file.
        raw: the text, UTF-8.
    """
    text = decoded(file, raw)
    if isinstance(text, Diagnostic):
        return Outcome(None, (text,))
    builder = Builder(file, text.split("\n"))
    _build(builder, text)
    if not builder.documents and not builder.found:
        builder.found.append(refusal(start_of(file), "the text is empty", "write a value"))
    if builder.found:
        return Outcome(None, tuple(builder.found))
    return Outcome(Parsed(builder.root, builder.marks))


def _build(builder: Builder, text: str) -> None:
    """Take libyaml's events one by one until the end or until no more can be understood."""
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            step = _counted(builder, event)
            if step:
                step(builder, event)
            if builder.halted:
                return
    except yaml.MarkedYAMLError as error:
        builder.found.append(_syntax(builder, error))
    except UnicodeDecodeError:
        # libyaml lets a tag spell out, as %-escapes, bytes that are no UTF-8; PyYAML decodes them.
        builder.found.append(
            refusal(start_of(builder.file), "a tag in this text is not UTF-8", "remove the tag")
        )


def _counted(builder: Builder, event: yaml.Event) -> Callable[[Builder, Any], None] | None:
    """What an event does to the tree, where the tree still has room for it."""
    builder.nodes += isinstance(event, yaml.NodeEvent)
    return _refuse_more if builder.nodes > NODE_LIMIT else STEPS.get(event.__class__)


def _refuse_more(builder: Builder, event: Event) -> None:
    """Read no further: the text has too many nodes."""
    at = _span(builder, event.start_mark, event.end_mark)
    message = f"the text has more than {NODE_LIMIT} keys and values"
    builder.found.append(refusal(at, message, "split it, or move data out of it"))
    builder.halted = True


def _syntax(builder: Builder, error: yaml.MarkedYAMLError) -> Diagnostic:
    """What libyaml complains of, and where the thing began that it could not finish."""
    point = error.problem_mark or error.context_mark
    if point is None:
        return refusal(start_of(builder.file), str(error), "correct the YAML")
    at = _character(builder, point)
    wording = worded(error.problem or "", builder.lines[at.line - 1][at.column - 1 : at.column])
    began = error.context_mark and _character(builder, error.context_mark)
    notes = [Note(began, "what begins here is not finished")] if began and began != at else []
    return refusal(at, wording.message, wording.help, *notes)


def _character(builder: Builder, point: Point) -> Span:
    """The character at a point."""
    line, column = _inside(builder, point)
    return Span(builder.file, line + 1, column + 1, line + 1, column + 2)


def _span(builder: Builder, start: Point, end: Point) -> Span:
    """From start to end, or to the end of the first line."""
    line, column = _inside(builder, start)
    if end.line == start.line:
        end_column = column + end.column - start.column
    else:
        end_column = max(column, len(builder.lines[line].rstrip()))
    return Span(builder.file, line + 1, column + 1, line + 1, end_column + 1)


def _inside(builder: Builder, point: Point) -> tuple[int, int]:
    """Line and column of a point; the end for one after the text, where libyaml sees a line."""
    last = len(builder.lines) - 1
    if point.line > last:
        return last, len(builder.lines[last])
    return point.line, point.column


def _begin_document(builder: Builder, event: DocumentStart) -> None:
    """Refuse a second document, and directives before the first."""
    builder.documents += 1
    if builder.documents > 1:
        at = _span(builder, event.start_mark, event.end_mark)
        remedy = "write one document in a file; give the second a file of its own"
        builder.found.append(refusal(at, "a second document begins here", remedy))
        builder.halted = True
    elif event.version or event.tags:
        at = _span(builder, event.start_mark, event.end_mark)
        message = "directives are not used here"
        builder.found.append(refusal(at, message, "remove the line that begins with `%`"))


def _open_map(builder: Builder, event: Node) -> None:
    _open(builder, event, {})


def _open_list(builder: Builder, event: Node) -> None:
    _open(builder, event, [])


def _open(builder: Builder, event: Node, node: dict[str, Any] | list[Any]) -> None:
    """Put an empty map or list into the tree; what follows goes into it."""
    if event.anchor or event.tag:
        _refuse_properties(builder, event)
    if len(builder.opened) == DEPTH_LIMIT:
        at = _span(builder, event.start_mark, event.end_mark)
        message = f"maps and lists are more than {DEPTH_LIMIT} deep"
        builder.found.append(refusal(at, message, "write it flatter"))
        builder.halted = True
    elif _awaits_key(builder):
        _take_complex_key(builder, event)
        builder.opened.append(Opened(node, ("",), None, event.start_mark))
    else:
        path, named = _attached(builder, node)
        builder.opened.append(Opened(node, path, named, event.start_mark))


def _close(builder: Builder, event: Event) -> None:
    """Mark the map or list that ends here."""
    ended = builder.opened.pop()
    builder.marks[ended.path] = Mark(ended.named, _span(builder, ended.start, event.end_mark), None)


def _awaits_key(builder: Builder) -> bool:
    """Whether the next node names an entry of a map."""
    top = builder.opened[-1] if builder.opened else None
    return top is not None and top.key is None and isinstance(top.node, dict)


def _attached(builder: Builder, value: object) -> tuple[DataPath, Span | None]:
    """Put a value where it belongs; its path and the key that names it."""
    if not builder.opened:
        builder.root = value
        return (), None
    top = builder.opened[-1]
    if isinstance(top.node, list):
        top.node.append(value)
        return (*top.path, len(top.node) - 1), None
    key, top.key = top.key or "", None
    top.node[key] = value
    return (*top.path, key), top.key_span


def _take_scalar(builder: Builder, event: ScalarNode) -> None:
    """A key of the map that is open, or a value."""
    if event.anchor or event.tag:
        _refuse_properties(builder, event)
    span = _span(builder, event.start_mark, event.end_mark)
    value = event.value if event.style else _resolved(builder, event.value, span)
    if event.style and "\0" in event.value:
        builder.found.append(refusal(span, "NUL cannot stand in text", "remove the `\\0`"))
    if _awaits_key(builder):
        _take_key(builder, event, value, span)
    else:
        path, named = _attached(builder, value)
        builder.marks[path] = Mark(named, span, event.value)


def _resolved(builder: Builder, text: str, span: Span) -> Scalar:
    """A plain scalar's value; one that cannot be kept is reported and stays text."""
    value = resolved(text)
    if isinstance(value, Refused):
        message = f"the number {value.reason}"
        builder.found.append(refusal(span, message, "quote it if it is text"))
        return text
    return value


def _take_key(builder: Builder, event: ScalarNode, value: Scalar, span: Span) -> None:
    """The key of the value that comes next; report one that cannot be."""
    top = builder.opened[-1]
    top.key, top.key_span = event.value, span
    if not isinstance(value, str):
        shown = event.value or "(empty)"
        remedy = f'write `"{event.value}"` if this key is meant'
        builder.found.append(refusal(span, f"the key `{shown}` is not text", remedy))
    elif event.value == "<<" and not event.style:
        remedy = "write the keys out, or put them into a lower layer"
        builder.found.append(refusal(span, "merge keys are not used here", remedy))
    elif event.value in top.node:
        first = builder.marks[*top.path, event.value].key or start_of(builder.file)
        message = f"the key `{event.value}` stands twice in this map"
        note = Note(first, "the first one is here")
        builder.found.append(refusal(span, message, "keep one of them", note))


def _take_complex_key(builder: Builder, event: Node) -> None:
    """Report a map or list in the place of a key and go on as if its key were empty."""
    span = _span(builder, event.start_mark, event.end_mark)
    builder.found.append(refusal(span, "a map or list is no key", "write a key that is text"))
    top = builder.opened[-1]
    top.key, top.key_span = "", span


def _take_alias(builder: Builder, event: Alias) -> None:
    """Report an alias and go on as if it were null."""
    span = _span(builder, event.start_mark, event.end_mark)
    message = f"aliases (`*{event.anchor}`) are not used here"
    remedy = "write the value out, or put it into a lower layer"
    builder.found.append(refusal(span, message, remedy))
    if _awaits_key(builder):
        builder.opened[-1].key, builder.opened[-1].key_span = "", span
    else:
        path, named = _attached(builder, None)
        builder.marks[path] = Mark(named, span, None)


def _refuse_properties(builder: Builder, event: Node) -> None:
    """Report the tag or anchor before a node."""
    start = event.start_mark
    word = PROPERTY.match(builder.lines[start.line], start.column)
    end = word.end() if word else start.column
    at = Span(builder.file, start.line + 1, start.column + 1, start.line + 1, end + 1)
    if event.tag:
        remedy = "remove it; quote the value if it is text"
        builder.found.append(refusal(at, "tags are not used here", remedy))
    if event.anchor:
        message = f"anchors (`&{event.anchor}`) are not used here"
        remedy = "remove it; share values by putting them into a lower layer"
        builder.found.append(refusal(at, message, remedy))


STEPS: dict[type[yaml.Event], Callable[[Builder, Any], None]] = {
    yaml.DocumentStartEvent: _begin_document,
    yaml.MappingStartEvent: _open_map,
    yaml.SequenceStartEvent: _open_list,
    yaml.MappingEndEvent: _close,
    yaml.SequenceEndEvent: _close,
    yaml.ScalarEvent: _take_scalar,
    yaml.AliasEvent: _take_alias,
}
