"""Contracts: what has become of a simulation. It succeeded with tables, or failed in a known way.

Failures are values: whoever waits for a hundred simulations gets a hundred results.
"""

from dataclasses import dataclass
from enum import StrEnum

from modelops_runtime.contracts.diagnostics import Diagnostics
from modelops_runtime.contracts.names import checked_name
from modelops_runtime.contracts.table import INLINE_CAP, InlineTable, Table
from modelops_runtime.contracts.violation import ContractViolation


class FailureKind(StrEnum):
    """In which way a simulation failed."""

    MODEL_ERROR = "model_error"
    """The model raised an exception."""

    WRONG_OUTPUT = "wrong_output"
    """What the model gave is no table, or not the one that was asked for."""

    MISSING_DEPENDENCY = "missing_dependency"
    """A module, or something in it, that the bundle needs is not there."""

    CRASHED = "crashed"
    """Its process ended in the middle."""

    OUT_OF_MEMORY = "out_of_memory"
    """Its process was ended for the memory that it took."""

    TIMED_OUT = "timed_out"
    """It took longer than it may."""

    BUNDLE_UNAVAILABLE = "bundle_unavailable"
    """Its code could not be had."""

    WORKER_LOST = "worker_lost"
    """The worker that ran it is gone."""

    CANCELLED = "cancelled"
    """It was no longer wanted."""

    @property
    def passes(self) -> bool:
        """Whether the same simulation may succeed another time.

        Its seed makes it the same to the last bit, so what it did itself it would do again.
        """
        return self in {FailureKind.BUNDLE_UNAVAILABLE, FailureKind.WORKER_LOST}


@dataclass(frozen=True, slots=True)
class Output:
    """A table that a simulation gave.

    Attributes:
        name: what the model calls it.
        table: itself, or where it is.
    """

    name: str
    table: Table

    def __post_init__(self) -> None:
        """Check the name.

        Raises:
            ContractViolation: it is none.
        """
        checked_name(self.name, "an output")


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulation that succeeded.

    Attributes:
        task_id: of what was simulated.
        outputs: at least one, sorted by name; those that are inline stay within `INLINE_CAP`
            together.
        cached: whether an earlier simulation of the same task gave them.
    """

    task_id: str
    outputs: tuple[Output, ...]
    cached: bool = False

    def __post_init__(self) -> None:
        """Sort the outputs.

        Raises:
            ContractViolation: there is none, two have one name, or too much of them is inline.
        """
        outputs = tuple(sorted(self.outputs, key=lambda output: output.name))
        if not outputs:
            raise ContractViolation("a simulation without outputs has not succeeded")
        if len({output.name for output in outputs}) < len(outputs):
            raise ContractViolation("two outputs of a simulation have one name")
        if (inline := sum(map(_inline_bytes, outputs))) > INLINE_CAP:
            raise ContractViolation(f"a result of {inline} bytes: the limit is {INLINE_CAP}")
        object.__setattr__(self, "outputs", outputs)


def _inline_bytes(output: Output) -> int:
    return output.table.size if isinstance(output.table, InlineTable) else 0


@dataclass(frozen=True, slots=True)
class Failed:
    """A simulation that failed.

    Attributes:
        task_id: of what was simulated.
        kind: in which way.
        diagnostics: what is known about it.
    """

    task_id: str
    kind: FailureKind
    diagnostics: Diagnostics


SimulationResult = Simulated | Failed
