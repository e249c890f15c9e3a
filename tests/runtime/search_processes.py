"""A run's workers as processes, on a real cluster of processes and a real Postgres."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.runtime import postgres_store
from tests.runtime.dask_cluster import DaskCluster, dask_cluster, until
from tests.runtime.program import Ended, run
from tests.runtime.run_files import run_file
from tests.runtime.simulation_bundle import Toy, entries

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.events import Asked, Event, Started, Told
from modelops_runtime.central_store.events import Ended as RunEnded
from modelops_runtime.central_store.history import History, history
from modelops_runtime.central_store.log import EventLog
from modelops_runtime.central_store.optuna_schema import make_study
from modelops_runtime.configuration.run import RunConfig, run_config

PROGRAM = (sys.executable, "-m", "modelops_runtime")
POD = "dask-worker-7d-x"
PATIENCE = 120.0
"""Seconds: the machine may be slow."""


def wanted(toy: Toy, log: Path, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 -- JSON
    """A run of the toy bundle, whose simulations take as many seconds as `x` says."""
    return {
        "model": "model/slow",
        "objective__target": "targets:mean",
        "bundle__image": toy.reference.digest,
        "parameters": {
            "log": {"type": "categorical", "choices": [str(log)]},
            "x": {"type": "float", "low": 0.05, "high": 0.3, "log": False},
        },
        "trials": 24,
        "replicates": 2,
        "inFlight": 4,
        **changed,
    }


@dataclass(slots=True)
class Search:
    """A run, its store, and the workers that were started for it.

    Attributes:
        folder: for the run file and logs.
        dask: where it simulates.
    """

    folder: Path
    database: Settings
    dask: DaskCluster
    changed: Mapping[str, Any]
    variables: dict[str, str] = field(init=False)
    config: RunConfig = field(init=False)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.variables = run_file(self.folder, **self.changed)
        text = Path(self.variables["MODELOPS_RUN_CONFIG"]).read_text()
        self.config = run_config(text)
        with connect(self.database) as connection:
            schema.make(connection)
            schema.register(connection, self.config.study, text)
        make_study(self.database, self.config.study, self.config.direction.value)

    def environment(self, worker: str) -> dict[str, str]:
        """What the manifest sets."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "POD_NAME": worker,
            "DASK_SCHEDULER_ADDRESS": self.dask.address,
            "MODELOPS_GRACE_SECONDS": "60",
            **self.variables,
            **postgres_store.environment(self.database),
        }

    def start(self, *workers: str, **variables: str) -> None:
        """Start workers."""
        for worker in workers:
            with (self.folder / f"{worker}.log").open("ab") as log:
                self.workers[worker] = subprocess.Popen(
                    [*PROGRAM, "adaptive-worker", "--metrics-port", "0"],
                    env=self.environment(worker) | variables,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )

    def once(self, worker: str, **variables: str) -> Ended:
        """Run a worker to its end."""
        command = [*PROGRAM, "adaptive-worker", "--metrics-port", "0"]
        return run(command, self.environment(worker) | variables)

    def send(self, worker: str, sent: signal.Signals) -> None:
        self.workers[worker].send_signal(sent)

    def status(self, worker: str) -> int:
        """The exit code of a worker that is about to end."""
        try:
            return self.workers[worker].wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError("\n".join(map(str, self.log(worker)[-20:]))) from None

    def log(self, worker: str) -> list[dict[str, Any]]:
        return entries((self.folder / f"{worker}.log").read_text())

    def said(self, worker: str, message: str) -> int:
        """How often a worker has said so."""
        return sum(line.get("message") == message for line in self.log(worker))

    def events(self) -> list[Event]:
        with connect(self.database, patience=60.0) as connection:
            return list(EventLog(connection, self.config.study).replay())

    def history(self) -> History:
        with connect(self.database) as connection:
            return history(EventLog(connection, self.config.study).records())

    def told(self) -> set[int]:
        return {event.number for event in self.events() if isinstance(event, Told)}

    def leader(self) -> str:
        """Who began the last trial."""
        return next(one.worker for one in reversed(self.events()) if isinstance(one, Started))

    def until_told(self, count: int) -> set[int]:
        """Wait for so many trials, but not until the run has ended."""
        end = time.monotonic() + PATIENCE
        while len(found := self.told()) < count:
            assert time.monotonic() < end, self.evidence()
            time.sleep(0.1)
        assert len(found) < self.config.trials, "too late"
        return found

    def evidence(self) -> str:
        return "\n".join(str(line) for name in self.workers for line in self.log(name)[-15:])

    def check_once(self) -> None:
        """Each trial was asked for once, and told once."""
        events = self.events()
        asked = [one.number for one in events if isinstance(one, Asked)]
        told = [one.number for one in events if isinstance(one, Told)]
        assert asked == sorted(told) == list(range(self.config.trials))

    def check_complete(self) -> None:
        """All trials are told, with what they were asked for, and the run has ended."""
        events = self.events()
        assert sorted(self.told()) == list(range(self.config.trials))
        assert [type(one) for one in events].count(RunEnded) == 1
        for trial in self.history().trials.values():
            assert trial.judgement
            assert trial.judgement.result.parameters_id == trial.parameters.id
            assert trial.judgement.result.loss == trial.parameters.values["x"]

    def end(self) -> None:
        for worker in self.workers.values():
            worker.kill()
            worker.wait(30)


@contextmanager
def searching(
    folder: Path, database: Settings, dask: DaskCluster, changed: Mapping[str, Any]
) -> Iterator[Search]:
    """Within: a run that workers can be started for."""
    search = Search(folder, database, dask, changed)
    try:
        yield search
    finally:
        search.end()


@contextmanager
def plane(folder: Path, toy: Toy) -> Iterator[DaskCluster]:
    """A cluster of one pod that has the toy bundle, once it can simulate."""
    with dask_cluster(folder) as cluster:
        cluster.bundles = str(toy.bundles)
        cluster.start(POD)
        registered(cluster)
        yield cluster


def registered(dask: DaskCluster) -> None:
    """Wait until the cluster can simulate."""
    from distributed import Client  # noqa: PLC0415 -- only where there is a cluster

    def there() -> bool:
        try:
            with Client(dask.address, set_as_default=False, timeout=10) as client:
                return bool(client.nthreads())
        except OSError:
            return False

    until(there)
