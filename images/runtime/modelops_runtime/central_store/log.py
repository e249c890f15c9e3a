"""Part of `central_store`: the event log of a study, what is appended and what is replayed.

Appending is one statement, so one round trip and one transaction for as many events as there are:
all of them are in the log afterwards, in their order, or none. Whose right it is to append is
decided by the connection: `leadership` has the one that may, where there is a leader.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import psycopg

from modelops_runtime.central_store.connection import PATIENCE, Settings, Unreachable, connect
from modelops_runtime.central_store.events import Event, Row, as_row, from_row

# In binary, which no text has to be escaped for: three times as fast.
APPEND = """
    INSERT INTO modelops.events (study, kind, number, status, loss, body)
    SELECT %b::text, kind, number, status, loss, body
    FROM unnest(%b::text[], %b::integer[], %b::text[], %b::double precision[], %b::text[])
        WITH ORDINALITY AS event (kind, number, status, loss, body, place)
    ORDER BY place
"""

REPLAY = """
    SELECT position, at, kind, number, status, loss, body
    FROM modelops.events
    WHERE study = %s AND position > %s
    ORDER BY position
    LIMIT %s
"""

PAGE = 5_000
"""Rows that are fetched at once: some megabytes."""


LOST = (psycopg.OperationalError, psycopg.InterfaceError)
"""What a connection says that is lost, and a server that cannot write."""


@dataclass(frozen=True, slots=True)
class Record:
    """An event in its log.

    Attributes:
        position: greater than those before; not without gaps.
        at: when it was appended, by the clock of the store.
    """

    position: int
    at: datetime
    event: Event


class Log(Protocol):
    """The events of a study, in order."""

    def append(self, events: Sequence[Event]) -> None:
        """Append all of them; they are safe when this returns."""

    def records(self, after: int = 0) -> Iterator[Record]:
        """Those behind a position, each with its place and time."""

    def replay(self) -> Iterator[Event]:
        """All of them."""


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryLog:
    """A log that ends with its process, for a search that no store remembers."""

    def __init__(self, clock: Callable[[], datetime] = _now) -> None:
        """Begin an empty log; the clock gives the time of each event."""
        self._clock = clock
        self._records: list[Record] = []

    def append(self, events: Sequence[Event]) -> None:
        """Append all of them."""
        first = len(self._records) + 1
        # As they would come back from a store: what is no JSON fails here too.
        self._records += [
            Record(position, self._clock(), from_row(as_row(event)))
            for position, event in enumerate(events, first)
        ]

    def records(self, after: int = 0) -> Iterator[Record]:
        """Those behind a position, each with its place and time."""
        return iter(self._records[after:])

    def replay(self) -> Iterator[Event]:
        """All of them."""
        return (record.event for record in self.records())


class EventLog:
    """A study's log in Postgres, over a connection that somebody else keeps."""

    def __init__(self, connection: psycopg.Connection, study: str) -> None:
        """Take the log of a study."""
        self._connection = connection
        self._study = study

    def append(self, events: Sequence[Event]) -> None:
        """Append all of them; they are safe when this returns.

        Raises:
            psycopg.Error: they are not, or nobody knows.
        """
        if events:
            _append(self._connection, self._study, events)

    def records(self, after: int = 0) -> Iterator[Record]:
        """Those behind a position, each with its place and time."""
        while page := self._connection.execute(REPLAY, [self._study, after, PAGE]).fetchall():
            for position, at, *row in page:
                yield Record(position, at, from_row(Row(*row)))
            after = page[-1][0]

    def replay(self) -> Iterator[Event]:
        """All of them."""
        return (record.event for record in self.records())


class SharedLog:
    """A study's log in Postgres that several workers append to, where none of them leads.

    A connection that was lost is made anew, and what it did not confirm is appended again: an event
    may stand in it twice, and the first counts.
    """

    def __init__(self, settings: Settings, study: str, patience: float = PATIENCE) -> None:
        """Take the log of a study; it connects when it has to."""
        self._settings = settings
        self._study = study
        self._patience = patience
        self._connection: psycopg.Connection | None = None

    def append(self, events: Sequence[Event]) -> None:
        """Append all of them; they are safe when this returns.

        Raises:
            Unreachable: the store did not come back in time, or cannot be written.
        """
        if not events:
            return
        try:
            _append(self._connected(), self._study, events)
        except LOST:
            self.close()
            self._append_again(events)

    def records(self, after: int = 0) -> Iterator[Record]:
        """Those behind a position, each with its place and time."""
        return EventLog(self._connected(), self._study).records(after)

    def replay(self) -> Iterator[Event]:
        """All of them."""
        return EventLog(self._connected(), self._study).replay()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _append_again(self, events: Sequence[Event]) -> None:
        try:
            _append(self._connected(), self._study, events)
        except LOST as error:
            raise Unreachable(f"the store cannot be written: {error}") from error

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._settings, self._patience)
        return self._connection


def _append(connection: psycopg.Connection, study: str, events: Sequence[Event]) -> None:
    rows = [as_row(event) for event in events]
    connection.execute(
        APPEND,
        [
            study,
            [row.kind for row in rows],
            [row.number for row in rows],
            [row.status for row in rows],
            [row.loss for row in rows],
            [row.body for row in rows],
        ],
    )
