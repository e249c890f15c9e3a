"""Part of `search`: what each trial of a run simulates, and what judges it."""

from dataclasses import dataclass

from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.entrypoint import Entrypoint, ObjectiveTarget
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.contracts.task import ReplicateSet


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is the same for all trials of a run.

    Attributes:
        run: what its trials are kept under, for log lines.
        replicates: of each trial.
        timeout: seconds for each simulation, and for judging.
    """

    run: str
    bundle: BundleReference | None
    model: Entrypoint
    target: ObjectiveTarget
    replicates: int
    timeout: float

    def replicate_set(self, parameters: ParameterSet, count: int) -> ReplicateSet:
        """The first so many replicates of a point: more of them later keep the seeds of these."""
        seeds = replicate_seeds(parameters, self.replicates)[:count]
        return ReplicateSet(self.bundle, self.model, parameters, seeds)


def experiment(config: RunConfig) -> Experiment:
    """The experiment of a run."""
    return Experiment(
        run=config.study,
        bundle=config.bundle,
        model=config.model,
        target=config.objective,
        replicates=config.replicates,
        timeout=config.timeout_seconds,
    )
