"""The runtime's configuration of a workspace: a JSON file, in a ConfigMap named by its content."""

import json
from typing import Any

from modelops import names
from modelops.model.workspace import BlobResults, Bundles, BundleSource
from modelops.names import API_VERSION
from modelops.plan import dask, resources
from modelops.plan.identities import blob_endpoint
from modelops.plan.images import bundle_registry
from modelops.plan.scope import Scope
from modelops.planned import ConfigPlan
from modelops.provenance import derived, scalars

BUNDLES_DIRECTORY = "/opt/modelops/bundles"
"""Where an image carries its bundles."""


def config(scope: Scope) -> ConfigPlan:
    """What the processes of a worker pod read at their start; a change makes a new ConfigMap."""
    settings = _settings(scope)
    text = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    name = names.content_named(names.RUNTIME_CONFIG, text.encode())
    sources = (*scalars(settings), scope.spec.executor.fresh_venv)
    return ConfigPlan(
        name=derived("modelops-runtime-<hash of the settings>", name, *sources),
        file=dask.CONFIG_FILE,
        text=derived("the settings of the runtime, as JSON", text, *sources),
    )


def _settings(scope: Scope) -> dict[str, Any]:
    spec, executor = scope.spec, scope.spec.executor
    return {
        "apiVersion": API_VERSION,
        "kind": "RuntimeConfig",
        "environment": scope.environment.name,
        "workspace": scope.workspace.name,
        "dask": {
            "schedulerAddress": dask.scheduler_address(scope.namespace),
            "processes": spec.workers.processes,
            "threads": spec.workers.threads,
            "memoryLimitBytes": resources.process_memory(spec.workers),
            "drainSeconds": resources.drain(spec),
            "workerPort": dask.WORKER_PORT,
            "nannyPort": dask.NANNY_PORT,
            "spillDirectory": dask.SPILL_DIRECTORY,
        },
        "executor": {
            "type": executor.type,
            "freshVenv": bool(executor.fresh_venv),
            "maxWarmProcesses": resources.warm_processes(spec),
            "warmProcessMemoryBytes": executor.warm_process_memory,
            "timeoutSeconds": executor.timeout,
        },
        "bundles": _bundles(scope, spec.bundles),
        "results": _results(scope),
    }


def _results(scope: Scope) -> dict[str, Any]:
    results = scope.spec.results
    if isinstance(results, BlobResults):
        return {
            "kind": results.kind,
            "endpoint": blob_endpoint(scope),
            "container": results.container,
            "prefix": scope.workspace.name,
        }
    return {
        "kind": results.kind,
        "directory": dask.RESULTS_DIRECTORY,
        "sizeBytes": results.size,
    }


def _bundles(scope: Scope, bundles: Bundles) -> dict[str, Any]:
    cache = {"cacheDirectory": dask.CACHE_DIRECTORY, "cacheBytes": bundles.cache}
    if bundles.source == BundleSource.FILE:
        return {"source": "file", "directory": BUNDLES_DIRECTORY, **cache}
    return {"source": "oci", "registry": bundle_registry(scope), **cache}
