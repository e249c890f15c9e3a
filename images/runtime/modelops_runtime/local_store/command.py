"""The command `local-store`: a folder or a DSN comes in, a line of JSON and an exit code leave."""

import argparse
import json
import logging
import os
import select
import signal
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from modelops_runtime.central_store.connection import NotConfigured, Refused, Unreachable
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.local_store.address import Address
from modelops_runtime.local_store.embedded import (
    EmbeddedStore,
    InUse,
    NotStarted,
    embedded_store,
)
from modelops_runtime.local_store.named import named_store
from modelops_runtime.results.whole_files import put_whole

DSN = "MODELOPS_STORE_DSN"

PAUSE = 0.2
"""Seconds between two looks at whether the server runs, and whether anybody needs it."""

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Have a store, and tell where it is."""
    called = parsed(arguments)
    dsn = called.dsn or os.environ.get(DSN)
    try:
        if not dsn:
            return _embedded(called.directory.absolute(), called.ready_file)
        called.directory.mkdir(parents=True, exist_ok=True)
        _tell(named_store(dsn, called.directory.absolute(), os.environ), called.ready_file)
    except (NotConfigured, Refused) as error:
        LOG.error(str(error))  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except (InUse, NotStarted) as error:
        LOG.error(str(error))  # noqa: TRY400 -- as above
        return ExitStatus.REFUSED
    except Unreachable as error:
        LOG.error(str(error))  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    return ExitStatus.DONE


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime local-store",
        description="Have a Postgres in a folder, as long as this program runs.",
    )
    parser.add_argument(
        "--directory",
        type=Path,
        required=True,
        metavar="DIRECTORY",
        help="of the data, and of the password's file",
    )
    parser.add_argument(
        "--dsn",
        metavar="DSN",
        help=f"use this server instead, and end at once; {DSN} says the same unseen",
    )
    parser.add_argument(
        "--ready-file", type=Path, metavar="FILE", help="where the line of JSON is written, too"
    )
    return parser.parse_args(arguments)


def _embedded(directory: Path, ready_file: Path | None) -> ExitStatus:
    """Have a server until nobody needs it.

    Raises:
        InUse: another process has one there.
        NotStarted: it did not start.
    """
    wanted = _Wanted()
    with embedded_store(directory) as store:
        _tell(store.address, ready_file)
        return _until_done(store, wanted)


def _tell(address: Address, ready_file: Path | None) -> None:
    line = json.dumps(address.as_json())
    if ready_file is not None:
        put_whole(ready_file, f"{line}\n".encode())
    print(line, flush=True)


class _Wanted:
    """Whether the store is still needed: a signal or the end of a pipe says that it is not."""

    def __init__(self) -> None:
        self._signalled = False
        # A signal is noted and no more, so that it never interrupts a start or a stop.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)
        self._pipe = _pipe()

    def _note(self, _signal: int, _frame: FrameType | None) -> None:
        self._signalled = True

    def after_a_pause(self) -> bool:
        """Whether it is, a moment later."""
        readable, _, _ = select.select(self._pipe, [], [], PAUSE)
        ended = any(not os.read(descriptor, 4096) for descriptor in readable)
        return not (self._signalled or ended)


def _pipe() -> list[int]:
    """The standard input, if somebody may close it."""
    try:
        descriptor = sys.stdin.fileno()
        mode = os.fstat(descriptor).st_mode
    except (AttributeError, OSError, ValueError):
        return []
    return [descriptor] if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else []


def _until_done(store: EmbeddedStore, wanted: _Wanted) -> ExitStatus:
    while wanted.after_a_pause():
        if not store.runs:
            LOG.error(
                "the store's server has ended by itself; its log is in the folder of its data"
            )
            return ExitStatus.TRY_AGAIN
    return ExitStatus.DONE
