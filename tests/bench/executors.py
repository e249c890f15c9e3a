"""What it costs to run a bundle's code, apart from the code: `python -m tests.bench.executors`.

The model does nothing and gives one small table, so all that is measured is the way there and back:
the request, the answer, and the table in its normal form, as a simulation service gets it. A cold
call starts an interpreter, which imports numpy here, as most models do.
"""

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.tables import milliseconds, table

from modelops_runtime.contracts.entrypoint import entrypoint
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.executors.executor import Code, ExecutorKind, ExecutorSettings, executor
from modelops_runtime.executors.surroundings import allowed

MODEL = """
import numpy as np
TABLE = {"day": np.arange(100), "cases": np.linspace(0, 1, 100)}
ROWS = 1_250_000
def simulate(parameters, seed, scenario):
    if scenario == "large":
        return {"cases": np.random.default_rng(seed).random(ROWS)}
    return TABLE
"""

CALLS = {ExecutorKind.DIRECT: 2_000, ExecutorKind.ISOLATED_WARM: 2_000, ExecutorKind.COLD: 20}
LARGE = 5
TIMEOUT = 60.0


def measure() -> str:
    """The median of calls that follow one another, the first left out, and of large results."""
    with tempfile.TemporaryDirectory() as folder:
        code = _bundle(Path(folder))
        rows = [_row(kind, code, Path(folder)) for kind in CALLS]
    return table(["executor", "a call", "99 of 100 within", "a table of 10 MB"], rows)


def _bundle(folder: Path) -> Code:
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
    return Code(f"sha256:{hashlib.sha256(MODEL.encode()).hexdigest()}", folder)


def _row(kind: ExecutorKind, code: Code, cache: Path) -> list[str]:
    running = executor(ExecutorSettings(kind, cache, allowed(os.environ)))

    def called(scenario: str) -> Callable[[], object]:
        task = SimulationTask(None, entrypoint(f"model/{scenario}"), ParameterSet({"a": 1}), 1)
        return lambda: running.simulate(task, code, TIMEOUT)

    try:
        small, large = _timed(called("small"), CALLS[kind]), _timed(called("large"), LARGE)
    finally:
        running.close()
    within = statistics.quantiles(small, n=100)[-1]
    return [
        f"`{kind}`",
        _short(statistics.median(small)),
        _short(within),
        milliseconds(statistics.median(large)),
    ]


def _timed(call: Callable[[], object], times: int) -> list[float]:
    """Seconds of each call but a first one."""
    call()
    spent = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        spent.append(time.perf_counter() - begun)
    return spent


def _short(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else milliseconds(seconds)


def main() -> None:
    """The table."""
    print(measure())


if __name__ == "__main__":
    main()
