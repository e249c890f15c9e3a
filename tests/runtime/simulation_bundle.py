"""A bundle whose model does what its scenario says, and the tasks that ask for it."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent

from tests.runtime.dask_cluster import settings

from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.configuration.runtime import runtime_config
from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.entrypoint import Entrypoint, ObjectiveTarget
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.simulation.composition import worker_of
from modelops_runtime.simulation.worker import Worker

MODEL = dedent('''
    """Writes a line into the file `log` when it begins, and one when it has ended."""

    import os, signal, time


    def simulate(parameters, seed, scenario):
        noted(parameters, f"begun {seed}")
        x = float(parameters.get("x", 0.0))
        if scenario == "slow":
            time.sleep(x)
        if scenario == "odd-fails" and seed % 2:
            raise ValueError(f"{seed} is odd")
        if scenario == "odd-is-slow" and seed % 2:
            time.sleep(60)
        if scenario == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if scenario == "deadly" and seed == 13:
            time.sleep(1)
            os._exit(1)
        noted(parameters, f"ended {seed}")
        if scenario == "large":
            return {"numbers": {"n": [(i * 2654435761 + seed) % 2**64 / 3 for i in range(120_000)]}}
        return {"points": {"x": [x, x + 1.0], "half": [seed // 2, seed % 2]}}


    def noted(parameters, line):
        if "log" in parameters:
            with open(parameters["log"], "a") as file:
                file.write(line + "\\n")
''')

TARGETS = dedent("""
    def mean(replicates):
        return sum(float(one["points"]["x"][0]) for one in replicates) / len(replicates)


    def rows(replicates):
        return float(sum(len(one["numbers"]["n"]) for one in replicates))


    def infinite(replicates):
        return float("inf")


    def broken(replicates):
        raise KeyError("incidence")
""")

MEAN, ROWS, INFINITE, BROKEN = (
    ObjectiveTarget("targets", name) for name in ("mean", "rows", "infinite", "broken")
)


class Toy:
    """The bundle in a folder of bundles, as an image would carry it."""

    def __init__(self, bundles: Path) -> None:
        folder = bundles / "toy"
        folder.mkdir(parents=True)
        (folder / "model.py").write_text(MODEL)
        (folder / "targets.py").write_text(TARGETS)
        self.bundles = bundles
        self.reference = BundleReference(digest_of(folder))

    def task(self, scenario: str, seed: int = 1, **parameters: Scalar) -> SimulationTask:
        """A simulation of the model."""
        entrypoint = Entrypoint("model", scenario)
        return SimulationTask(self.reference, entrypoint, ParameterSet(parameters), seed)

    def replicates(self, scenario: str, seeds: Sequence[int], **parameters: Scalar) -> ReplicateSet:
        """Several, with these seeds."""
        entrypoint = Entrypoint("model", scenario)
        return ReplicateSet(self.reference, entrypoint, ParameterSet(parameters), tuple(seeds))

    def worker(self, folder: Path, executor: str) -> Worker:
        """A worker of this process, as a pod has it."""
        told = settings(folder, executor, str(self.bundles))
        return worker_of(runtime_config(told), os.environ)


def noted(log: Path) -> Counter[str]:
    """How often each line stands in the file that simulations write into."""
    return Counter(log.read_text().splitlines()) if log.exists() else Counter()


def entries(text: str) -> list[dict[str, object]]:
    """The lines of a log that are JSON."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
