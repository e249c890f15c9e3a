"""The resolved specification of a run: what its workers read at their start.

Defaults are filled in, durations are seconds, and what it is bound to stands in full. The password
of the store is not in it: only the file that it will be in.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from modelops import names
from modelops.model.search import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
)
from modelops.names import API_VERSION
from modelops.plan.scope import RunScope
from modelops.planned import DaskBinding, PostgresBinding, RunConfigPlan, StoreLogin
from modelops.provenance import TracedFlag, derived, scalars

BUNDLE_REF = "BUNDLE_REF"
CONFIG_FILE = "run.json"
CONFIG_VARIABLE = "MODELOPS_RUN_CONFIG"


def run_config(
    scope: RunScope, dask: DaskBinding, store: PostgresBinding | None, password_file: str
) -> RunConfigPlan:
    """One ConfigMap with the specification, and the bundle's reference where there is one."""
    settings = _settings(scope, dask, store, password_file)
    text = json.dumps(_truthful(settings), indent=2, sort_keys=True) + "\n"
    sources = tuple(scalars(settings))
    image = scope.spec.bundle.image
    values = {
        CONFIG_FILE: derived("the resolved specification of the run, as JSON", text, *sources),
        **({BUNDLE_REF: image} if image is not None else {}),
    }
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return RunConfigPlan(
        name=names.run_config(scope.namespace),
        values=values,
        digest=derived("a hash of the run's specification", digest, *sources),
    )


def _settings(
    scope: RunScope, dask: DaskBinding, store: PostgresBinding | None, password_file: str
) -> dict[str, Any]:
    spec, algorithm = scope.spec, scope.spec.algorithm
    return {
        "apiVersion": API_VERSION,
        "kind": "RunConfig",
        "environment": scope.environment.name,
        "run": scope.unit.name,
        "workspace": spec.workspace,
        "dask": {"schedulerAddress": dask.address},
        "bundle": {"image": spec.bundle.image, "path": spec.bundle.path},
        "model": spec.model,
        "objective": {"target": spec.objective.target, "direction": spec.objective.direction},
        "parameters": {name: _parameter(one) for name, one in sorted(spec.parameters.items())},
        "algorithm": {
            "name": algorithm.name,
            "sampler": algorithm.sampler,
            "startupTrials": algorithm.startup_trials,
            "pruner": algorithm.pruner,
            "seed": algorithm.seed,
            "options": dict(sorted(algorithm.options.items())),
        },
        "trials": spec.trials,
        "replicates": spec.replicates,
        "inFlight": spec.in_flight,
        "batch": spec.batch,
        "timeoutSeconds": spec.timeout,
        "retries": spec.retries,
        "deadlineSeconds": spec.deadline,
        "workers": {"mode": spec.workers.mode, "replicas": spec.workers.replicas},
        "store": _store(store, password_file),
        "restart": spec.restart,
    }


def _parameter(parameter: Parameter) -> Mapping[str, Any]:
    match parameter:
        case FloatParameter() | IntParameter():
            return {
                "type": parameter.type,
                "low": parameter.low,
                "high": parameter.high,
                "log": parameter.log,
            }
        case CategoricalParameter():
            return {
                "type": parameter.type,
                "choices": list(parameter.choices),
            }


def _store(store: PostgresBinding | None, password_file: str) -> Mapping[str, Any]:
    if store is None:
        return {"kind": "none"}
    return {
        "kind": "postgres",
        "host": store.host,
        "port": store.port,
        "database": store.database,
        "user": store.user,
        "sslmode": store.sslmode,
        **_login(store, password_file),
    }


def _login(store: PostgresBinding, password_file: str) -> Mapping[str, Any]:
    """How to log in; a password, where nothing is said: what is said more restarts the run."""
    if store.login == StoreLogin.PASSWORD:
        return {"passwordFile": password_file}
    return {"login": store.login}


def _truthful(tree: object) -> object:
    """The same with every truth value as one: a value that remembers is the number 1 or 0."""
    match tree:
        case Mapping():
            return {key: _truthful(value) for key, value in tree.items()}
        case list():
            return [_truthful(value) for value in tree]
        case TracedFlag():
            return bool(tree)
    return tree
