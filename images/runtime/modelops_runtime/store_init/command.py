"""The command `store-init`: environment and run file come in, an exit code leaves."""

import argparse
import logging
import os
from collections.abc import Mapping, Sequence

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import (
    NotConfigured,
    Refused,
    Settings,
    Unreachable,
    connect,
)
from modelops_runtime.central_store.databases import make_database
from modelops_runtime.central_store.optuna_schema import OtherDirection, make_study
from modelops_runtime.central_store.run_store import MountedRun, mounted_run, store_of
from modelops_runtime.central_store.schema import FromTheFuture
from modelops_runtime.exit_status import ExitStatus

WAITING = 300.0
"""Seconds for a server to come up: its disk may have to be attached first."""

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Make the store of this run."""
    called = parsed(arguments)
    try:
        _make(os.environ, called)
    except (NotConfigured, Refused, OtherDirection, FromTheFuture) as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except Unreachable as error:
        LOG.error(str(error))  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    except (psycopg.OperationalError, SQLAlchemyError) as error:
        LOG.error("the store was lost while it was made: %s", error)  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    return ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime store-init",
        description="Make the tables and the study of this run, where they are missing.",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=WAITING,
        metavar="SECONDS",
        help=f"how long the server may take to come up ({WAITING:g})",
    )
    parser.add_argument(
        "--create-database",
        action="store_true",
        help="make the database, too, where it is missing",
    )
    return parser.parse_args(arguments)


def _make(environment: Mapping[str, str], called: argparse.Namespace) -> None:
    mounted = mounted_run(environment)
    store = store_of(mounted.config, environment)
    if called.create_database:
        make_database(store, called.timeout)
    _make_tables(mounted, store, called.timeout)
    make_study(store, mounted.config.study, mounted.config.direction)
    LOG.info("the store is made", extra={"run": mounted.config.run, "study": mounted.config.study})


def _make_tables(mounted: MountedRun, store: Settings, patience: float) -> None:
    with connect(store, patience) as connection:
        schema.make(connection)
        schema.register(connection, mounted.config.study, mounted.text)
