"""Part of `simulation`: a worker, made of what the compiler wrote for it. Nothing else reads that.

Where results are kept are `tables`, by checksum, `simulations`, by the id of their task, and
whatever is delivered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from modelops_runtime.azure_login.workload import workload_login
from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.sources import source_of
from modelops_runtime.configuration.runtime import (
    BlobResults,
    BundlesConfig,
    ExecutorConfig,
    FolderResults,
    RuntimeConfig,
)
from modelops_runtime.executors.executor import Executor, ExecutorKind, ExecutorSettings, executor
from modelops_runtime.executors.surroundings import allowed, secrets_in
from modelops_runtime.metrics.simulations import BUNDLE_FETCH_SECONDS
from modelops_runtime.results.blobs import BlobStore
from modelops_runtime.results.connection import RETRIES, reached
from modelops_runtime.results.content_store import ContentStore
from modelops_runtime.results.folder import FolderStore
from modelops_runtime.results.object_store import ObjectStore
from modelops_runtime.simulation.cache import ResultCache
from modelops_runtime.simulation.room import Room
from modelops_runtime.simulation.worker import Worker
from modelops_runtime.tables.stream import encoded

TABLES, SIMULATIONS = "tables", "simulations"

CACHE_PARTS, PARTS = 4, 5
"""So much of the results' volume may the cache take; the rest is for what is asked for."""

LOGIN_RETRIES = 3
"""How often Entra ID is asked again, within five seconds, before what needed a token fails."""

CACHE_RETRIES = 1
"""The cache waits less than the others: a simulation that it does not find is run."""


@dataclass(frozen=True, slots=True)
class Results:
    """Where a worker keeps results.

    Attributes:
        tables: store of what is too large to travel.
        simulations: store of the cache.
        room: for the cache; None where the store has no end.
        files: store of what is delivered.
    """

    tables: ObjectStore
    simulations: ObjectStore
    room: Room | None
    files: ObjectStore


def worker_of(config: RuntimeConfig, environment: Mapping[str, str]) -> Worker:
    """The worker that the configuration describes.

    Args:
        config: of the workspace.
        environment: of the process: credentials of registries, the login to Azure, and what
            simulations may see.

    Raises:
        NoWorkloadIdentity: results are kept in Azure, and nobody is there to log in.
    """
    # Arrow imports pandas for its first table, and two threads cannot do that at once.
    encoded({"ready": [True]})
    results = results_of(config.results, environment)
    return Worker(
        executor=_executor(config.executor, Path(config.bundles.cache_directory), environment),
        bundles=_bundles(config.bundles, environment),
        tables=ContentStore(results.tables),
        cache=ResultCache(results.simulations, results.room),
        files=results.files,
        timeout=config.executor.timeout_seconds,
    )


def results_of(config: FolderResults | BlobResults, environment: Mapping[str, str]) -> Results:
    """Where the configuration has results kept.

    Raises:
        NoWorkloadIdentity: it is in Azure, and nobody is there to log in.
    """
    match config:
        case FolderResults():
            return _in_folder(config)
        case BlobResults():
            return _in_container(config, environment)


def _in_folder(config: FolderResults) -> Results:
    folder = Path(config.directory)
    return Results(
        tables=FolderStore(folder / TABLES),
        simulations=FolderStore(folder / SIMULATIONS, lasting=False),
        room=Room(folder, config.size_bytes * CACHE_PARTS // PARTS),
        files=FolderStore(folder),
    )


def _in_container(config: BlobResults, environment: Mapping[str, str]) -> Results:
    login = workload_login(environment, retries=LOGIN_RETRIES)
    below = partial(BlobStore, reached(config.endpoint, config.container, login))
    return Results(
        tables=below(f"{config.prefix}/{TABLES}", RETRIES),
        simulations=below(f"{config.prefix}/{SIMULATIONS}", CACHE_RETRIES),
        room=None,
        files=below(config.prefix, RETRIES),
    )


def _executor(config: ExecutorConfig, cache: Path, environment: Mapping[str, str]) -> Executor:
    return executor(
        ExecutorSettings(
            kind=ExecutorKind(config.kind),
            cache=cache,
            environment=allowed(environment),
            fresh_venv=config.fresh_venv,
            max_warm_processes=config.max_warm_processes,
            warm_process_memory_bytes=config.warm_process_memory_bytes,
            secrets=secrets_in(environment),
        )
    )


def _bundles(config: BundlesConfig, environment: Mapping[str, str]) -> BundleCache:
    source = source_of(config.registry, config.directory, environment)
    folder = Path(config.cache_directory)
    return BundleCache(folder, config.cache_bytes, source, BUNDLE_FETCH_SECONDS.observe)
