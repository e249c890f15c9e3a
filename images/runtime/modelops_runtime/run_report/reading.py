"""Part of `run_report`: a folder of results, as what there is to report of it."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyarrow import ArrowException

from modelops_runtime.configuration.run import Direction, RunConfig, run_config
from modelops_runtime.configuration.sections import Misconfigured
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import CategoricalParameter, Parameter
from modelops_runtime.run_results.files import DIAGNOSTICS, MANIFEST, TRIALS
from modelops_runtime.run_results.tables import PARAMETER


class Unreadable(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The folder holds no results, or damaged ones."""


@dataclass(frozen=True, slots=True)
class Point:
    """A trial that has a loss."""

    number: int
    loss: float
    parameters: ParameterSet


@dataclass(frozen=True, slots=True)
class Failure:
    """A way in which trials failed.

    Attributes:
        trials: the numbers of those that did, in order.
    """

    kind: str
    message: str
    trials: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a run.

    Attributes:
        run: its configuration.
        asked: how many trials there are.
        completed: those with a loss over all replicates, by number.
        pruned: those that were ended early, by number.
        failed: the numbers of those without a loss.
        failures: the ways in which they failed, the most frequent one first.
    """

    run: RunConfig
    asked: int
    completed: tuple[Point, ...]
    pruned: tuple[Point, ...]
    failed: tuple[int, ...]
    failures: tuple[Failure, ...] = ()

    @property
    def name(self) -> str:
        """What the run is called."""
        return self.run.study

    @property
    def best(self) -> Point | None:
        """The completed trial with the best loss, the first of several."""
        sign = 1 if self.run.direction is Direction.MINIMIZE else -1
        return min(self.completed, key=lambda one: sign * one.loss, default=None)

    @property
    def best_so_far(self) -> tuple[float, ...]:
        """The best loss up to each of the completed trials."""
        better = min if self.run.direction is Direction.MINIMIZE else max
        found: list[float] = []
        for point in self.completed:
            found.append(better(point.loss, found[-1]) if found else point.loss)
        return tuple(found)

    @property
    def last(self) -> int:
        """The greatest number of a trial; zero where there is none."""
        numbers = [point.number for point in (*self.completed, *self.pruned)]
        return max([*numbers, *self.failed], default=0)


def results(folder: Path) -> Results:
    """What a folder of results holds.

    Raises:
        Unreadable: it holds none.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        run = run_config(json.dumps(manifest["runConfig"]))
        rows = pq.read_table(folder / TRIALS).to_pylist()
        told = pq.read_table(folder / DIAGNOSTICS).to_pylist()
    except (OSError, ValueError, KeyError, TypeError, Misconfigured, ArrowException) as error:
        raise Unreadable(f"{folder} holds no results of a run: {error}") from error
    failed = tuple(row["number"] for row in rows if row["status"] in {"failed", "timeout"})
    return Results(
        run=run,
        asked=len(rows),
        completed=_points(run, rows, "completed"),
        pruned=_points(run, rows, "pruned"),
        failed=failed,
        failures=_failures(failed, told),
    )


def _failures(failed: Collection[int], told: list[dict[str, Any]]) -> tuple[Failure, ...]:
    """What is known of the trials that failed for good, alike ones together."""
    last = {row["trial"]: (row["kind"] or "", row["message"] or "") for row in told}
    alike: dict[tuple[str, str], list[int]] = {}
    for number in sorted(failed):
        alike.setdefault(last.get(number, ("", "")), []).append(number)
    found = (Failure(*reason, tuple(numbers)) for reason, numbers in alike.items())
    return tuple(sorted(found, key=lambda one: (-len(one.trials), one.trials)))


def _points(run: RunConfig, rows: list[dict[str, Any]], status: str) -> tuple[Point, ...]:
    return tuple(
        Point(row["number"], row["loss"], _parameters(run, row))
        for row in rows
        if row["status"] == status
    )


def _parameters(run: RunConfig, row: Mapping[str, Any]) -> ParameterSet:
    return ParameterSet({one.name: _value(one, row[PARAMETER + one.name]) for one in run.space})


def _value(parameter: Parameter, value: Scalar) -> Scalar:
    """The value of a cell; choices of several types stand in it as JSON."""
    mixed = isinstance(parameter, CategoricalParameter) and len(set(map(type, parameter.choices)))
    if mixed in {False, 1}:
        return value
    choice: Scalar = json.loads(str(value))
    return choice
