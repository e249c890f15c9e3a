"""Part of `dask-preload`: what Dask calls when a server starts, and before it stops."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin
from distributed.core import Server

from modelops_runtime import json_logs
from modelops_runtime.azure_login.workload import NoWorkloadIdentity
from modelops_runtime.configuration.runtime import RuntimeConfig, runtime_config
from modelops_runtime.configuration.sections import Misconfigured
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.simulation import tasks
from modelops_runtime.simulation.composition import worker_of
from modelops_runtime.simulation.worker import Worker as Simulating

CONFIG_VARIABLE = "MODELOPS_CONFIG"
LEVEL_VARIABLE = "MODELOPS_LOG_LEVEL"

DASK_LOGGERS = ("distributed", "tornado", "bokeh")
"""Whose handlers write lines of another form."""

UNDER_WAY = frozenset({"executing", "long-running"})
"""States of a Dask task whose function was called."""

LOG = logging.getLogger(__name__)


class Stopping(WorkerPlugin):
    """Ends simulations that the scheduler no longer wants: Dask itself can end no thread."""

    name = "modelops-stopping"

    def __init__(self, simulating: Simulating) -> None:
        """Watch this worker."""
        self._simulating = simulating

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:  # noqa: ANN401 -- Dask's
        """A task of the worker goes from one state to another."""
        if start in UNDER_WAY and finish == "released":
            self._simulating.stop(key)


async def dask_setup(server: Server) -> None:
    """Make a server ready; ends the process where that fails."""
    try:
        configure_logs(os.environ.get(LEVEL_VARIABLE, "info"))
        if isinstance(server, Worker):
            await _made_ready(server)
    except (Misconfigured, NoWorkloadIdentity, OSError) as error:
        _end(ExitStatus.MISCONFIGURED, str(error))
    except Exception:
        LOG.exception("this is a bug in modelops_runtime")
        _end(ExitStatus.BUG, "the worker cannot be made ready")


async def dask_teardown(server: Server) -> None:
    """End what a worker still runs."""
    if isinstance(server, Worker):
        await asyncio.to_thread(tasks.installed().close)


def configure_logs(level: str) -> None:
    """From now on, every logger of the process writes JSON, from the level up.

    Raises:
        Misconfigured: there is no such level.
    """
    json_logs.configure()
    names = logging.getLevelNamesMapping()
    if level.upper() not in names:
        raise Misconfigured(f"{LEVEL_VARIABLE}: `{level}` is no level of a log")
    logging.getLogger().setLevel(names[level.upper()])
    for name in logging.getLogger().manager.loggerDict:
        if name.partition(".")[0] in DASK_LOGGERS:
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


async def _made_ready(server: Worker) -> None:
    """Let the worker simulate, as it is told."""
    config = told()
    simulating = worker_of(config, os.environ)
    tasks.install(simulating)
    await server.plugin_add(Stopping(simulating))
    LOG.info("the worker can simulate", extra={"executor": config.executor.kind.value})


def told() -> RuntimeConfig:
    """What the environment tells the workers of this process.

    Raises:
        Misconfigured: it is not as it has to be.
        OSError: the file cannot be read.
    """
    file = os.environ.get(CONFIG_VARIABLE)
    if not file:
        raise Misconfigured(f"{CONFIG_VARIABLE} is not set: it names the file with the settings")
    return runtime_config(Path(file).read_text())


def _end(status: ExitStatus, why: str) -> None:
    LOG.critical("the process ends: %s", why, extra={"exit": int(status)})
    logging.shutdown()
    # Nothing less ends it: Dask catches what is raised here, SystemExit in its own way.
    os._exit(status)
