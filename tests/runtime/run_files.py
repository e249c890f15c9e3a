"""Run files as the compiler writes them, changed where a test says so."""

import json
from pathlib import Path
from typing import Any

RUN: dict[str, Any] = {
    "algorithm": {
        "name": "optuna",
        "options": {},
        "pruner": "none",
        "sampler": "random",
        "seed": 42,
        "startupTrials": 10,
    },
    "apiVersion": "modelops.io/v1",
    "batch": 4,
    "bundle": {"image": None, "path": None},
    "dask": {"schedulerAddress": "tcp://127.0.0.1:8786"},
    "deadlineSeconds": 43200,
    "environment": "dev",
    "inFlight": 16,
    "kind": "RunConfig",
    "model": "models.sir/baseline",
    "objective": {"direction": "minimize", "target": "targets.prevalence:loss"},
    "parameters": {
        "beta": {"high": 10.0, "log": True, "low": 0.01, "type": "float"},
        "contacts": {"high": 20, "log": False, "low": 1, "type": "int"},
        "policy": {"choices": ["none", "mask", "lockdown"], "type": "categorical"},
    },
    "replicates": 3,
    "restart": "",
    "retries": 2,
    "run": "sir",
    "store": {
        "database": "optuna",
        "host": "store",
        "kind": "postgres",
        "passwordFile": "/run/secrets/store/password",
        "port": 5432,
        "sslmode": "disable",
        "user": "optuna_user",
    },
    "timeoutSeconds": 1800,
    "trials": 20,
    "workers": {"mode": "coordinated", "replicas": 2},
    "workspace": "default",
}


def run_text(**changed: Any) -> str:  # noqa: ANN401 -- JSON
    """The text of a run file; `section__key` is a key in a section."""
    run = json.loads(json.dumps(RUN))
    for path, value in changed.items():
        *sections, key = path.split("__")
        at = run
        for section in sections:
            at = at[section]
        at[key] = value
    return json.dumps(run)


def run_file(folder: Path, **changed: Any) -> dict[str, str]:  # noqa: ANN401 -- JSON
    """The variable that names such a file in a folder."""
    file = folder / "run.json"
    file.write_text(run_text(**changed), encoding="utf-8")
    return {"MODELOPS_RUN_CONFIG": str(file)}
