"""The command `adaptive-worker`: arguments and environment come in, an exit code leaves."""

import argparse
import logging
import os
import socket
from collections.abc import Mapping, Sequence
from functools import partial

from prometheus_client import start_http_server

from modelops_runtime.adaptive_worker.clock import ProcessClock
from modelops_runtime.adaptive_worker.goodbye import say_goodbye
from modelops_runtime.adaptive_worker.memory import keep_memory
from modelops_runtime.adaptive_worker.parts import NoStore, search
from modelops_runtime.algorithms.discovery import UnknownAlgorithm
from modelops_runtime.algorithms.protocol import Conflict, Unavailable
from modelops_runtime.algorithms.protocol import Refused as AlgorithmRefused
from modelops_runtime.central_store.connection import NotConfigured, Unreachable
from modelops_runtime.central_store.connection import Refused as StoreRefused
from modelops_runtime.central_store.run_store import mounted_run
from modelops_runtime.central_store.schema import FromTheFuture, NotMade
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.loop import Limits
from modelops_runtime.search.run import Run
from modelops_runtime.search.watching import Watching
from modelops_runtime.simulation import dask
from modelops_runtime.simulation.delivery import NotDelivered
from modelops_runtime.simulation.service import ServiceLost

SCHEDULER = "DASK_SCHEDULER_ADDRESS"
POD = "POD_NAME"
GRACE = "MODELOPS_GRACE_SECONDS"

METRICS_PORT = 8791

GRACE_SECONDS = 120.0
"""What a pod has to end in, where the environment does not say."""

USED = 5 / 6
"""How much of it trials may still take; in the rest, what is known is written."""

CONNECTING = 10.0
"""Seconds for a scheduler to answer."""

HOPELESS = (
    AlgorithmRefused,
    Conflict,
    FromTheFuture,
    NoStore,
    NotConfigured,
    StoreRefused,
    UnknownAlgorithm,
)
"""Only another configuration helps."""

PASSING = (NotDelivered, NotMade, ServiceLost, Unavailable, Unreachable)
"""Another time it may be better."""

ENDS = {
    Outcome.FINISHED: ExitStatus.DONE,
    Outcome.STOPPED: ExitStatus.TERMINATED,
    Outcome.OVERDUE: ExitStatus.TRY_AGAIN,
}

LOG = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> ExitStatus:
    """Search until the run has ended, or this worker is to end before."""
    called = parsed(arguments)
    keep_memory()
    clock = ProcessClock()
    clock.listen()
    try:
        outcome = _searched(called.metrics_port, clock, os.environ)
    except HOPELESS as error:
        LOG.error("the run cannot be searched: %s", error)  # noqa: TRY400 -- the message says it all
        return ExitStatus.MISCONFIGURED
    except PASSING as error:
        LOG.error("this worker gives up, and is to be started again: %s", error)  # noqa: TRY400 -- as above
        return ExitStatus.TRY_AGAIN
    LOG.info("ends", extra={"outcome": outcome.name.lower()})
    return ENDS[outcome]


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments, taken apart; ends the program where they are wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m modelops_runtime adaptive-worker",
        description="Search for the parameters of a run, together with its other workers.",
    )
    parser.add_argument(
        "--metrics-port",
        type=int,
        default=METRICS_PORT,
        metavar="PORT",
        help=f"where metrics are served; 0: any that is free (default: {METRICS_PORT})",
    )
    return parser.parse_args(arguments)


def _searched(port: int, clock: ProcessClock, environment: Mapping[str, str]) -> Outcome:
    mounted = mounted_run(environment)
    config = mounted.config
    limits = Limits(clock.now() + config.deadline_seconds, _grace(environment))
    _serve_metrics(port, config)
    watching = Watching(config)
    run = Run(
        config=config,
        text=mounted.text,
        worker=environment.get(POD) or f"{socket.gethostname()}-{os.getpid()}",
        clock=clock,
        limits=limits,
        cluster=_cluster(config, environment),
        watchers=(watching.saw,),
    )
    outcome = search(run, watching, environment)
    if outcome is Outcome.FINISHED:
        say_goodbye(config, environment)
    return outcome


def _serve_metrics(port: int, config: RunConfig) -> None:
    """Serve them from now on.

    Raises:
        NotConfigured: the port cannot be had.
    """
    try:
        server, _thread = start_http_server(port)
    except (OSError, OverflowError) as error:
        raise NotConfigured(f"no metrics at port {port} (--metrics-port): {error}") from error
    LOG.info("serves metrics", extra={"run": config.study, "port": server.server_port})


def _grace(environment: Mapping[str, str]) -> float:
    """Seconds that trials may take once the worker is to end.

    Raises:
        NotConfigured: it is no number.
    """
    text = environment.get(GRACE) or str(GRACE_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise NotConfigured(f"{GRACE} is `{text}`: it is to be a number of seconds")
    return seconds * USED


def _cluster(config: RunConfig, environment: Mapping[str, str]) -> "partial[dask.DaskService]":
    address = environment.get(SCHEDULER) or config.scheduler_address
    return partial(dask.connected, address, config.study, patience=CONNECTING)
