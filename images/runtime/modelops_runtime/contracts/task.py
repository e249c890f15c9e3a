"""Contracts: one simulation to be run, and the replicates of it.

A task's id covers everything that its outputs depend on. Two tasks with one id give the same
tables, so a result kept under the id may serve for both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.entrypoint import Entrypoint
from modelops_runtime.contracts.identity import content_id
from modelops_runtime.contracts.names import checked_name
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import checked_seed, checked_seeds
from modelops_runtime.contracts.violation import ContractViolation

KIND = "task/1"


@dataclass(frozen=True, slots=True)
class SimulationTask:
    """One simulation.

    Attributes:
        bundle: its code; None where the image of the worker carries it: then a result is good for
            that image only, which the id does not know.
        entrypoint: which model of the code, in which scenario.
        parameters: at which point.
        seed: of all its randomness.
        outputs: the tables that are wanted, by name, sorted; none: all that the model gives.
        id: of all of this.
    """

    bundle: BundleReference | None = field(compare=False)
    entrypoint: Entrypoint = field(compare=False)
    parameters: ParameterSet = field(compare=False)
    seed: int = field(compare=False)
    outputs: tuple[str, ...] = field(default=(), compare=False)
    id: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the seed, sort the outputs, and make the id.

        Raises:
            ContractViolation: the seed or the name of an output is none.
        """
        object.__setattr__(self, "seed", checked_seed(self.seed))
        object.__setattr__(self, "outputs", output_names(self.outputs))
        object.__setattr__(self, "id", content_id(KIND, self._covered()))

    def _covered(self) -> dict[str, object]:
        return {
            "bundle": self.bundle.digest if self.bundle else None,
            "entrypoint": str(self.entrypoint),
            "parameters": self.parameters.id,
            "seed": self.seed,
            "outputs": self.outputs,
        }


@dataclass(frozen=True, slots=True)
class ReplicateSet:
    """One point, simulated once with each of several seeds.

    The seeds are part of it, and its tasks run with them and no others: what is recorded is what
    ran.

    Attributes:
        bundle: as of each task.
        entrypoint: as of each task.
        parameters: as of each task.
        seeds: one for each task, in order.
        outputs: as of each task.
    """

    bundle: BundleReference | None
    entrypoint: Entrypoint
    parameters: ParameterSet
    seeds: tuple[int, ...]
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the seeds, and sort the outputs.

        Raises:
            ContractViolation: there is no seed, one is none or given twice, or the name of an
                output is none.
        """
        object.__setattr__(self, "seeds", checked_seeds(self.seeds))
        object.__setattr__(self, "outputs", output_names(self.outputs))

    @property
    def tasks(self) -> tuple[SimulationTask, ...]:
        """One for each seed, in their order."""
        return tuple(
            SimulationTask(self.bundle, self.entrypoint, self.parameters, seed, self.outputs)
            for seed in self.seeds
        )


def output_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names of tables, each once, sorted.

    Raises:
        ContractViolation: one is no name.
    """
    if isinstance(names, str):
        raise ContractViolation(f"outputs are a list of names, and `{names}` is one text")
    return tuple(sorted({checked_name(name, "an output") for name in names}))
