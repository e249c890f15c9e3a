"""Diagnostics as a terminal shows them: the message, the source line with a caret, the remedy.

Pure: takes the sources that the diagnostics speak of, gives text. Colour is a choice of the caller,
who knows what the output is connected to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.rule import Severity
from modelops.provenance import Span

MOST_SHOWN = 50
"""Findings in full; the rest is counted, worst first."""

_WIDEST_LINE = 160
"""Of longer source lines a part is shown: a minified file must not flood the terminal."""


class Colour(Enum):
    """Whether text carries ANSI colours."""

    NEVER = "never"
    ALWAYS = "always"


DOT = "•"
"""Stands for a character that nobody is to read."""

_RED, _YELLOW, _BLUE, _CYAN, _BOLD = "31", "33", "34", "36", "1"


@dataclass(frozen=True, slots=True)
class _Paint:
    colour: Colour

    def __call__(self, text: str, *codes: str) -> str:
        if self.colour is Colour.NEVER or not text:
            return text
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m"


@dataclass(frozen=True, slots=True)
class _Place:
    """One stretch of source with what is to be said of it, in a colour."""

    span: Span
    label: str
    hue: str


def full_text(
    diagnostics: tuple[Diagnostic, ...],
    sources: Mapping[str, bytes],
    colour: Colour = Colour.NEVER,
) -> str:
    """All diagnostics in the order given, and a line that counts them; "" for none."""
    if not diagnostics:
        return ""
    paint = _Paint(colour)
    shown = _masked(sources, [span for one in diagnostics for span in one.hidden])
    blocks = [_block(one, shown, paint) for one in diagnostics[:MOST_SHOWN]]
    more = len(diagnostics) - len(blocks)
    tail = f"{more} more not shown\n" if more > 0 else ""
    return "\n".join(blocks) + f"\n{tail}{counted(diagnostics)}\n"


def counted(diagnostics: tuple[Diagnostic, ...]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(one.is_error for one in diagnostics)
    parts = [(errors, "error"), (len(diagnostics) - errors, "warning")]
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count)


def _masked(sources: Mapping[str, bytes], hidden: list[Span]) -> Mapping[str, bytes]:
    """The sources with a dot for each character that is hidden; each span lies in one line."""
    if not hidden:
        return sources
    texts = {span.file: _text(span.file, sources).split("\n") for span in hidden}
    ends: dict[tuple[str, int], int] = {}
    for span in sorted(hidden):
        lines, where = texts[span.file], (span.file, span.line)
        start, end = max(span.column - 1, ends.get(where, 0)), span.end_column - 1
        ends[where] = max(end, start)
        if start < end and span.line <= len(lines):
            line = lines[span.line - 1]
            dots = DOT * (min(end, len(line)) - start)
            lines[span.line - 1] = line[:start] + dots + line[end:]
    return {**sources, **{file: "\n".join(lines).encode() for file, lines in texts.items()}}


def _block(diagnostic: Diagnostic, sources: Mapping[str, bytes], paint: _Paint) -> str:
    hue = _RED if diagnostic.severity is Severity.ERROR else _YELLOW
    places = [_Place(diagnostic.at, diagnostic.label, hue)]
    places += [_Place(note.at, note.message, _BLUE) for note in diagnostic.notes]
    gutter = max(len(str(place.span.line)) for place in places)
    margin = " " * (gutter + 1)
    head = paint(f"{diagnostic.severity}[{diagnostic.rule.code}]", _BOLD, hue)
    lines = [f"{head}: {paint(printable(diagnostic.message), _BOLD)}"]
    for place in places:
        lines += _excerpt(place, gutter, sources, paint)
    for index, remedy in enumerate(diagnostic.help.splitlines()):
        lines.append(f"{margin}{'= help:' if index == 0 else '       '} {printable(remedy)}")
    lines.append(f"{margin}= see: {paint(f'modelops rule {diagnostic.rule.code}', _CYAN)}")
    return "\n".join(lines) + "\n"


def _excerpt(place: _Place, gutter: int, sources: Mapping[str, bytes], paint: _Paint) -> list[str]:
    """The place, the line it stands on, and a caret under it; only the place where none is.

    Args:
        place: what to show.
        gutter: the width of the line numbers of the whole finding.
        sources: the files by name.
        paint: what colours.
    """
    margin = " " * (gutter + 1)
    label = printable(place.label)
    named = f"{margin}{paint('┌─', _BLUE)} {printable(_named(place.span))}"
    line = _line(place.span, sources)
    if not line:
        return [named + (f": {label}" if label else "")]
    part, left_out = _window(line, place.span.column)
    shown = printable(part)  # of the part alone: a line may be a mebibyte
    before, marked = _caret(place.span, shown, left_out)
    bar = paint("│", _BLUE)
    number = paint(str(place.span.line).rjust(gutter), _BLUE)
    return [
        named,
        f"{margin}{bar}",
        f"{number} {bar} {shown}",
        f"{margin}{bar} {before}{paint(f'{marked} {label}'.rstrip(), place.hue)}",
    ]


def _named(span: Span) -> str:
    """`file:line:column`; of the command line the option, for its argument stands below."""
    option, _, _ = span.file.partition(" ")
    return option if is_option(span) else str(span)


def is_option(span: Span) -> bool:
    """Whether it is a place on the command line, `--set …`, and in no file."""
    return span.file.startswith("--")


def _line(span: Span, sources: Mapping[str, bytes]) -> str:
    """The source line, or that of an option's argument; empty where there is none."""
    lines = _text(span.file, sources).split("\n")
    return lines[span.line - 1].rstrip("\r") if span.line <= len(lines) else ""


def _text(file: str, sources: Mapping[str, bytes]) -> str:
    """A source as `load` counts its columns: without its byte order mark; an option's argument."""
    if file.startswith("--") and file not in sources:  # it may be there with dots
        return file.partition(" ")[2]
    return sources.get(file, b"").decode("utf-8", "replace").removeprefix("\ufeff")


def printable(text: str) -> str:
    """The text without what would steer the terminal; one character stays one."""
    return "".join(
        char if char.isprintable() else " " if char == "\t" else "\N{REPLACEMENT CHARACTER}"
        for char in text
    )


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a long line around a column, and how many characters stand before it."""
    if len(line) <= _WIDEST_LINE:
        return line, 0
    start = max(0, min(column - _WIDEST_LINE // 2, len(line) - _WIDEST_LINE))
    end = start + _WIDEST_LINE
    before, after = "…" * (start > 0), "…" * (end < len(line))
    return f"{before}{line[start + len(before) : end - len(after)]}{after}", start


def _caret(span: Span, shown: str, left_out: int) -> tuple[str, str]:
    """The blanks before the caret and the caret, below what is shown of the line."""
    start = max(0, min(span.column - left_out, len(shown) + 1) - 1)
    end = span.end_column - 1 - left_out if span.end_line == span.line else len(shown)
    width = max(1, min(end, len(shown)) - start)
    return " " * start, "^" * width
