"""A source line with a caret under what stands at a place in it; pure."""

from collections.abc import Mapping

from modelops.provenance import Span


def excerpt(span: Span, sources: Mapping[str, bytes], width: int) -> list[str]:
    """The line and its caret, each at most `width` columns; empty where there is no such file.

    Columns are counted as `load` counts them, without the file's byte order mark.
    """
    if span.file not in sources:
        return []
    lines = sources[span.file].decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    if span.line > len(lines):
        return []
    line = "".join(char if char.isprintable() else " " for char in lines[span.line - 1]).rstrip()
    number = str(span.line)
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    room = width - len(number) - 3
    left_out = 0 if end <= room else min(start, max(0, len(line) - room))
    shown = line[left_out : left_out + room]
    caret = "^" * max(1, min(end, left_out + room) - start)
    return [
        f"{number} │ {shown}",
        f"{' ' * len(number)} │ {' ' * (start - left_out)}{caret}",
    ]
