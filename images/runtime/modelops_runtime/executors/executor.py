"""What an executor is, and the one that settings ask for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from modelops_runtime.contracts.diagnostics import Diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.contracts.violation import ContractViolation


class ExecutorKind(StrEnum):
    """Where code runs."""

    ISOLATED_WARM = "isolated_warm"
    DIRECT = "direct"
    COLD = "cold"


@dataclass(frozen=True, slots=True)
class Code:
    """The code of a bundle, on this machine.

    Attributes:
        digest: of the bundle; none: the image of the worker carries the code.
        folder: where it is unpacked; read, never written.
    """

    digest: str = ""
    folder: Path | None = None

    def __post_init__(self) -> None:
        """Check that both are there, or none.

        Raises:
            ContractViolation: one is missing.
        """
        if bool(self.digest) != (self.folder is not None):
            raise ContractViolation("code has a digest and a folder, or the image carries it")


CARRIED = Code()
"""The code that the image of the worker carries."""


@dataclass(frozen=True, slots=True)
class ExecutorSettings:
    """How a worker runs code.

    Attributes:
        kind: where.
        cache: a folder on disk, which other processes may use as well; environments are kept in it.
        environment: the variables that the code may see: `surroundings.allowed` of the worker's.
        fresh_venv: whether a bundle's environment is made anew for each task.
        max_warm_processes: most warm processes at once, those that wait for a task included.
        warm_process_memory_bytes: what one of them may use; none: as much as it likes.
        secrets: values that no diagnostics may show.
    """

    kind: ExecutorKind
    cache: Path
    environment: Mapping[str, str]
    fresh_venv: bool = False
    max_warm_processes: int = 1
    warm_process_memory_bytes: int | None = None
    secrets: tuple[str, ...] = ()


class ExecutionFailed(Exception):  # noqa: N818 -- named for what is so, as its kinds are
    """The code did not give what it was asked for."""

    def __init__(self, kind: FailureKind, diagnostics: Diagnostics) -> None:
        super().__init__(kind, diagnostics)
        self.kind = kind
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return f"{self.kind}: {self.diagnostics.entries.get('message', '')}"


class Executor(Protocol):
    """Runs code. Any number of threads may call it at once."""

    @property
    def starts(self) -> int:
        """How many processes it has started so far."""

    def simulate(self, task: SimulationTask, code: Code, timeout: float) -> dict[str, bytes]:
        """Run one simulation.

        Args:
            task: what to simulate; its bundle is what `code` holds.
            code: the bundle.
            timeout: seconds from when its process is ready; importing the model counts.

        Returns:
            Its tables, sorted by name, at least one, each as `tables.encoded` has it; only those
            that the task asks for, where it does.

        Raises:
            ExecutionFailed: it gave none.
        """

    def judge(
        self,
        target: ObjectiveTarget,
        replicates: Sequence[Mapping[str, bytes]],
        code: Code,
        timeout: float,
    ) -> bool | float:
        """What the simulations are worth.

        Args:
            target: what judges them.
            replicates: the tables of each.
            code: the bundle.
            timeout: as for a simulation.

        Returns:
            A number, which need not be a finite one.

        Raises:
            ExecutionFailed: it gave no number.
        """

    def cancel(self, task_id: str) -> None:
        """Have what runs of a task now fail as cancelled, where that is possible; at once."""

    def close(self) -> None:
        """End all processes; what is still running fails as cancelled."""


def executor(settings: ExecutorSettings) -> Executor:
    """The executor that the settings ask for; to be closed."""
    from modelops_runtime.executors.direct import Direct  # noqa: PLC0415 -- they import this module
    from modelops_runtime.executors.isolated import cold, isolated_warm  # noqa: PLC0415 -- as above

    match settings.kind:
        case ExecutorKind.ISOLATED_WARM:
            return isolated_warm(settings)
        case ExecutorKind.COLD:
            return cold(settings)
        case ExecutorKind.DIRECT:
            return Direct(settings)
