"""Part of `search`: finished trials, copied to where Optuna looks for them.

The copy is for people and their tools; nothing is ever read back from it. So it may lag behind, and
it does: it is written in batches, by a thread of its own, over a connection of its own.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from modelops_runtime.central_store.events import Event, Told
from modelops_runtime.central_store.history import History, Trial
from modelops_runtime.central_store.log import Record
from modelops_runtime.central_store.schema import NotMade

INTERVAL = 5.0
"""Seconds between two batches."""

CLOSING = 60
"""As many of them may pass until the last batch is written."""

LOG = logging.getLogger(__name__)


class Copy(Protocol):
    """Where the trials are copied to."""

    def write(self, trials: Iterable[Trial]) -> int:
        """Write those that are finished and not there yet."""

    def close(self) -> None:
        """Let go of it."""


class WriteBehind:
    """Copies what is finished, without anybody waiting for it."""

    def __init__(self, copy: Copy, known: History, interval: float = INTERVAL) -> None:
        """Begin with all that is known; what is there already is left out."""
        self._copy = copy
        self._known = known
        self._interval = interval
        self._events: list[Event] = []
        self._finished = [trial.number for trial in known.trials.values() if trial.judgement]
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="write-behind", daemon=True)
        self._thread.start()

    def saw(self, events: Sequence[Event]) -> None:
        """Take note of what happened."""
        with self._changed:
            self._events += events

    def close(self, ping: Callable[[], None]) -> None:
        """Write what is left, as long as that takes within reason.

        Args:
            ping: is called now and then by whoever waits here.
        """
        self._end()
        for _ in range(CLOSING):
            self._thread.join(INTERVAL)
            if not self._thread.is_alive():
                return
            ping()
        LOG.warning("Optuna's tables lag behind")

    def abandon(self) -> None:
        """Wait for nothing: whoever leads next writes what is missing."""
        self._end()

    def _end(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify()

    def _run(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                closing = self._changed.wait_for(lambda: self._closing, self._interval)
                events, self._events = self._events, []
            self._take(events)
            self._write()
        self._copy.close()

    def _take(self, events: Sequence[Event]) -> None:
        now = datetime.now(UTC)
        for event in events:
            self._known.take(Record(self._known.position + 1, now, event))
            if isinstance(event, Told):
                self._finished.append(event.number)

    def _write(self) -> None:
        trials = [self._known.trials[number] for number in self._finished]
        try:
            self._copy.write(trials)
        except (SQLAlchemyError, NotMade) as error:
            LOG.warning("Optuna's tables are not written yet", extra={"why": str(error)})
            return
        self._finished.clear()
