"""Part of `run_report`: the pictures, drawn without a screen."""

import logging
from pathlib import Path
from typing import Any

# Before it is imported: else it tells where it found its fonts.
logging.getLogger("matplotlib").setLevel(logging.WARNING)

from matplotlib.axes import Axes  # noqa: E402 -- see above
from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: E402 -- see above
from matplotlib.figure import Figure  # noqa: E402 -- see above
from matplotlib.ticker import MaxNLocator  # noqa: E402 -- see above

from modelops_runtime.run_report.importance import Importance  # noqa: E402 -- see above
from modelops_runtime.run_report.reading import Point, Results  # noqa: E402 -- see above
from modelops_runtime.run_report.scale import is_logarithmic  # noqa: E402 -- see above

DOTS_PER_INCH = 150
WIDTH = 8.0
CONVERGENCE_HEIGHT = 4.5
BAR_HEIGHT, LEAST_HEIGHT = 0.42, 2.2

INK, GREY, LINE, MARK = "#22303c", "#8a97a3", "#c8442d", "#2f6f9f"

LONGEST_NAME = 40


def draw_convergence(results: Results, file: Path) -> None:
    """The loss of each trial, and the best so far."""
    figure, axes = _drawing(CONVERGENCE_HEIGHT)
    axes.set_title(_title(results), loc="left", color=INK, fontsize=12, fontweight="bold")
    axes.set_xlabel("trial", color=INK)
    axes.set_ylabel("loss", color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    if results.completed or results.pruned:
        _draw_losses(axes, results)
        figure.legend(
            frameon=False, fontsize=9, labelcolor=INK, ncols=4, loc="outside lower center"
        )
    else:
        _say(axes, "no trial has a loss yet")
    _save(figure, file)


def draw_importance(importance: Importance, name: str, file: Path) -> None:
    """A bar for each parameter, or the reason why there is none."""
    shares = importance.shares
    figure, axes = _drawing(max(LEAST_HEIGHT, 1.3 + BAR_HEIGHT * len(shares)))
    axes.set_title(
        f"{name}: what the loss depends on", loc="left", color=INK, fontsize=12, fontweight="bold"
    )
    if shares:
        _draw_bars(axes, importance)
    else:
        _say(axes, importance.reason)
    _save(figure, file)


def _drawing(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), dpi=DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)
    axes.tick_params(colors=INK, labelsize=9)
    return figure, axes


def _title(results: Results) -> str:
    best = results.best
    if best is None:
        return results.name
    return f"{results.name}: best loss {best.loss:.5g} at trial {best.number}"


def _draw_losses(axes: Axes, results: Results) -> None:
    completed, pruned = results.completed, results.pruned
    losses = [point.loss for point in (*completed, *pruned)]
    if is_logarithmic(losses):
        axes.set_yscale("log")
    axes.grid(axis="y", color="#e6eaee", linewidth=0.8)
    axes.set_axisbelow(True)
    if pruned:
        _dots(axes, pruned, f"pruned ({len(pruned)})", facecolors="none", edgecolors=GREY)
    if completed:
        _dots(axes, completed, f"completed ({len(completed)})", color=MARK, alpha=0.55)
        _draw_best(axes, results)
    if results.failed:
        _draw_failed(axes, results.failed)
    axes.set_xlim(-0.02 * results.last - 0.5, 1.02 * results.last + 0.5)


def _dots(axes: Axes, points: tuple[Point, ...], label: str, **look: Any) -> None:  # noqa: ANN401 -- matplotlib's
    numbers, losses = [one.number for one in points], [one.loss for one in points]
    size = 26 if len(points) <= 300 else 10  # noqa: PLR2004 -- more would hide one another
    axes.scatter(numbers, losses, s=size, linewidths=0.8, label=label, **look)


def _draw_best(axes: Axes, results: Results) -> None:
    numbers = [point.number for point in results.completed]
    # The best so far is that of later trials, too, whatever became of them.
    steps, best = [*numbers, results.last], [*results.best_so_far, results.best_so_far[-1]]
    axes.step(steps, best, where="post", color=LINE, linewidth=1.8, label="best so far")
    found = results.best
    if found is not None:
        axes.scatter([found.number], [found.loss], s=80, color=LINE, marker="*", zorder=3)


def _draw_failed(axes: Axes, failed: tuple[int, ...]) -> None:
    axes.plot(
        failed,
        [0.015] * len(failed),
        transform=axes.get_xaxis_transform(),
        linestyle="none",
        marker="x",
        markersize=5,
        color=INK,
        label=f"failed ({len(failed)})",
    )


def _draw_bars(axes: Axes, importance: Importance) -> None:
    names = [shortened(name, LONGEST_NAME) for name in importance.shares]
    shares = list(importance.shares.values())
    # By place: two long names may be cut to the same.
    bars = axes.barh(range(len(names)), shares, color=MARK, height=0.62)
    axes.set_yticks(range(len(names)), names)
    axes.bar_label(bars, [f"{share:.0%}" for share in shares], padding=4, color=INK, fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12 * max(shares))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("share of the importance (PED-ANOVA)", color=GREY, fontsize=9)


def shortened(name: str, longest: int) -> str:
    """The name, without its middle where it is too long."""
    if len(name) <= longest:
        return name
    kept = longest - 1
    return f"{name[: kept - kept // 2]}…{name[len(name) - kept // 2 :]}"


def _say(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.set_xlabel("")
    axes.set_ylabel("")


def _save(figure: Figure, file: Path) -> None:
    # Without the date and the version: the same results give the same picture.
    figure.savefig(file, metadata={"Software": None})
