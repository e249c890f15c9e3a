"""Part of `executors`: what the code is asked, and what its answers are worth; nothing is run."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.executors import crossing
from modelops_runtime.executors.failures import failed
from modelops_runtime.executors.runner.wire import Buffer

Request = tuple[dict[str, Any], Sequence[Buffer]]


def simulation(task: SimulationTask) -> Request:
    """To run a simulation."""
    return {
        "ask": "simulate",
        "module": task.entrypoint.module,
        "scenario": task.entrypoint.scenario,
        "parameters": dict(task.parameters.values),
        "seed": task.seed,
        "outputs": list(task.outputs),
    }, ()


def judgement(
    target: ObjectiveTarget, replicates: Sequence[Mapping[str, bytes]], secrets: Iterable[str]
) -> Request:
    """To judge simulations.

    Raises:
        ExecutionFailed: the tables of one are none.
    """
    try:
        tables, buffers = crossing.sent(replicates)
    except ContractViolation as error:
        raise failed(FailureKind.WRONG_OUTPUT, str(error), {}, secrets) from error
    return {
        "ask": "judge",
        "module": target.module,
        "name": target.name,
        "replicates": tables,
    }, buffers


def tables(
    answer: Mapping[str, Any], buffers: Sequence[Buffer], secrets: Iterable[str]
) -> dict[str, bytes]:
    """The tables in an answer.

    Raises:
        ExecutionFailed: one of them is none.
    """
    try:
        return crossing.received(answer["tables"], buffers)
    except ContractViolation as error:
        raise failed(FailureKind.WRONG_OUTPUT, str(error), {}, secrets) from error
