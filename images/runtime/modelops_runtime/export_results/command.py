"""The command `export-results`: environment and run file come in, a folder of results leaves."""

import argparse
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import psycopg

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import (
    NotConfigured,
    Refused,
    Unreachable,
    connect,
)
from modelops_runtime.central_store.log import EventLog
from modelops_runtime.central_store.run_store import mounted_run, store_of
from modelops_runtime.central_store.schema import FromTheFuture, NotMade
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.run_results.folder import NoResults, write

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Write the results of this run, as far as it is."""
    called = parsed(arguments)
    try:
        _export(called.to)
    except (NotConfigured, Refused, FromTheFuture, NoResults) as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except (Unreachable, NotMade, psycopg.OperationalError) as error:
        LOG.error(str(error))  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    except OSError as error:
        LOG.error("the results cannot be written: %s", error)  # noqa: TRY400 -- as above
        return ExitStatus.REFUSED
    LOG.info("the results are written", extra={"folder": str(called.to)})
    return ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime export-results",
        description="Write what this run's store holds as tables of Parquet.",
    )
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where to; what is there is replaced",
    )
    return parser.parse_args(arguments)


def _export(folder: Path) -> None:
    mounted = mounted_run(os.environ)
    store = store_of(mounted.config, os.environ)
    with connect(store, application="modelops export-results") as connection:
        schema.checked(connection, mounted.config.study)
        records = EventLog(connection, mounted.config.study).records()
        write(records, mounted.config, mounted.text, folder)
