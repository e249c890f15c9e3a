"""The command `worker-drain`: arguments and environment come in, an exit code leaves."""

import argparse
import asyncio
import logging
import math
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.worker_drain import scheduler
from modelops_runtime.worker_drain.own import begun, own_workers

if TYPE_CHECKING:
    from distributed import Client

ADDRESS_VARIABLE = "DASK_SCHEDULER_ADDRESS"
POD_VARIABLE = "POD_NAME"

CONNECTING = 10.0
"""Seconds for a scheduler to answer: one that was restarted knows of no task."""

PAUSE = 0.5
"""Seconds between two looks at what still runs."""

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Drain this pod's workers, and end by the deadline, whatever became of them."""
    called = parsed(arguments)
    missing = [name for name in (ADDRESS_VARIABLE, POD_VARIABLE) if not os.environ.get(name)]
    if missing:
        LOG.error("not set: %s", ", ".join(missing))
        return ExitStatus.WRONG_INVOCATION
    return asyncio.run(_within(called.timeout, os.environ))


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime worker-drain",
        description="Let this pod's Dask workers finish what they began, and leave the scheduler.",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        required=True,
        metavar="SECONDS",
        help="how long all of it may take",
    )
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"`{text}` is no number of seconds")
    return seconds


async def _within(seconds: float, environment: Mapping[str, str]) -> ExitStatus:
    deadline = asyncio.timeout(seconds)
    try:
        async with deadline:
            await _drained(environment[ADDRESS_VARIABLE], environment[POD_VARIABLE])
    except OSError as error:
        if deadline.expired():
            LOG.error("the time is over: what still runs is lost, and begins again elsewhere")  # noqa: TRY400 -- the message says it all
        else:
            LOG.error("no scheduler: nothing can be drained", extra={"why": str(error)})  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    LOG.info("drained")
    return ExitStatus.DONE


async def _drained(address: str, pod: str) -> None:
    """Go on until the scheduler knows no worker of the pod: a nanny may start one anew."""
    async with scheduler.connection(address, CONNECTING) as client:
        while own := own_workers(await scheduler.workers(client), pod):
            await _once(client, own)
            await asyncio.sleep(PAUSE)


async def _once(client: "Client", own: Sequence[str]) -> None:
    """Hold the workers, and release them if nothing that they began is left."""
    kept = await scheduler.hold(client, own)
    if not kept:
        reports = await scheduler.reports(client, own)
        if owed := begun(await scheduler.processing(client, own), reports):
            LOG.info("tasks still run", extra={"tasks": owed})
            return
        kept = await scheduler.release(client, own)
    if kept:
        LOG.warning("no other worker can take the results", extra={"workers": kept})
