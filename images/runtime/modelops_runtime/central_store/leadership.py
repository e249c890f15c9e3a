"""Part of `central_store`: the right to write a study's log, which one session has at a time.

It is a lock of Postgres that belongs to a session, and the log is written in that session alone.
So whoever has lost the lock, because its machine slept or its session was ended, has lost the
session too, and cannot write a word: no clock is compared, and no token can be late. A session is
never made anew behind its owner's back; after a loss there is a new leadership and a replay, or
none.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from modelops_runtime.central_store.connection import PATIENCE, Settings, connect
from modelops_runtime.central_store.events import Event
from modelops_runtime.central_store.log import EventLog, Record
from modelops_runtime.central_store.schema import NotMade
from modelops_runtime.contracts.identity import uint64

SILENCE = 120.0
"""Seconds until Postgres ends the session of a leader that says nothing."""

PAUSE = 1.0
"""Seconds between two attempts of who stands by."""

LOCK = "SELECT pg_try_advisory_lock(%s)"

LED = """
    UPDATE modelops.runs SET leader = %s, led_since = clock_timestamp() WHERE study = %s
"""

SESSION = """
    SELECT set_config('idle_session_timeout', %s, false),
        set_config('synchronous_commit', 'on', false),
        set_config('tcp_keepalives_idle', '10', false),
        set_config('tcp_keepalives_interval', '5', false),
        set_config('tcp_keepalives_count', '3', false)
"""
"""A leader that hangs, or whose machine is gone, makes room; and what it appended is on a disk."""


BROKEN = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.InternalError)
"""What a lost session says, and a server that cannot write: a full disk, or a standby."""


class LeadershipLost(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """Another worker may lead by now: nothing may be written any more."""


class Leadership:
    """One worker's part in the election of a study's leader."""

    def __init__(
        self,
        settings: Settings,
        study: str,
        worker: str,
        *,
        silence: float = SILENCE,
        patience: float = PATIENCE,
    ) -> None:
        """Stand for the leadership of a study.

        Args:
            settings: where its store is.
            study: its name.
            worker: what others call this one.
            silence: seconds without a word after which the server takes the lead away.
            patience: seconds in which the server may come up.
        """
        self._settings = settings
        self._study = study
        self._worker = worker
        self._silence = silence
        self._patience = patience
        self._session: psycopg.Connection | None = None
        self._log: LeadersLog | None = None

    def tried(self) -> bool:
        """Whether this worker leads, after one attempt to.

        Raises:
            Refused: the store does not let us in.
            Unreachable: it was not there in time.
            NotMade: it is not made for this study.
        """
        session = self._connected()
        if self._log is not None:
            return True
        try:
            won = self._won(session)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self.resign()
            return False
        if won:
            self._log = LeadersLog(session, self._study)
        return won

    def waiting(self, seconds: float) -> bool:
        """The same, after as many attempts as there is time for."""
        deadline = time.monotonic() + seconds
        while not (leads := self.tried()) and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(PAUSE, left))
        return leads

    @property
    def log(self) -> "LeadersLog":
        """The study's log, to be written as long as this worker leads.

        Raises:
            LeadershipLost: it does not.
        """
        if self._log is None:
            raise LeadershipLost(f"`{self._worker}` does not lead the study `{self._study}`")
        return self._log

    def ping(self) -> None:
        """Say that this worker is there; to be said at least every quarter of the silence.

        Raises:
            LeadershipLost: it does not lead any more.
        """
        self.log.ping()

    def resign(self) -> None:
        """Let go of the lead and of the connection, at once; without them it does nothing."""
        session, self._session, self._log = self._session, None, None
        if session is not None:
            session.close()

    def _connected(self) -> psycopg.Connection:
        """The session; a new one, without the lead, where the last one is lost."""
        if self._session is None or self._session.closed:
            self._log = None
            self._session = connect(self._settings, self._patience)
        return self._session

    def _won(self, session: psycopg.Connection) -> bool:
        row = session.execute(LOCK, [lock_key(self._study)]).fetchone()
        if row is None or not row[0]:
            return False
        session.execute(SESSION, [f"{round(1000 * self._silence)}ms"])
        try:
            found = session.execute(LED, [self._worker, self._study]).rowcount
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            found = 0
        if not found:
            self.resign()
            raise NotMade(
                f"the store is not made for the study `{self._study}`: store-init does it"
            )
        return True


class LeadersLog:
    """A study's log, as its leader has it: bound to the one session that the lock belongs to."""

    def __init__(self, session: psycopg.Connection, study: str) -> None:
        """Take the log of a study."""
        self._session = session
        self._study = study
        self._log = EventLog(session, study)

    def append(self, events: Sequence[Event]) -> None:
        """Append all of them; they are safe when this returns.

        Raises:
            LeadershipLost: they may not be; whoever leads next finds all of them, or none.
        """
        with self._speaking():
            self._log.append(events)

    def records(self, after: int = 0) -> Iterator[Record]:
        """Those behind a position, each with its place and time.

        Raises:
            LeadershipLost: as above.
        """
        with self._speaking():
            yield from self._log.records(after)

    def replay(self) -> Iterator[Event]:
        """All of them."""
        return (record.event for record in self.records())

    def ping(self) -> None:
        """Say that the leader is there.

        Raises:
            LeadershipLost: it is not any more.
        """
        with self._speaking():
            self._session.execute("SELECT")

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        """Within, whatever breaks the session ends it for good.

        Raises:
            LeadershipLost: something did, now or before.
        """
        try:
            yield
        except BROKEN as error:
            self._session.close()
            raise LeadershipLost(
                f"the lead of the study `{self._study}` is lost: {error}"
            ) from error


def lock_key(study: str) -> int:
    """The number of the lock of a study's leader, as Postgres counts: from -2^63 on."""
    return uint64(f"modelops leader of {study}") - 2**63
