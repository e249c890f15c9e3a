"""Part of `optuna_adapter`: whether two results of one trial are the same result.

A trial may run twice: a lease ended while its worker only was slow. The same seeds give the same
loss; what the diagnostics say of it (a traceback, the name of a machine) may differ.
"""

from dataclasses import dataclass

from modelops_runtime.algorithms.protocol import Conflict, Telling
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.trial import TrialResult, TrialStatus


@dataclass(frozen=True, slots=True)
class Told:
    """What counts of a result."""

    status: TrialStatus
    loss: float | None
    seeds: tuple[int, ...]


def told(result: TrialResult) -> Told:
    """What counts of a result."""
    return Told(result.status, result.loss, result.seeds)


def told_again(number: int, before: Told, result: TrialResult) -> Telling:
    """What it means that something was told before.

    Raises:
        Conflict: it was something else.
    """
    if told(result) == before:
        return Telling.DUPLICATE
    raise Conflict(
        f"trial {number} was told to be {before.status} with a loss of {before.loss} and"
        f" {len(before.seeds)} seeds, and now {result.status} with {result.loss} and"
        f" {len(result.seeds)}"
    )


def check_meant(number: int, asked: ParameterSet, result: TrialResult) -> None:
    """Check that a result is of the trial it is told of.

    Raises:
        Conflict: it is of other parameters.
    """
    if result.parameters_id != asked.id:
        raise Conflict(f"trial {number} has other parameters than what is told of it")


def never_proposed(number: int) -> Conflict:
    """What is raised of a trial that there is not."""
    return Conflict(f"trial {number} was never proposed")
