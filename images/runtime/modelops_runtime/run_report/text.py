"""Part of `run_report`: the report as lines of a terminal, without colours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelops_runtime.contracts.parameters import Scalar
from modelops_runtime.run_report.importance import Importance
from modelops_runtime.run_report.reading import Point, Results
from modelops_runtime.run_report.scale import height, is_logarithmic

NARROWEST = 40
"""Columns below which nothing can be read."""

ROWS = 10
"""Of the plot."""

MOST_FAILURES = 5
"""Ways to fail that are told."""

MARGIN = 11
"""Columns for the losses beside it."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the plot is drawn with."""

    trial: str
    best: str
    bar: str
    side: str
    corner: str
    bottom: str
    cut: str


UNICODE = Signs(trial="·", best="━", bar="█", side="│", corner="└", bottom="─", cut="…")
ASCII = Signs(trial=".", best="=", bar="#", side="|", corner="+", bottom="-", cut="~")


def report(results: Results, importance: Importance, width: int, signs: Signs) -> str:
    """The report, with no line that is longer than the width."""
    columns = max(width, NARROWEST)
    parts = [_summary(results), _failures(results), _best(results.best, columns, signs)]
    parts += [_plot(results, columns, signs), _importance(importance, columns, signs)]
    lines = [line for part in parts if (found := list(part)) for line in (*found, "")]
    return "".join(f"{_cut(line.rstrip(), columns, signs)}\n" for line in lines[:-1])


def _cut(line: str, columns: int, signs: Signs) -> str:
    return line if len(line) <= columns else line[: columns - 1] + signs.cut


def _summary(results: Results) -> Iterator[str]:
    counts = {
        "completed": len(results.completed),
        "pruned": len(results.pruned),
        "failed": len(results.failed),
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    yield f"{results.name}: {results.asked} trials" + (f", {told}" if told else "")
    if results.best is None:
        yield "no trial has completed"
    else:
        yield f"best loss {results.best.loss:.6g} at trial {results.best.number}"


def _failures(results: Results) -> Iterator[str]:
    """The ways in which trials failed: the first ones of many."""
    if not results.failures:
        return
    yield "why trials failed"
    for one in results.failures[:MOST_FAILURES]:
        first, *_ = one.message.splitlines() or [""]
        told = ": ".join(part for part in (one.kind, first) if part) or "nothing is known"
        shown = told if told.isprintable() else ascii(told)
        yield f"  {len(one.trials)} x {shown} (trial {one.trials[0]})"
    if len(results.failures) > MOST_FAILURES:
        yield f"  and {len(results.failures) - MOST_FAILURES} other ways"


def _best(best: Point | None, columns: int, signs: Signs) -> Iterator[str]:
    if best is None:
        return
    yield "best parameters"
    values = best.parameters.values
    room = _room(values, columns)
    for name, value in values.items():
        yield f"  {_cut(name, room, signs):{room}}  {_written(value)}"


def _written(value: Scalar) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return ascii(value) if isinstance(value, str) and not value.isprintable() else str(value)


def _room(names: Mapping[str, object], columns: int) -> int:
    """Columns for the names: those of the longest, but at most a third of the line."""
    return min(max(map(len, names)), columns // 3)


# --- the plot -------------------------------------------------------------------------------------


def _plot(results: Results, columns: int, signs: Signs) -> Iterator[str]:
    points = (*results.completed, *results.pruned)
    if not points:
        return
    losses = [point.loss for point in points]
    kind = " (logarithmic)" if is_logarithmic(losses) else ""
    yield f"loss{kind}: {signs.trial} each trial, {signs.best} best so far"
    across = columns - MARGIN - 1
    grid = _grid(results, across, signs)
    marks = {0: max(losses), ROWS - 1: min(losses)}
    for row, line in enumerate(grid):
        mark = f"{marks[row]:.4g}" if row in marks else ""
        yield f"{mark:>{MARGIN - 1}} {signs.side}{''.join(line)}"
    yield f"{'':{MARGIN}}{signs.corner}{signs.bottom * across}"
    yield f"{'':{MARGIN + 1}}0{results.last:>{across - 1}}"


def _grid(results: Results, across: int, signs: Signs) -> list[list[str]]:
    """The signs in their rows; the best so far hides the trials behind it."""
    points = (*results.pruned, *results.completed)
    losses = [point.loss for point in points]
    grid = [[" "] * across for _ in range(ROWS)]
    for point in points:
        column = _column(point.number, results.last, across)
        grid[_row(point.loss, losses)][column] = signs.trial
    for column, loss in _best_by_column(results, across).items():
        grid[_row(loss, losses)][column] = signs.best
    return grid


def _row(loss: float, losses: Sequence[float]) -> int:
    return ROWS - 1 - round(height(loss, losses) * (ROWS - 1))


def _column(number: int, last: int, across: int) -> int:
    return number * (across - 1) // max(last, 1)


def _best_by_column(results: Results, across: int) -> dict[int, float]:
    """The best so far at the end of each column, from the first completed trial on."""
    columns = [_column(point.number, results.last, across) for point in results.completed]
    found = dict(zip(columns, results.best_so_far, strict=True))
    for column in range(min(found, default=across), across):
        found[column] = found.get(column, found.get(column - 1, 0.0))
    return found


def _importance(importance: Importance, columns: int, signs: Signs) -> Iterator[str]:
    yield "importance of the parameters (PED-ANOVA)"
    if not importance.shares:
        yield f"  {importance.reason}"
        return
    room = _room(importance.shares, columns)
    bars = columns - room - 10
    greatest = max(importance.shares.values())
    for name, share in importance.shares.items():
        bar = signs.bar * round(bars * share / greatest)
        yield f"  {_cut(name, room, signs):{room}}  {bar} {share:.0%}".rstrip()
