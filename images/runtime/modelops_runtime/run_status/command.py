"""The command `run-status`: environment and run file come in, lines of JSON leave."""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import psycopg

from modelops_runtime.central_store.connection import (
    NotConfigured,
    Refused,
    Settings,
    Unreachable,
    connect,
)
from modelops_runtime.central_store.progress import Progress, as_json, progress_in_store
from modelops_runtime.central_store.run_store import mounted_run, store_of
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.exit_status import ExitStatus

PATIENCE = 5.0
"""Seconds for a server to answer: somebody waits."""

UNREACHABLE = "unreachable"
"""The state that nobody knows."""

Line = dict[str, Any]

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Print how far the run is, once or again and again."""
    called = parsed(arguments)
    try:
        mounted = mounted_run(os.environ)
        store = store_of(mounted.config, os.environ)
        line = _asked(store, mounted.config, None)
        while called.follow is not None:
            _print(line)
            time.sleep(called.follow)
            line = _asked(store, mounted.config, line)
        _print(line)
    except (NotConfigured, Refused) as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except BrokenPipeError:
        # Nobody reads any more; Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.DONE
    return ExitStatus.TRY_AGAIN if line["state"] == UNREACHABLE else ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime run-status",
        description="Print how far this run is, as one line of JSON.",
    )
    parser.add_argument(
        "--follow", type=float, metavar="SECONDS", help="print it again after so many, for ever"
    )
    return parser.parse_args(arguments)


def _asked(store: Settings, run: RunConfig, before: Line | None) -> Line:
    """How far the run is; where the store does not answer, what it said before.

    Raises:
        Refused: it does not let us in.
    """
    try:
        return as_json(run, _progress(store, run))
    except (Unreachable, psycopg.OperationalError) as error:
        LOG.warning(str(error))
        return {**(before or _unknown(run)), "state": UNREACHABLE}


def _progress(store: Settings, run: RunConfig) -> Progress | None:
    """How far it is; None where the store is not made yet."""
    with connect(store, PATIENCE, "modelops run-status") as connection:
        try:
            return progress_in_store(connection, run)
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            return None


def _unknown(run: RunConfig) -> Line:
    """The line with nothing but what the run file says."""
    line = as_json(run, None)
    return {**dict.fromkeys(line), "run": run.run, "study": run.study, "mode": run.mode.value}


def _print(line: Line) -> None:
    print(json.dumps(line), flush=True)
