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
"""Longer source lines are cut: a minified file must not flood the terminal."""


class Colour(Enum):
    """Whether text carries ANSI colours."""

    NEVER = "never"
    ALWAYS = "always"


_RED, _YELLOW, _BLUE, _CYAN, _BOLD = "31", "33", "34", "36", "1"


@dataclass(frozen=True, slots=True)
class _Paint:
    colour: Colour

    def __call__(self, text: str, *codes: str) -> str:
        if self.colour is Colour.NEVER or not text:
            return text
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m"


def full_text(
    diagnostics: tuple[Diagnostic, ...],
    sources: Mapping[str, bytes],
    colour: Colour = Colour.NEVER,
) -> str:
    """All diagnostics in the order given, and a line that counts them; "" for none."""
    if not diagnostics:
        return ""
    paint = _Paint(colour)
    blocks = [_block(one, sources, paint) for one in diagnostics[:MOST_SHOWN]]
    more = len(diagnostics) - len(blocks)
    tail = f"{more} more not shown\n" if more > 0 else ""
    return "\n".join(blocks) + f"\n{tail}{counted(diagnostics)}\n"


def counted(diagnostics: tuple[Diagnostic, ...]) -> str:
    """`2 errors, 1 warning`."""
    errors = sum(one.is_error for one in diagnostics)
    parts = [(errors, "error"), (len(diagnostics) - errors, "warning")]
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for count, word in parts if count)


def _block(diagnostic: Diagnostic, sources: Mapping[str, bytes], paint: _Paint) -> str:
    hue = _RED if diagnostic.severity is Severity.ERROR else _YELLOW
    head = paint(f"{diagnostic.severity}[{diagnostic.rule.code}]", _BOLD, hue)
    lines = [f"{head}: {paint(diagnostic.message, _BOLD)}"]
    lines += _excerpt(diagnostic.at, diagnostic.label, hue, sources, paint)
    for note in diagnostic.notes:
        lines += _excerpt(note.at, note.message, _BLUE, sources, paint)
    for index, remedy in enumerate(diagnostic.help.splitlines()):
        lines.append(f"  {'= help:' if index == 0 else '       '} {remedy}")
    lines.append(f"  = see: {paint(f'modelops rule {diagnostic.rule.code}', _CYAN)}")
    return "\n".join(lines) + "\n"


def _excerpt(
    span: Span, label: str, hue: str, sources: Mapping[str, bytes], paint: _Paint
) -> list[str]:
    """The place, the line it stands on, and a caret under it; only the place where none is."""
    place = f"  {paint('┌─', _BLUE)} {span}"
    line = _line(span, sources)
    if line is None:
        return [place + (f": {label}" if label else "")]
    number = str(span.line)
    bar = paint("│", _BLUE)
    before, marked = _caret(span, line)
    caret = paint(f"{marked} {label}".rstrip(), hue)
    gutter = " " * len(number)
    return [
        place,
        f"{gutter} {bar}",
        f"{paint(number, _BLUE)} {bar} {line}",
        f"{gutter} {bar} {before}{caret}",
    ]


def _line(span: Span, sources: Mapping[str, bytes]) -> str | None:
    """The source line; for an argument of the command line the argument itself."""
    content = sources.get(span.file)
    if content is None:
        return span.file if span.file.startswith("--") else None
    lines = content.decode("utf-8", "replace").split("\n")
    if span.line > len(lines):
        return None
    text = lines[span.line - 1].rstrip("\r").replace("\t", " ")
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text
    )
    return printable[:_WIDEST_LINE] or None


def _caret(span: Span, line: str) -> tuple[str, str]:
    start = min(span.column, len(line) + 1) - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    width = max(1, min(end, len(line)) - start)
    return " " * start, "^" * width
