"""Part of stage `load`: secrets in plain text, in any file, key, value or comment.

A file's text comes in, and what YAML makes of it where it is YAML; SEC001 leaves for every secret,
with the places that no excerpt may show. A message never repeats anything of what was found. Lines
are read as they stand, so comments and broken YAML are seen; values are read a second time as YAML
means them, so that escapes, folded lines and blocks hide nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.load.shapes import is_literal, is_secret_name, shaped
from modelops.provenance import DataPath, Mark, Span

NAMED = re.compile(
    r"(?<![\w.])(?<!\w-)(?P<key>[A-Za-z_][\w.-]{0,100})[\"']?[ \t]{0,8}[:=](?!=)[ \t]{0,8}"
)
"""`key: ` and `key=`, wherever they stand in a line; the value begins at the end."""

VALUE = re.compile(
    r"\"[^\"]{0,1024}\"?|'[^']{0,1024}'?|\$\{[^}]{0,100}\}|<[^>]{0,100}>|[^\s,;&}\]\"']{1,1024}"
)
KEY_BEFORE = re.compile(r"(?:^|[-{,?\[])[ \t]*[\"']?$")
"""What stands before a key of YAML, and not before a word in a sentence."""

BLOCK = re.compile(r"(?:[|>][-+\d]*)?(?:\s+#.*)?\s*$")
"""What stands after a key whose value begins on the next line."""

WORDY = re.compile(r"[A-Za-z]+[.:!?]*|\(.*")
BEGINNING, ENDING = "-----BEGIN", "-----END"

CONTEXT = 200
"""Characters around a name that are looked at to tell a sentence from a key."""

STRUCTURE = re.compile(r"- |[\w.-]+[\"']?:(?:\s|$)|[\[{#]")
"""How a map, a list or a comment begins."""

NAMED_VALUE = "a value whose name says that it is secret"

HELP = (
    "remove it, and have it replaced where it is valid: what git held once is known for ever\n"
    "refer to a Secret instead: `secretEnv: {NAME: {secret: SECRET, key: KEY}}`, with SECRET\n"
    "declared under `secrets`"
)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """One secret: where it begins and ends in its first line, and what it is.

    Attributes:
        last: the last line that it stands on.
    """

    line: int
    start: int
    end: int
    what: str
    last: int


def exposed(file: str, raw: bytes, marks: Mapping[DataPath, Mark] | None) -> list[Diagnostic]:
    """SEC001 for every secret in a file.

    Args:
        file: what the spans name as their file.
        raw: its content; bytes that are no UTF-8 are read as something else.
        marks: where its values stand, where it could be read as YAML.
    """
    lines = raw.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    sightings = [*_written(lines), *(_meant(marks, lines) if marks else ())]
    return [_diagnostic(file, lines, one) for one in _apart(sightings)]


def _diagnostic(file: str, lines: list[str], one: _Sighting) -> Diagnostic:
    """Hides all from the secret's beginning to the end of its last line."""
    starts = dict.fromkeys(range(one.line, one.last + 1), 0) | {one.line: one.start}
    return Diagnostic(
        sec.SEC001,
        f"{one.what} stands here in plain text",
        Span(file, one.line + 1, one.start + 1, one.line + 1, one.end + 1),
        label="not shown",
        help=HELP,
        hidden=tuple(
            Span(file, line + 1, start + 1, line + 1, len(lines[line]) + 1)
            for line, start in starts.items()
        ),
    )


def _apart(sightings: Iterable[_Sighting]) -> Iterator[_Sighting]:
    """One sighting for each secret: what overlaps is one, as far as it reaches."""
    current: _Sighting | None = None
    for one in sorted(sightings, key=lambda one: (one.line, one.start, -one.end)):
        if current and _overlap(current, one):
            end = max(current.end, one.end) if one.line == current.line else current.end
            current = replace(current, end=end, last=max(current.last, one.last))
            continue
        if current:
            yield current
        current = one
    if current:
        yield current


def _overlap(first: _Sighting, second: _Sighting) -> bool:
    """Whether the second, which does not begin before the first, begins within it."""
    if first.line == second.line:
        return second.start < first.end
    return second.line <= first.last


# --- lines as they stand -------------------------------------------------------------------------


def _written(lines: list[str]) -> Iterator[_Sighting]:
    """What the lines hold, whether they are YAML or not."""
    for number, line in enumerate(lines):
        names = [*NAMED.finditer(line)]
        for found in shaped(line):
            last = (
                _end_of_block(lines, number) if line.startswith(BEGINNING, found.start) else number
            )
            yield _Sighting(number, found.start, found.end, found.what, last)
        for name in names:
            if is_secret_name(name["key"]):
                yield from _value_of(lines, number, name)


def _end_of_block(lines: list[str], number: int) -> int:
    """The line that ends a key in PEM; the last of all where none does."""
    ends = (later for later in range(number, len(lines)) if ENDING in lines[later])
    return next(ends, len(lines) - 1)


def _value_of(lines: list[str], number: int, name: re.Match[str]) -> Iterator[_Sighting]:
    """The value after the name of a secret, on its line or on those below."""
    line = lines[number]
    value = VALUE.match(line, name.end())
    if STRUCTURE.match(line, name.end()):
        return
    if BLOCK.match(line, name.end()):
        yield from _below(lines, number)
    elif value and is_literal(value[0].strip("\"'")) and not _is_prose(line, name, value):
        yield _Sighting(number, value.start(), value.end(), NAMED_VALUE, number)


def _is_prose(line: str, name: re.Match[str], value: re.Match[str]) -> bool:
    """Whether a colon stands in a sentence: `# the token: made by hand`."""
    before = line[max(0, name.start() - CONTEXT) : name.start()]
    if KEY_BEFORE.search(before) or name[0].rstrip().endswith("="):
        return False
    rest = line[value.end() : value.end() + CONTEXT].strip()
    _, comment, words = before.rpartition("#")
    is_alone = bool(comment) and not rest and not words.strip(" \t-")
    return WORDY.fullmatch(value[0].strip("\"'")) is not None and not is_alone


def _below(lines: list[str], number: int) -> Iterator[_Sighting]:
    """The lines below a key that are further in, and no keys themselves."""
    indent = len(lines[number]) - len(lines[number].lstrip())
    last = number
    for later in range(number + 1, len(lines)):
        line = lines[later]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        last = later if line.strip() else last
    first = lines[number + 1].strip() if last > number else ""
    if first and is_literal(first.strip("\"'")) and not STRUCTURE.match(first):
        start = lines[number + 1].index(first)
        yield _Sighting(number + 1, start, start + len(first), NAMED_VALUE, last)


# --- values as YAML means them -------------------------------------------------------------------


def _meant(marks: Mapping[DataPath, Mark], lines: list[str]) -> Iterator[_Sighting]:
    """What keys and values hold, whatever escapes and folds they are written with."""
    for path, mark in marks.items():
        named = str(path[-1]) if path else ""
        if mark.key and (found := next(shaped(named), None)):
            yield _at(mark.key, found.what, mark.key.line - 1)
        if mark.text is not None and (what := _what(path, mark.text)):
            yield _at(mark.value, what, _last_line(mark.value, mark.text, lines))


def _what(path: DataPath, text: str) -> str:
    """What a value is by the key that it stands below, or by itself; empty for no secret."""
    keys = [key for key in path if isinstance(key, str)]
    name = keys[-2] if len(keys) > 1 and keys[-1] == "value" else "".join(keys[-1:])
    if is_secret_name(name) and is_literal(text.strip()):
        return NAMED_VALUE
    return next((found.what for found in shaped(text, name)), "")


def _at(span: Span, what: str, last: int) -> _Sighting:
    return _Sighting(span.line - 1, span.column - 1, span.end_column - 1, what, last)


def _last_line(span: Span, text: str, lines: list[str]) -> int:
    """The last line of a value whose span ends with its first."""
    first = span.line - 1
    shown = lines[first][span.column - 1 : span.end_column - 1]
    if shown == text or (shown[:1] in {"'", '"'} and shown[1:] and shown[-1] == shown[0]):
        return first
    indent = len(lines[first]) - len(lines[first].lstrip())
    last = first
    for later in range(first + 1, len(lines)):
        line = lines[later]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        last = later
    return last
