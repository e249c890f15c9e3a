"""Rows of text as aligned columns; pure."""

from collections.abc import Sequence

WIDTH = 80
"""Columns of a terminal that nobody widened."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """The rows below their heads, two spaces between columns, one where two are too wide.

    Every row is as long as the head. The last column is not padded.
    """
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    longest = len(indent) + sum(widths) + 2 * (len(widths) - 1)
    gap = " " * (1 if longest > WIDTH else 2)
    return "\n".join(indent + _row(line, widths, gap) for line in lines)


def _row(cells: Sequence[str], widths: Sequence[int], gap: str) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return gap.join(padded).rstrip()
