"""Part of `search`: the results of a run, brought to where they are kept, and the end of its log.

Only workers of the cluster can write where results are kept, so one of them writes the files. What
was not delivered is delivered by whoever comes next: all of it is in the log.
"""

import logging
from collections.abc import Callable, Iterable
from urllib.parse import quote

from modelops_runtime.central_store.events import Ended, Ending
from modelops_runtime.central_store.log import Log, Record
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.run_results.files import result_files
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.run import Run
from modelops_runtime.simulation.service import ServiceLost

PATIENCE = 120.0
"""Seconds in which the cluster may come back to take the results."""

PAUSE = 1.0

OVERDUE = "the deadline of the run was over before all of its trials were told"

LOG = logging.getLogger(__name__)


def conclude(run: Run, outcome: Outcome, log: Log, ping: Callable[[], None]) -> None:
    """Deliver the results, and write down how the run ended.

    Args:
        run: which has ended.
        outcome: why.
        log: of the run.
        ping: makes sure, now and then, that the log is still ours.

    Raises:
        ServiceLost: the cluster did not come back in time.
        NotDelivered: it cannot keep them.
    """
    location = _delivered(run, list(log.records()), ping)
    finished = outcome is Outcome.FINISHED
    ended = (
        Ended(Ending.FINISHED, location) if finished else Ended(Ending.FAILED, location, OVERDUE)
    )
    log.append([ended])
    LOG.info("the run has ended", extra={"run": run.config.study, "results": location})


def place(config: RunConfig) -> str:
    """Where the results of a run are, below the place for all results."""
    folder = f"runs/{config.environment}/{config.run}"
    return f"{folder}/restart-{quote(config.restart, safe='')}" if config.restart else folder


def _delivered(run: Run, records: Iterable[Record], ping: Callable[[], None]) -> str:
    files = result_files(records, run.config, run.text)
    ping()
    until = run.clock.now() + PATIENCE
    while True:
        try:
            service = run.cluster()
            try:
                return service.deliver(files, place(run.config))
            finally:
                service.close()
        except ServiceLost as error:
            if run.clock.now() >= until:
                raise
            LOG.warning("nobody takes the results", extra={"why": str(error)})
        run.clock.sleep(PAUSE)
        ping()
