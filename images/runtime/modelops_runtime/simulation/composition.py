"""Part of `simulation`: a worker, made of what the compiler wrote for it. Nothing else reads that.

Below the results' directory are `tables`, by checksum, `simulations`, by the id of their task, and
whatever is delivered.
"""

from collections.abc import Mapping
from pathlib import Path

from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.sources import source_of
from modelops_runtime.configuration.runtime import BundlesConfig, ExecutorConfig, RuntimeConfig
from modelops_runtime.executors.executor import Executor, ExecutorKind, ExecutorSettings, executor
from modelops_runtime.executors.surroundings import allowed, secrets_in
from modelops_runtime.metrics.simulations import BUNDLE_FETCH_SECONDS
from modelops_runtime.results.directory import DirectoryStore
from modelops_runtime.simulation.cache import ResultCache
from modelops_runtime.simulation.room import Room
from modelops_runtime.simulation.worker import Worker
from modelops_runtime.tables.stream import encoded

CACHE_PARTS, PARTS = 4, 5
"""So much of the results' volume may the cache take; the rest is for what is asked for."""


def worker_of(config: RuntimeConfig, environment: Mapping[str, str]) -> Worker:
    """The worker that the configuration describes.

    Args:
        config: of the workspace.
        environment: of the process: credentials of registries, and what simulations may see.
    """
    # Arrow imports pandas for its first table, and two threads cannot do that at once.
    encoded({"ready": [True]})
    directory = Path(config.results.directory)
    room = Room(directory, config.results.size_bytes * CACHE_PARTS // PARTS)
    return Worker(
        executor=_executor(config.executor, Path(config.bundles.cache_directory), environment),
        bundles=_bundles(config.bundles, environment),
        store=DirectoryStore(directory / "tables"),
        cache=ResultCache(directory / "simulations", room),
        directory=directory,
        timeout=config.executor.timeout_seconds,
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
