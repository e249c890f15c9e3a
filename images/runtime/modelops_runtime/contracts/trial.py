"""Contracts: what has become of a trial, a parameter set whose replicates were run and judged."""

import math
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real

from modelops_runtime.contracts.diagnostics import NO_DIAGNOSTICS, Diagnostics, diagnostics
from modelops_runtime.contracts.identity import ID
from modelops_runtime.contracts.reals import as_float
from modelops_runtime.contracts.seeds import checked_seeds
from modelops_runtime.contracts.violation import ContractViolation


class NoLoss(ContractViolation):
    """What judged the simulations gave no finite number."""


class TrialStatus(StrEnum):
    """How a trial ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """A trial that has ended.

    Attributes:
        parameters_id: of the parameter set.
        status: how it ended.
        loss: what its simulations are worth, finite; None unless it completed.
        seeds: of its replicates, as they were executed; empty only where it did not complete.
        diagnostics: what else is known.
    """

    parameters_id: str
    status: TrialStatus
    loss: float | None
    seeds: tuple[int, ...]
    diagnostics: Diagnostics = NO_DIAGNOSTICS

    def __post_init__(self) -> None:
        """Check all of it.

        Raises:
            ContractViolation: the id, the loss or a seed is none, or they do not fit the status.
        """
        if not ID.fullmatch(self.parameters_id):
            raise ContractViolation(f"`{self.parameters_id}` is no id of a parameter set")
        completed = self.status is TrialStatus.COMPLETED
        if completed != (self.loss is not None):
            raise ContractViolation(f"a trial that is {self.status} has no loss of {self.loss}")
        if self.loss is not None:
            object.__setattr__(self, "loss", _checked_loss(self.loss))
        if completed or self.seeds:
            object.__setattr__(self, "seeds", checked_seeds(self.seeds))


def judged(
    parameters_id: str, loss: object, seeds: tuple[int, ...], known: Diagnostics = NO_DIAGNOSTICS
) -> TrialResult:
    """The result of a trial whose simulations were judged: failed, where that gave no loss.

    A search learns from a failed trial; a number that is none would lead it astray.
    """
    try:
        return TrialResult(parameters_id, TrialStatus.COMPLETED, _checked_loss(loss), seeds, known)
    except NoLoss as error:
        found = diagnostics({**known.entries, "message": str(error)})
        return TrialResult(parameters_id, TrialStatus.FAILED, None, seeds, found)


def _checked_loss(loss: object) -> float:
    """The loss.

    Raises:
        NoLoss: it is none.
    """
    if isinstance(loss, bool) or not isinstance(loss, Real):
        raise NoLoss(f"the loss is of type {type(loss).__qualname__}: it has to be a finite number")
    number = as_float(loss)
    if not math.isfinite(number):
        raise NoLoss(f"the loss is {number}: it has to be a finite number")
    return number
