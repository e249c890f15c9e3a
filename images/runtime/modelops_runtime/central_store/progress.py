"""Part of `central_store`: how far a search is, asked of the store without reading all of its log.

The same can be made of a history, where there is no store; and both are one piece of JSON, which
`run-status` prints. Nothing is made or changed.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from modelops_runtime.central_store.events import Ended, Event, Failed, Row, Told, from_row
from modelops_runtime.central_store.history import History, Phase, Trial
from modelops_runtime.central_store.leadership import lock_key
from modelops_runtime.configuration.run import Direction, RunConfig
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import Scalar
from modelops_runtime.contracts.trial import TrialStatus

WINDOW = timedelta(minutes=5)
"""Over which the rate is taken."""

LONGEST = 500
"""Characters of an error."""

TRIALS = """
    WITH event AS (
        SELECT position, at, kind, number, status, loss FROM modelops.events WHERE study = %(study)s
    ), started AS (
        SELECT number, max(position) AS position FROM event WHERE kind = 'started' GROUP BY number
    ), pruned AS (
        SELECT DISTINCT event.number FROM event LEFT JOIN started USING (number)
        WHERE kind = 'reported' AND status = 'pruned'
            AND event.position > coalesce(started.position, 0)
    ), told AS (
        SELECT DISTINCT ON (number) number, at, loss,
            CASE WHEN status = 'completed' AND number IN (SELECT number FROM pruned)
                THEN 'pruned' ELSE status END AS status
        FROM event WHERE kind = 'told' ORDER BY number, position
    ), best AS (
        SELECT number, loss FROM told WHERE status = 'completed'
        ORDER BY %(sign)s * loss, number LIMIT 1
    )
    SELECT
        (SELECT count(DISTINCT number) FROM event WHERE kind = 'asked'),
        (SELECT count(*) FROM started WHERE number NOT IN (SELECT number FROM told)),
        (SELECT count(*) FROM told WHERE status = 'completed'),
        (SELECT count(*) FROM told WHERE status = 'failed'),
        (SELECT count(*) FROM told WHERE status = 'timeout'),
        (SELECT count(*) FROM told WHERE status = 'pruned'),
        (SELECT number FROM best),
        (SELECT loss FROM best),
        (SELECT min(at) FROM event WHERE kind = 'asked'),
        (SELECT array_agg(at) FROM told WHERE at > %(since)s)
"""

ASKED = """
    SELECT body FROM modelops.events
    WHERE study = %s AND kind = 'asked' AND number = %s ORDER BY position LIMIT 1
"""

LAST_ERROR = """
    SELECT kind, number, status, loss, body FROM modelops.events
    WHERE study = %s AND (kind = 'failed' OR kind = 'told' AND status IN ('failed', 'timeout'))
    ORDER BY position DESC LIMIT 1
"""

ENDED = """
    SELECT at, kind, number, status, loss, body FROM modelops.events
    WHERE study = %s AND kind IN ('ended', 'asked') ORDER BY position DESC LIMIT 1
"""

LEADER = """
    SELECT leader, led_since FROM modelops.runs
    WHERE study = %s AND leader IS NOT NULL AND EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objsubid = 1
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (classid::bigint << 32 | objid::bigint) = %s
    )
"""


@dataclass(frozen=True, slots=True)
class Best:
    """The completed trial with the best loss."""

    number: int
    loss: float
    parameters: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads, and since when."""

    worker: str
    since: datetime


@dataclass(frozen=True, slots=True)
class LastError:
    """The last attempt that failed."""

    trial: int
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many trials are how far.

    Attributes:
        asked: all that the algorithm proposed; the others are among them.
        running: those that were started and have not ended.
        completed: those that ran to their end.
        pruned: those that were ended early.
    """

    asked: int = 0
    running: int = 0
    completed: int = 0
    failed: int = 0
    timeout: int = 0
    pruned: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes:
        rate: trials that end in a second, over the last minutes.
        leader: None where nobody leads at this moment, as in a search without a leader.
        ended: how the search ended.
        ended_at: when.
    """

    counts: Counts = field(default_factory=Counts)
    best: Best | None = None
    rate: float = 0.0
    leader: Leader | None = None
    last_error: LastError | None = None
    ended: Ended | None = None
    ended_at: datetime | None = None


def progress_in_store(connection: psycopg.Connection, run: RunConfig) -> Progress:
    """How far a run's search is, as the store knows it.

    Raises:
        psycopg.errors.UndefinedTable: the store is not made.
    """
    study = run.study
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ended, ended_at = _ended(connection, study)
        now = ended_at or _one(connection, "SELECT clock_timestamp()", [])[0]
        sign = 1 if run.direction is Direction.MINIMIZE else -1
        asked = {"study": study, "sign": sign, "since": now - WINDOW}
        *counts, number, loss, began, recent = _one(connection, TRIALS, asked)
        best = (
            None if number is None else Best(number, loss, _parameters(connection, study, number))
        )
        leader = connection.execute(LEADER, [study, lock_key(study)]).fetchone()
        error = connection.execute(LAST_ERROR, [study]).fetchone()
    return Progress(
        Counts(*counts),
        best=best,
        rate=_rate(began, now, recent or ()),
        leader=Leader(*leader) if leader else None,
        last_error=_last_error(from_row(Row(*error))) if error else None,
        ended=ended,
        ended_at=ended_at,
    )


def progress_of(known: History, run: RunConfig, now: datetime) -> Progress:
    """The same, made of a history: nobody can tell from it who leads."""
    trials = list(known.trials.values())
    ended = [trial for trial in trials if trial.phase is Phase.ENDED]
    now = known.ended_at or now
    return Progress(
        _counts(trials),
        best=_best(ended, run.direction),
        rate=_rate(
            min((trial.asked_at for trial in trials), default=None),
            now,
            [trial.ended_at for trial in ended if trial.ended_at and trial.ended_at > now - WINDOW],
        ),
        last_error=_last_of(trials),
        ended=known.ended,
        ended_at=known.ended_at,
    )


def as_json(run: RunConfig, progress: Progress | None) -> dict[str, Any]:
    """What `run-status` prints; without progress, the store is not made yet."""
    progress = progress or Progress()
    ended = progress.ended
    return {
        "run": run.run,
        "study": run.study,
        "state": ended.ending.value if ended else "running" if progress.counts.asked else "waiting",
        "mode": run.mode.value,
        "trials": {"wanted": run.trials, **asdict(progress.counts)},
        "best": _best_as_json(progress.best),
        "rate": round(progress.rate, 4),
        "leader": _leader_as_json(progress.leader),
        "lastError": _last_error_as_json(progress, ended),
        "results": ended.results if ended else None,
        "finishedAt": progress.ended_at.isoformat() if progress.ended_at else None,
    }


def _best_as_json(best: Best | None) -> dict[str, Any] | None:
    if best is None:
        return None
    return {"number": best.number, "loss": best.loss, "parameters": dict(best.parameters)}


def _leader_as_json(leader: Leader | None) -> dict[str, Any] | None:
    return {"worker": leader.worker, "since": leader.since.isoformat()} if leader else None


def _last_error_as_json(progress: Progress, ended: Ended | None) -> dict[str, Any] | None:
    """The reason why all of it failed, or else the last trial that did."""
    if ended and ended.message:
        return {"trial": None, "kind": ended.ending.value, "message": _shortened(ended.message)}
    error = progress.last_error
    return {"trial": error.trial, "kind": error.kind, "message": error.message} if error else None


# --- from the store -------------------------------------------------------------------------------


def _one(connection: psycopg.Connection, query: Any, arguments: Any) -> tuple[Any, ...]:  # noqa: ANN401 -- as psycopg has it
    row: tuple[Any, ...] | None = connection.execute(query, arguments).fetchone()
    if row is None:
        raise LookupError("a question without an answer")
    return row


def _ended(connection: psycopg.Connection, study: str) -> tuple[Ended | None, datetime | None]:
    """The end of the search, unless something was asked for since."""
    row = connection.execute(ENDED, [study]).fetchone()
    if row is None:
        return None, None
    event = from_row(Row(*row[1:]))
    return (event, row[0]) if isinstance(event, Ended) else (None, None)


def _parameters(connection: psycopg.Connection, study: str, number: int) -> Mapping[str, Scalar]:
    found: Mapping[str, Scalar] = json.loads(_one(connection, ASKED, [study, number])[0])[
        "parameters"
    ]
    return found


# --- of both --------------------------------------------------------------------------------------


def _rate(began: datetime | None, now: datetime, ended_at: Iterable[datetime]) -> float:
    """How many of these moments there are in a second of the window, or since the beginning."""
    if began is None:
        return 0.0
    seconds = min(WINDOW, now - began).total_seconds()
    return len(list(ended_at)) / max(seconds, 1.0)


def _last_error(event: Event) -> LastError | None:
    if not isinstance(event, Told | Failed):
        return None
    return _error_of(event.number, event.judgement)


def _error_of(number: int, judgement: Judgement) -> LastError:
    known = judgement.result.diagnostics.entries
    kind = known.get("kind") or _kind(judgement)
    return LastError(number, str(kind), _shortened(str(known.get("message", ""))))


def _kind(judgement: Judgement) -> str:
    """How the first simulation that failed did, or else the trial."""
    kinds = (record.failure for record in judgement.replicates if record.failure)
    return next((kind.value for kind in kinds), judgement.result.status.value)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


# --- from a history -------------------------------------------------------------------------------


def _counts(trials: Collection[Trial]) -> Counts:
    outcomes = Counter(_outcome(trial) for trial in trials)
    started = sum(trial.phase is not Phase.ENDED and trial.worker is not None for trial in trials)
    return Counts(
        asked=len(trials),
        running=started,
        completed=outcomes["completed"],
        failed=outcomes["failed"],
        timeout=outcomes["timeout"],
        pruned=outcomes["pruned"],
    )


def _outcome(trial: Trial) -> str | None:
    if trial.judgement is None:
        return None
    status = trial.judgement.result.status
    return "pruned" if trial.pruned and status is TrialStatus.COMPLETED else status.value


def _best(ended: Iterable[Trial], direction: Direction) -> Best | None:
    sign = 1 if direction is Direction.MINIMIZE else -1
    losses = [
        (sign * loss, trial.number, loss, trial.parameters.values)
        for trial in ended
        if _outcome(trial) == "completed" and trial.judgement
        if (loss := trial.judgement.result.loss) is not None
    ]
    if not losses:
        return None
    _, number, loss, parameters = min(losses, key=lambda one: one[:2])
    return Best(number, loss, dict(parameters))


def _last_of(trials: Iterable[Trial]) -> LastError | None:
    errors = [(at, trial.number, judgement) for trial in trials for at, judgement in _errors(trial)]
    if not errors:
        return None
    _, number, judgement = max(errors, key=lambda error: error[:2])
    return _error_of(number, judgement)


def _errors(trial: Trial) -> Iterable[tuple[datetime, Judgement]]:
    yield from ((failure.at, failure.judgement) for failure in trial.failures)
    if trial.judgement and trial.ended_at and _outcome(trial) in {"failed", "timeout"}:
        yield trial.ended_at, trial.judgement
