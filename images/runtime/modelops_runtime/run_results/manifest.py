"""Part of `run_results`: what a folder of results holds, of which run, and who made it."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from modelops_runtime.central_store.history import History
from modelops_runtime.central_store.progress import as_json, progress_of
from modelops_runtime.configuration.run import RunConfig

API_VERSION = "modelops.io/v1"
KIND = "RunResults"

PACKAGES = ("modelops-runtime", "numpy", "optuna", "pyarrow")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the folder, and how many rows it has."""

    content: bytes
    rows: int


def manifest(known: History, run: RunConfig, text: str, files: Mapping[str, Written]) -> bytes:
    """The manifest of these files, as JSON that a person may read."""
    last = max((trial.ended_at for trial in known.trials.values() if trial.ended_at), default=None)
    # Nothing here is of this moment: the same log gives the same bytes.
    told = as_json(run, progress_of(known, run, last)) if last else as_json(run, None)
    made: dict[str, Any] = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "environment": run.environment,
        "run": run.run,
        "study": run.study,
        "trials": told["trials"],
        "best": told["best"],
        "lastTrialEndedAt": last.isoformat() if last else None,
        "files": {name: _file(one) for name, one in sorted(files.items())},
        "versions": {"python": platform.python_version(), **_versions()},
        "runConfig": json.loads(text),
    }
    return f"{json.dumps(made, indent=2, ensure_ascii=False)}\n".encode()


def _file(written: Written) -> dict[str, Any]:
    return {
        "rows": written.rows,
        "bytes": len(written.content),
        "sha256": sha256(written.content).hexdigest(),
    }


def _versions() -> dict[str, str]:
    """Of the packages that are there."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
