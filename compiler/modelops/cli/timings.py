"""`--timings`: how long each stage took, and which units were made anew for what reason.

Stages are entered and left, units are noted; a table has gone to the standard error when a compile
ends. Measures only where somebody asked for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter

import click

from modelops.cache import Compiled
from modelops.cli.terminal import tell

TIMINGS = "modelops.timings"
"""Where the context of a call keeps the figures; None where nobody asked for them."""

STAGES = ("load", "layer", "validate", "plan", "render", "verify", "synth", "waiting")
"""The stages that units go through, and the wait for those that went through them elsewhere."""


@dataclass(slots=True)
class _Figures:
    """What is known of the compile that is going on.

    Attributes:
        spent: seconds by stage, in the order of first entry.
        done: what was made anew; None where the cache was not asked.
    """

    spent: dict[str, float] = field(default_factory=dict)
    done: Compiled | None = None


def _remembered(ctx: click.Context, _param: click.Parameter, value: bool) -> None:  # noqa: FBT001 -- click's signature
    ctx.meta[TIMINGS] = _Figures() if value else None


timings_option = click.option(
    "--timings",
    is_flag=True,
    expose_value=False,
    callback=_remembered,
    help="Tell how long each stage took, and why each unit was made anew.",
)


@contextmanager
def measured() -> Iterator[None]:
    """Within: one compile, whose figures are told at its end, also where it fails."""
    figures = _figures()
    if figures is None:
        yield
        return
    figures.spent.clear()
    figures.done = None
    start = perf_counter()
    try:
        yield
    finally:
        tell("\n".join(_table(figures, perf_counter() - start)))


@contextmanager
def during(stage: str) -> Iterator[None]:
    """Within: the stage goes on."""
    figures = _figures()
    if figures is None:
        yield
        return
    start = perf_counter()
    try:
        yield
    finally:
        figures.spent[stage] = figures.spent.get(stage, 0.0) + perf_counter() - start


def note_units(done: Compiled) -> None:
    """Remember what was made anew."""
    figures = _figures()
    if figures is not None:
        figures.done = done


def _figures() -> _Figures | None:
    figures: _Figures | None = click.get_current_context().meta.get(TIMINGS)
    return figures


def _table(figures: _Figures, total: float) -> Iterator[str]:
    for stage, seconds in (*figures.spent.items(), ("all", total)):
        yield f"{stage:10}{seconds * 1000:10.1f} ms"
    if figures.done is not None and figures.done.units:
        yield from _units(figures.done, _cost(figures))


def _cost(figures: _Figures) -> str:
    """What one unit cost that was made anew, of all that the stages took."""
    spent = sum(figures.spent.get(stage, 0.0) for stage in STAGES)
    made = len(figures.done.rebuilt) if figures.done else 0
    return f", {spent * 1000 / made:.1f} ms each" if made else ""


def _units(done: Compiled, cost: str) -> Iterator[str]:
    """Which units were made anew and why; in one line where the reason is one for all of them."""
    reasons = {each.why for each in done.rebuilt}
    if len(done.rebuilt) == done.units > 1 == len(reasons):
        yield f"all units{cost}: {reasons.pop()}"
        return
    yield f"made {len(done.rebuilt):,} of {done.units:,} units{cost}{':' * bool(done.rebuilt)}"
    width = max((len(each.unit) for each in done.rebuilt), default=0)
    for each in done.rebuilt:
        yield f"  {each.unit:{width}}  {each.why}"
