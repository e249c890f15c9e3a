"""Part of `search`: to wait for the lead, and to do something as long as one has it."""

import logging
from collections.abc import Callable
from typing import Protocol

from modelops_runtime.central_store.connection import Unreachable
from modelops_runtime.central_store.leadership import LeadershipLost
from modelops_runtime.central_store.log import Log, MemoryLog
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.loop import Journal
from modelops_runtime.search.run import Run

STANDING_BY = 1.0
"""Seconds between two looks at whether this worker is to stop, while another leads."""

AWAY = 300.0
"""Seconds that the store may be away before a worker gives up, and is started anew."""

LOG = logging.getLogger(__name__)


class LeadersLog(Log, Journal, Protocol):
    """A log, as its leader has it."""


class Lead(Protocol):
    """The right to write the log."""

    def waiting(self, seconds: float) -> bool:
        """Whether this worker has it, after as many attempts as there is time for.

        Raises:
            Unreachable: the store does not answer.
        """

    @property
    def log(self) -> LeadersLog:
        """The log, for whoever leads."""

    def resign(self) -> None:
        """Let go of it; without it, this does nothing."""


class OwnLog(MemoryLog):
    """The log of a search that only this process knows of."""

    def ping(self) -> None:
        """It is ours."""


class Alone:
    """The lead of the only worker that there is."""

    def __init__(self) -> None:
        self.log = OwnLog()

    def waiting(self, seconds: float) -> bool:  # noqa: ARG002 -- nobody is waited for
        """It leads."""
        return True

    def resign(self) -> None:
        """Nobody else could have it."""


def as_leader(run: Run, lead: Lead, act: Callable[[LeadersLog], Outcome]) -> Outcome:
    """Stand by, and act whenever nobody else does, until that is done or this worker is to leave.

    Args:
        run: whose.
        lead: of it.
        act: what to do with the log; begun anew when the lead was lost and is had again.

    Raises:
        Unreachable: the store is away for too long.
        Exception: whatever else the store or the act raise.
    """
    seen = run.clock.now()
    while (outcome := _leaving(run)) is None:
        try:
            if lead.waiting(STANDING_BY):
                return _led(run, lead, act)
        except LeadershipLost as error:
            LOG.warning("the lead is lost", extra={"run": run.config.study, "why": str(error)})
        except Unreachable as error:
            if run.clock.now() > seen + AWAY:
                raise
            LOG.warning("the store is away", extra={"run": run.config.study, "why": str(error)})
            continue
        seen = run.clock.now()
    return outcome


def _led(run: Run, lead: Lead, act: Callable[[LeadersLog], Outcome]) -> Outcome:
    LOG.info("leads", extra={"run": run.config.study, "worker": run.worker})
    try:
        return act(lead.log)
    finally:
        lead.resign()


def _leaving(run: Run) -> Outcome | None:
    if run.clock.stopped() is not None:
        return Outcome.STOPPED
    return Outcome.OVERDUE if run.clock.now() >= run.limits.deadline else None
