"""Part of stage `load`: the lines that every file begins with.

A tree comes in; a Document leaves whose apiVersion, kind, name and shape are what its place says.
What stands below `spec` is the business of `validate`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelops.diagnostics import Diagnostic, Outcome, Rule, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.documents import Document
from modelops.load.places import Place
from modelops.load.yaml import Parsed
from modelops.names import API_VERSION
from modelops.provenance import DataPath, Mark, Span

KEYS = ("apiVersion", "kind", "metadata", "spec")
METADATA_KEYS = ("name",)


def opened(place: Place, parsed: Parsed) -> Outcome[Document]:
    """The document of a file, or everything that is wrong with its envelope."""
    root, marks = parsed
    if not isinstance(root, dict):
        return Outcome(None, (_not_a_map("the file", place, marks[()].value),))
    found = tuple(_faults(place, root, marks))
    if found:
        return Outcome(None, found)
    return Outcome(Document(place.file, place.kind, place.name, root, marks))


def _faults(
    place: Place, root: dict[str, Any], marks: Mapping[DataPath, Mark]
) -> Iterator[Diagnostic]:
    """All that is wrong with an envelope, in the order of its keys."""
    yield from _unknown(root, KEYS, (), marks)
    yield from _constant(root, "apiVersion", API_VERSION, marks)
    yield from _constant(root, "kind", place.kind.value, marks)
    yield from _metadata(place, root, marks)
    if "spec" not in root:
        yield _fault("`spec` is missing", marks[()].value, "add `spec:`, or `spec: {}`")
    elif not isinstance(root["spec"], dict):
        yield _not_a_map("`spec`", place, marks["spec",].value)


def _constant(
    root: dict[str, Any], key: str, expected: str, marks: Mapping[DataPath, Mark]
) -> Iterator[Diagnostic]:
    """A key with one right value."""
    if key not in root:
        yield _fault(f"`{key}` is missing", marks[()].value, f"add `{key}: {expected}`")
    elif root[key] != expected:
        mark = marks[key,]
        given = "something else" if mark.text is None else f"`{mark.text}`"
        message = f"`{key}` is {given}; a file at this place has `{expected}`"
        yield _fault(message, mark.value, f"write `{key}: {expected}`")


def _metadata(
    place: Place, root: dict[str, Any], marks: Mapping[DataPath, Mark]
) -> Iterator[Diagnostic]:
    """`metadata` may be left out, and may hold nothing but the name that the place gives."""
    metadata = root.get("metadata", {})
    if not isinstance(metadata, dict):
        yield _not_a_map("`metadata`", place, marks["metadata",].value)
        return
    yield from _unknown(metadata, METADATA_KEYS, ("metadata",), marks)
    if "name" in metadata and metadata["name"] != place.name:
        mark = marks["metadata", "name"]
        given = "something else" if mark.text is None else f"`{mark.text}`"
        message = f"the name is {given}, and its place says `{place.name}`"
        remedy = f"write `name: {place.name}`, leave it out, or rename the file"
        yield _fault(message, mark.value, remedy)


def _unknown(
    node: dict[str, Any], known: tuple[str, ...], path: DataPath, marks: Mapping[DataPath, Mark]
) -> Iterator[Diagnostic]:
    """Keys that mean nothing."""
    for key in (key for key in node if key not in known):
        mark = marks[*path, key]
        message = f"no key `{key}` here"
        remedy = did_you_mean(key, known)
        yield _fault(message, mark.key or mark.value, remedy, rule=cfg.CFG001)


def _not_a_map(what: str, place: Place, at: Span) -> Diagnostic:
    expected = "`apiVersion`, `kind` and `spec`" if what == "the file" else "keys and values"
    message = f"{what} is not a map"
    return _fault(message, at, f"write {expected}, as every {place.kind.value} has")


def _fault(message: str, at: Span, remedy: str, rule: Rule = cfg.CFG002) -> Diagnostic:
    return Diagnostic(rule, message, at, help=remedy)
