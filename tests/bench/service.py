"""The simulation service against bare `distributed`: `python -m tests.bench.service`.

Both have the same scheduler and the same two worker processes, started as the manifests start them,
and take turns in one run. Bare Dask calls a function of the worker's own process. The service runs
a bundle's code in a process apart, keeps its tables for whoever asks for the same again, and gives
them back as Arrow: all of that is in its figures. What is asked for is each time something new.
"""

import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

from distributed import Client
from tests.bench.tables import cores, milliseconds, table
from tests.runtime.dask_cluster import PROCESSES, dask_cluster

from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.entrypoint import Entrypoint, ObjectiveTarget
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.simulation import Simulated
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.contracts.trial import TrialStatus
from modelops_runtime.simulation.dask import DaskService, connected

ROUNDS = 3
SINGLE, MANY, TINY, TRIALS, REPLICATES = 20, 60, 1000, 10, 10
SECONDS = 0.05
"""Of the simulation that is not tiny."""

EXECUTORS = ("isolated_warm", "direct")

MODEL = dedent("""
    import time


    def simulate(parameters, seed, scenario):
        seconds = parameters["seconds"]
        if scenario == "sleep":
            time.sleep(seconds)
        if scenario == "compute":
            end = time.thread_time() + seconds
            while time.thread_time() < end:
                pass
        return {"x": [1.0 * seed]}


    def loss(replicates):
        return sum(float(one["output"]["x"][0]) for one in replicates)
""")

SEEDS = itertools.count()


def bare(seed: int, seconds: float, scenario: str) -> dict[str, list[float]]:
    """The same, as a function."""
    if scenario == "sleep":
        time.sleep(seconds)
    if scenario == "compute":
        end = time.thread_time() + seconds
        while time.thread_time() < end:
            pass
    return {"x": [1.0 * seed]}


def bare_loss(*replicates: Mapping[str, list[float]]) -> float:
    """The same, as a function."""
    return sum(one["x"][0] for one in replicates)


class Both:
    """The two ways, over one cluster."""

    def __init__(self, client: Client, service: DaskService, bundle: BundleReference) -> None:
        self.client = client
        self.service = service
        self.bundle = bundle

    def task(self, seconds: float, scenario: str) -> SimulationTask:
        """Something that nobody has simulated yet."""
        parameters = ParameterSet({"seconds": seconds})
        return SimulationTask(self.bundle, Entrypoint("model", scenario), parameters, next(SEEDS))

    def one_by_one(self, scenario: str) -> Mapping[str, Callable[[], float]]:
        """Each is waited for before the next is submitted."""

        def dask() -> float:
            for _ in range(SINGLE):
                self.client.submit(bare, next(SEEDS), SECONDS, scenario, pure=False).result()
            return SINGLE

        def ours() -> float:
            for _ in range(SINGLE):
                assert isinstance(
                    self.service.submit(self.task(SECONDS, scenario)).result(), Simulated
                )
            return SINGLE

        return {"dask": dask, "service": ours}

    def at_once(self, scenario: str) -> Mapping[str, Callable[[], float]]:
        """All are submitted, and then gathered."""

        def dask() -> float:
            seeds = [next(SEEDS) for _ in range(MANY)]
            futures = [
                self.client.submit(bare, seed, SECONDS, scenario, pure=False) for seed in seeds
            ]
            return len(self.client.gather(futures))

        def ours() -> float:
            pending = [self.service.submit(self.task(SECONDS, scenario)) for _ in range(MANY)]
            return len(self.service.gather(pending))

        return {"dask": dask, "service": ours}

    def tiny(self) -> Mapping[str, Callable[[], float]]:
        """What takes no time, as either does it best."""

        def dask() -> float:
            seeds = [next(SEEDS) for _ in range(TINY)]
            futures = self.client.map(bare, seeds, seconds=0.0, scenario="none", pure=False)
            return len(self.client.gather(futures))

        def ours() -> float:
            results = list(self.service.run(self.task(0.0, "none") for _ in range(TINY)))
            assert all(isinstance(result, Simulated) for result in results)
            return len(results)

        return {"dask": dask, "service": ours}

    def trials(self, together: int) -> Mapping[str, Callable[[], float]]:
        """Trials of several tiny simulations each, that are judged together."""

        def dask() -> float:
            losses = []
            for _ in range(TRIALS):
                futures = [
                    self.client.submit(bare, next(SEEDS), 0.0, "none", pure=False)
                    for _ in range(REPLICATES)
                ]
                losses.append(self.client.submit(bare_loss, *futures, pure=False))
            return len(self.client.gather(losses))

        def ours() -> float:
            pending = [
                self.service.submit_replicates(
                    self.replicates(),
                    ObjectiveTarget("model", "loss"),
                    timeout=60,
                    together=together,
                    final=together > 1,
                )
                for _ in range(TRIALS)
            ]
            results = [one.result for one in self.service.gather(pending)]
            assert all(one.status is TrialStatus.COMPLETED for one in results)
            return len(results)

        return {"dask": dask, "service": ours}

    def replicates(self) -> ReplicateSet:
        """A trial that nobody has tried yet."""
        parameters = ParameterSet({"seconds": 0.0, "trial": next(SEEDS)})
        seeds = tuple(next(SEEDS) for _ in range(REPLICATES))
        return ReplicateSet(self.bundle, Entrypoint("model", "none"), parameters, seeds)


def measure() -> str:
    """The table."""
    head = ["", "bare Dask", *(f"service, {executor}" for executor in EXECUTORS)]
    found: dict[str, list[str]] = {}
    for executor in EXECUTORS:
        with both(executor) as ways:
            for label, way in _ways(ways).items():
                dask, ours = _taken(way)
                cell = f"{milliseconds(ours)} ({100 * (ours / dask - 1):+.0f} %)"
                found.setdefault(label, [milliseconds(dask)]).append(cell)
    rows = [[label, *cells] for label, cells in found.items()]
    note = f"{PROCESSES} worker processes on {cores()} cores; medians of {ROUNDS} rounds."
    return f"{table(head, rows)}\n\n{note}"


def _ways(ways: Both) -> dict[str, Mapping[str, Callable[[], float]]]:
    return {
        "50 ms of sleep, one by one": ways.one_by_one("sleep"),
        "50 ms of computing, one by one": ways.one_by_one("compute"),
        f"50 ms of sleep, {MANY} at once": ways.at_once("sleep"),
        f"tiny, {TINY} by `map` and `run`": ways.tiny(),
        f"tiny trial of {REPLICATES}": ways.trials(1),
        f"tiny trial of {REPLICATES}, together": ways.trials(REPLICATES),
    }


def _taken(ways: Mapping[str, Callable[[], float]]) -> list[float]:
    """Seconds for each thing, the median of the rounds; a first one warms up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS + 1):
        for name, way in ways.items():
            begun = time.perf_counter()
            count = way()
            taken[name].append((time.perf_counter() - begun) / count)
    return [statistics.median(rounds[1:]) for rounds in taken.values()]


@contextmanager
def both(executor: str) -> Iterator[Both]:
    """The two ways over a new cluster."""
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder, "bundles", "bench")
        bundle.mkdir(parents=True)
        (bundle / "model.py").write_text(MODEL)
        # Bare Dask's functions are in this file.
        path = {"PYTHONPATH": str(Path(__file__).parents[2])}
        with dask_cluster(Path(folder), path) as cluster:
            cluster.executor, cluster.bundles = executor, str(bundle.parent)
            cluster.start("bench-worker", path)
            with (
                connected(cluster.address, "bench") as service,
                Client(cluster.address, set_as_default=False) as client,
            ):
                client.wait_for_workers(PROCESSES, timeout=60)
                yield Both(client, service, BundleReference(digest_of(bundle)))


if __name__ == "__main__":
    print(f"{measure()}\n\nLoad of the machine before: {os.getloadavg()[0]:.1f}")
