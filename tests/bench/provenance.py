"""What it costs that values can remember: `python -m tests.bench.provenance [COUNT]`.

`carried` and `derived` are called for everything that plan and render make of written values, also
in a compile that asks for no explanation and gives them plain values. Here both stages run with
them and with functions that hand the value through, in turn, in one process; the calls themselves
and their arguments cost the same in both. The processor's time is measured: both stages run in one
thread and wait for nothing.
"""

import gc
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tests.bench.tables import milliseconds, table
from tests.bench.workload import sources

from modelops import provenance
from modelops.model import Configuration
from modelops.pipeline import compile_sources, configure
from modelops.plan import plan
from modelops.render import render

COUNT = 1_000
ROUNDS = 15
V = TypeVar("V")


def _carried(made: V, *_sources: object) -> V:
    return made


def _derived(_formula: str, made: V, *_sources: object) -> V:
    return made


INSTEAD = {provenance.carried: _carried, provenance.derived: _derived}


@contextmanager
def forgetful() -> Iterator[None]:
    """Within: wherever the compiler uses the two functions, those that remember nothing."""
    places = [
        (vars(module), name, used)
        for module in list(sys.modules.values())
        if module.__name__.startswith("modelops")
        for name, used in vars(module).items()
        if callable(used) and any(used is each for each in INSTEAD)
    ]
    try:
        for names, name, used in places:
            names[name] = INSTEAD[used]
        yield
    finally:
        for names, name, used in places:
            names[name] = used


def _timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    start = clock()
    work()
    return clock() - start


def _stages(configuration: Configuration) -> None:
    planned = plan(configuration).value
    if planned is None:
        raise ValueError("the project of the benchmark is not valid")
    render(planned)


def _pair(configuration: Configuration, number: int) -> tuple[float, float]:
    """Seconds of the processor with, and without; every other pair begins with the latter."""

    def spent() -> float:
        return _timed(lambda: _stages(configuration), time.process_time)

    def spent_without() -> float:
        with forgetful():
            return spent()

    if number % 2:
        without = spent_without()
        return spent(), without
    return spent(), spent_without()


def measure(count: int) -> str:
    """The medians of both, of their difference, and its share of a compile."""
    tree = sources(count)
    configuration = configure(tree).value
    if configuration is None:
        raise ValueError("the project of the benchmark is not valid")
    pairs = [_pair(configuration, number) for number in range(ROUNDS)]
    whole = statistics.median(
        _timed(lambda: compile_sources(tree), time.perf_counter) for _ in range(3)
    )
    cost = statistics.median(remembering - plain for remembering, plain in pairs)
    rows = [
        ["plan and render", milliseconds(statistics.median(each for each, _ in pairs))],
        ["with nothing remembered", milliseconds(statistics.median(each for _, each in pairs))],
        ["difference, median of the pairs", milliseconds(cost)],
        ["share of all stages, load to synth", f"{100 * cost / whole:.2f} %"],
    ]
    return table(["", f"{count:,} workspaces"], rows)


def main() -> None:
    """The table for the count of the command line."""
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))


if __name__ == "__main__":
    main()
