"""Part of `simulation`: what runs simulations where they run: in a Dask worker, or right here.

A worker has what every simulation needs: an executor, the cache of bundles, the result store and
the cache of results. It is made once in a process (`worker_of` reads what the compiler wrote), and
any number of threads use it. Whatever goes wrong with a simulation, its result says so.
"""

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.simulation import (
    Failed,
    FailureKind,
    Simulated,
    SimulationResult,
)
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.executors.executor import CARRIED, Code, ExecutionFailed, Executor
from modelops_runtime.metrics import simulations as metrics
from modelops_runtime.results.content_store import ContentStore
from modelops_runtime.results.object_store import ObjectStore
from modelops_runtime.results.placement import placed
from modelops_runtime.simulation import delivery, replicate
from modelops_runtime.simulation.cache import ResultCache, Tables
from modelops_runtime.simulation.replicate import Replicate
from modelops_runtime.simulation.running import Running

AGAIN = 0.2
"""Seconds until what is still there is stopped again."""

LOG = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 -- named for what is so
    """What was asked for under a key is no longer wanted."""


class Bundles(Protocol):
    """Where the code of models is."""

    def using(self, reference: BundleReference) -> AbstractContextManager[Path]:
        """The folder of a bundle, which stays there within."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A simulation that has ended, in whichever way.

    Attributes:
        found: its tables, or why there are none.
        seconds: that it took.
        cached: whether it ran earlier.
    """

    found: Tables | Failed
    seconds: float
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """What runs simulations in this process.

    Attributes:
        executor: runs code of bundles.
        bundles: has it.
        tables: that are too large to travel.
        cache: of results.
        files: of runs.
        timeout: seconds for a simulation, unless it is said how many.
    """

    executor: Executor
    bundles: Bundles
    tables: ContentStore
    cache: ResultCache
    files: ObjectStore
    timeout: float
    _running: Running = field(default_factory=Running)

    def simulate(self, key: str, tasks: Sequence[SimulationTask]) -> list[SimulationResult]:
        """Simulate one after another.

        Raises:
            Stopped: they are no longer wanted.
        """
        with self._running.under(key):
            return [self._simulated(key, task) for task in tasks]

    def replicate(
        self, key: str, tasks: Sequence[SimulationTask], timeout: float
    ) -> list[Replicate]:
        """Simulate one after another, for what judges them; the tables stay in this process.

        Raises:
            Stopped: they are no longer wanted.
        """
        with self._running.under(key):
            return [self._replicate(key, task, timeout) for task in tasks]

    def judge(
        self,
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        ended: Sequence[Replicate],
        timeout: float,
    ) -> Judgement:
        """What the simulations of a set are worth together."""
        if known := replicate.first_failure(replicates, ended):
            return known
        tables = [one.tables for one in ended]
        try:
            with self._code(replicates.bundle) as code:
                loss = self.executor.judge(target, tables, code, timeout)
        except Exception as error:  # noqa: BLE001 -- the edge of a worker
            kind, known_of = _known(error)
            records = tuple(one.record for one in ended)
            return replicate.failed(replicates, kind, diagnostics(known_of), records)
        return replicate.worth(replicates, ended, loss)

    def stop(self, key: str) -> None:
        """End what runs under the key, where it can be ended. Never waits."""
        if self._running.stop(key, self.executor.cancel):
            # An executor stops only what has begun: it is asked again until the key is gone.
            again = threading.Timer(AGAIN, self.stop, [key])
            again.daemon = True
            again.start()

    def deliver(self, files: Mapping[str, bytes], place: str) -> str:
        """Write files of a run; where people find them.

        Raises:
            NotDelivered: they cannot be written.
            ContractViolation: the place, or the name of a file, would be somewhere else.
        """
        return delivery.delivered(self.files, files, place)

    def close(self) -> None:
        """End all processes, and what runs in them."""
        self._running.close()
        self.executor.close()

    def _simulated(self, key: str, task: SimulationTask) -> SimulationResult:
        ended = self._ended(key, task, self.timeout)
        if isinstance(ended.found, Failed):
            return ended.found
        try:
            outputs = placed(ended.found, self.tables)
        except OSError as error:
            return _failed(task, error)
        return Simulated(task.id, outputs, ended.cached)

    def _replicate(self, key: str, task: SimulationTask, timeout: float) -> Replicate:
        ended = self._ended(key, task, timeout)
        if isinstance(ended.found, Failed):
            return replicate.without_tables(task.seed, ended.found, ended.seconds)
        return replicate.succeeded(
            task.seed, ended.found, seconds=ended.seconds, cached=ended.cached
        )

    def _ended(self, key: str, task: SimulationTask, timeout: float) -> Ended:
        if (tables := self.cache.get(task)) is not None:
            metrics.CACHE_HITS.inc()
            return Ended(tables, 0.0, cached=True)
        ended = self._run(key, task, timeout)
        if isinstance(ended.found, Failed):
            metrics.SIMULATIONS_FAILED.labels(ended.found.kind.value).inc()
        else:
            self.cache.put(task, ended.found)
        return ended

    def _run(self, key: str, task: SimulationTask, timeout: float) -> Ended:
        begun = time.monotonic()
        try:
            with self._code(task.bundle) as code:
                begun = time.monotonic()
                tables = self._tables(key, task, code, timeout)
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 -- the edge of a worker
            return Ended(_failed(task, error), time.monotonic() - begun)
        seconds = time.monotonic() - begun
        metrics.SIMULATION_SECONDS.observe(seconds)
        return Ended(tables, seconds)

    def _tables(self, key: str, task: SimulationTask, code: Code, timeout: float) -> Tables:
        """Run it, again if it was another one under the same id that was to be stopped."""
        while True:
            self._running.begin(key, task.id)
            if self._running.stopped(key):
                raise Stopped
            try:
                return self.executor.simulate(task, code, timeout)
            except ExecutionFailed as error:
                if self._running.stopped(key):
                    raise Stopped from error
                if error.kind is not FailureKind.CANCELLED:
                    raise

    @contextmanager
    def _code(self, bundle: BundleReference | None) -> Iterator[Code]:
        if bundle is None:
            yield CARRIED
            return
        with self.bundles.using(bundle) as folder:
            yield Code(bundle.digest, folder)


def _failed(task: SimulationTask, error: Exception) -> Failed:
    kind, known = _known(error)
    return Failed(task.id, kind, diagnostics(known))


def _known(error: Exception) -> tuple[FailureKind, Mapping[str, object]]:
    """What is known of a failure; one that nothing foresees is the worker's, not the model's."""
    match error:
        case ExecutionFailed():
            return error.kind, error.diagnostics.entries
        case BundleUnavailable():
            return FailureKind.BUNDLE_UNAVAILABLE, {"message": str(error)}
    LOG.error("a worker cannot simulate", exc_info=error)
    return FailureKind.WORKER_LOST, {
        "message": f"the worker cannot simulate: {type(error).__qualname__}: {error}",
        "traceback": "".join(traceback.format_exception(error)),
    }
