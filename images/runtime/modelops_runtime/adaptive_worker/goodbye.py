"""Part of `adaptive-worker`: what a pod leaves behind of a run that has ended well.

A pod that has ended cannot be asked any more; but Kubernetes keeps what it wrote into one file.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from modelops_runtime.central_store.connection import Refused, Unreachable, connect
from modelops_runtime.central_store.progress import as_json, progress_in_store
from modelops_runtime.central_store.run_store import store_of
from modelops_runtime.configuration.run import RunConfig

FILE = Path("/dev/termination-log")

LONGEST = 4096
"""Bytes that Kubernetes keeps."""

LOG = logging.getLogger(__name__)


def say_goodbye(config: RunConfig, environment: Mapping[str, str], file: Path = FILE) -> None:
    """Write how far the run is, as `run-status` says it, where there is such a file and a store."""
    if config.store is None or not file.exists():
        return
    try:
        with connect(store_of(config, environment)) as connection:
            line = as_json(config, progress_in_store(connection, config))
        file.write_text(fitting(line), encoding="utf-8")
    except (OSError, psycopg.Error, Refused, Unreachable) as error:
        LOG.warning("nothing is left behind", extra={"why": str(error)})


def fitting(line: Mapping[str, Any]) -> str:
    """The line, without what is too long for the file."""
    for left_out in ((), ("lastError",), ("lastError", "best")):
        text = json.dumps({**line, **dict.fromkeys(left_out)})
        if len(text.encode()) <= LONGEST:
            break
    return text
