"""Part of `optuna_adapter`: who works on which trial, in a table that several processes share.

The table is made with the store. A row is there from the first proposal of a trial until it is
told; the clock is the database's, because those of the workers differ. Each function is one
statement within the transaction that it is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

STALLED = 300
"""Seconds after which the server ends a transaction of which nothing is heard.

A machine that is gone without a word would otherwise keep all others from asking.
"""

TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))")
PATIENCE = text(f"SET LOCAL idle_in_transaction_session_timeout = '{STALLED}s'")

# A trial that is told at this moment has its row locked, and no lease any more once that is done.
FREE = text(
    "SELECT number FROM trials JOIN studies USING (study_id)"
    " WHERE study_name = :study AND state = 'RUNNING' AND number = ANY(:numbers)"
    "  AND NOT EXISTS (SELECT FROM modelops.leases AS held WHERE held.study = :study"
    "   AND held.number = trials.number AND held.expires_at > clock_timestamp())"
    " ORDER BY number LIMIT :count FOR UPDATE OF trials SKIP LOCKED"
)
CLAIM = text(
    "INSERT INTO modelops.leases AS held (study, number, holder, attempt, expires_at)"
    " SELECT :study, number, :holder, 0, clock_timestamp() + make_interval(secs => :seconds)"
    " FROM unnest(CAST(:numbers AS integer[])) AS number"
    " ON CONFLICT (study, number) DO UPDATE SET holder = excluded.holder,"
    "  attempt = held.attempt + 1, expires_at = excluded.expires_at"
    "  WHERE held.expires_at <= clock_timestamp()"
    " RETURNING number, attempt"
)
RENEW = text(
    "UPDATE modelops.leases SET expires_at = clock_timestamp() + make_interval(secs => :seconds)"
    " WHERE study = :study AND number = ANY(:numbers) AND holder = :holder RETURNING number"
)
RELEASE = text(
    "UPDATE modelops.leases SET holder = '', expires_at = '-infinity'"
    " WHERE study = :study AND number = ANY(:numbers) AND holder = :holder"
)
LAPSED = text(
    "INSERT INTO modelops.leases (study, number, holder, attempt, expires_at)"
    " VALUES (:study, :number, '', :attempt, '-infinity') ON CONFLICT DO NOTHING"
)
END = text("DELETE FROM modelops.leases WHERE study = :study AND number = :number")


@dataclass(frozen=True, slots=True)
class LeaseTable:
    """The leases of a study, for one of those who hold them.

    Attributes:
        study: the name of the study.
        holder: whose leases these are.
        seconds: how long one lasts.
    """

    study: str
    holder: str
    seconds: float

    def take_turn(self, session: Session) -> None:
        """Be alone until the end of the transaction, among those who make trials of the study."""
        session.execute(PATIENCE)
        session.execute(TURN, {"what": f"ask {self.study}"})

    def claim(self, session: Session, numbers: Sequence[int], count: int) -> list[tuple[int, int]]:
        """Lease so many of the trials that nobody holds; each with how often it was before."""
        free = self._free(session, numbers, count)
        if not free:
            return []
        wanted = {**self._mine(free), "seconds": self.seconds}
        return sorted((row.number, row.attempt) for row in session.execute(CLAIM, wanted))

    def renew(self, session: Session, numbers: Sequence[int]) -> list[int]:
        """Begin leases anew; those that are held no more."""
        wanted = {**self._mine(numbers), "seconds": self.seconds}
        held = {row.number for row in session.execute(RENEW, wanted)}
        return [number for number in numbers if number not in held]

    def release(self, session: Session, numbers: Sequence[int]) -> None:
        """End leases."""
        session.execute(RELEASE, self._mine(numbers))

    def lapsed(self, session: Session, number: int, attempt: int) -> None:
        """Write down a lease that has ended, of a trial that was proposed elsewhere."""
        session.execute(LAPSED, {"study": self.study, "number": number, "attempt": attempt})

    def end(self, session: Session, number: int) -> None:
        """Forget the lease of a trial that is told."""
        session.execute(END, {"study": self.study, "number": number})

    def _free(self, session: Session, numbers: Sequence[int], count: int) -> list[int]:
        if not numbers or count <= 0:
            return []
        wanted = {"study": self.study, "numbers": list(numbers), "count": count}
        return [row.number for row in session.execute(FREE, wanted)]

    def _mine(self, numbers: Sequence[int]) -> dict[str, object]:
        return {"study": self.study, "holder": self.holder, "numbers": list(numbers)}
