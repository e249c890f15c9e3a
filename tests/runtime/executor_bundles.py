"""Bundles as modellers write them, and the executors that run them."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.runtime.executor_cases import FRAMES, MODEL, TARGETS

from modelops_runtime.contracts.entrypoint import entrypoint, objective_target
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.executors.executor import (
    Code,
    ExecutionFailed,
    Executor,
    ExecutorKind,
    ExecutorSettings,
)
from modelops_runtime.tables.stream import decoded

GENEROUS = 60.0
"""Seconds for what is to succeed."""

MEMORY = 1024**3


def bundle(folder: Path, files: Mapping[str, str]) -> Code:
    """A bundle with these files."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(content), encoding="utf-8")
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    return Code(f"sha256:{digest}", folder)


def cases(folder: Path, name: str = "", **more: str) -> Code:
    """The bundle with every way to succeed and to fail; another one for each name."""
    files = {"models/cases.py": MODEL, "frames.py": FRAMES, "targets.py": TARGETS}
    return bundle(folder, {**files, "name.txt": name, **more})


def settings(kind: ExecutorKind, cache: Path, **more: object) -> ExecutorSettings:
    """Settings of a small worker; the environment is what any program needs."""
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"}
    given: Any = {"environment": environment, "warm_process_memory_bytes": MEMORY, **more}
    return ExecutorSettings(kind, cache, **given)


def task(
    scenario: str,
    module: str = "models.cases",
    *,
    outputs: tuple[str, ...] = (),
    seed: int = 1,
    **parameters: Any,  # noqa: ANN401 -- any scalar
) -> SimulationTask:
    """A simulation of the bundle with the cases."""
    values = ParameterSet(parameters)
    return SimulationTask(None, entrypoint(f"{module}/{scenario}"), values, seed, outputs)


def simulated(
    executor: Executor,
    code: Code,
    scenario: str,
    *,
    timeout: float = GENEROUS,
    seed: int = 1,
    **parameters: Any,  # noqa: ANN401 -- any scalar
) -> dict[str, Any]:
    """The columns of the table that a scenario gives."""
    wanted = task(scenario, seed=seed, **parameters)
    (table,) = executor.simulate(wanted, code, timeout).values()
    columns: dict[str, Any] = decoded(table).to_pydict()
    return columns


def failing(
    executor: Executor,
    code: Code,
    scenario: str,
    *,
    timeout: float = GENEROUS,
    outputs: tuple[str, ...] = (),
    **parameters: Any,  # noqa: ANN401 -- any scalar
) -> ExecutionFailed:
    """The failure that a scenario ends in."""
    try:
        given = executor.simulate(task(scenario, outputs=outputs, **parameters), code, timeout)
    except ExecutionFailed as failed:
        return failed
    raise AssertionError(f"{scenario} has not failed, and gave {given}")


def judged(
    executor: Executor, code: Code, name: str, replicates: list[dict[str, bytes]]
) -> bool | float:
    """What a target of the bundle makes of simulations."""
    return executor.judge(objective_target(f"targets:{name}"), replicates, code, GENEROUS)
