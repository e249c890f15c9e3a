"""The event log: the same of every implementation, and what only a store can lose or keep."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.parameter_strategies import NAMES, SCALARS
from tests.runtime.trial_events import asked, completed, failed, retried, some_of_all, whole
from tests.store.postgres import Server

from modelops_runtime.central_store import log as logs
from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, Unreachable, connect
from modelops_runtime.central_store.events import (
    Asked,
    Ended,
    Ending,
    Event,
    Failed,
    Reported,
    Started,
    Told,
    as_json,
    as_row,
    from_json,
    from_row,
)
from modelops_runtime.central_store.leadership import Leadership
from modelops_runtime.central_store.log import EventLog, Log, MemoryLog, SharedLog
from modelops_runtime.contracts.parameters import ParameterSet, Scalar

STUDY = 'dev/sir\'s "study"'

EVENTS: list[Event] = [
    *some_of_all(),
    Ended(Ending.FINISHED, "/results/runs/dev/sir", None),
    Ended(Ending.FAILED, None, "the deadline is over \0 ü"),
]


@pytest.fixture(params=["memory", "connection", "leader", "shared"])
def log(request: pytest.FixtureRequest) -> Iterator[Log]:
    if request.param == "memory":
        yield MemoryLog()
        return
    database: Settings = request.getfixturevalue("database")
    with ExitStack() as stack:
        connection = stack.enter_context(connect(database))
        made(connection)
        yield LOGS[request.param](database, connection, stack)


def of_a_leader(database: Settings, _: psycopg.Connection, stack: ExitStack) -> Log:
    leadership = Leadership(database, STUDY, "worker-0")
    stack.callback(leadership.resign)
    assert leadership.tried()
    return leadership.log


def shared(database: Settings, _: psycopg.Connection, stack: ExitStack) -> Log:
    log = SharedLog(database, STUDY)
    stack.callback(log.close)
    return log


LOGS: dict[str, Callable[[Settings, psycopg.Connection, ExitStack], Log]] = {
    "connection": lambda _, connection, __: EventLog(connection, STUDY),
    "leader": of_a_leader,
    "shared": shared,
}


def made(connection: psycopg.Connection, study: str = STUDY) -> None:
    schema.make(connection)
    schema.register(connection, study, "{}")


# --- every log ----------------------------------------------------------------------------------


def test_an_empty_log_has_nothing(log: Log) -> None:
    log.append([])
    assert list(log.replay()) == []
    assert list(log.records()) == []


def test_what_was_appended_is_replayed(log: Log) -> None:
    log.append(EVENTS[:3])
    log.append(EVENTS[3:])
    assert list(log.replay()) == EVENTS
    assert [record.event for record in log.records()] == EVENTS


def test_positions_and_times_go_up(log: Log) -> None:
    began = datetime.now(UTC)
    for event in EVENTS:
        log.append([event])
    records = list(log.records())
    positions = [record.position for record in records]
    assert positions == sorted(set(positions))
    assert [record.at for record in records] == sorted(record.at for record in records)
    assert abs((records[0].at - began).total_seconds()) < 60
    assert all(record.at.tzinfo is not None for record in records)


def test_a_log_is_read_on_from_a_position(log: Log) -> None:
    log.append(EVENTS[:4])
    *_, last = log.records()
    log.append(EVENTS[4:])
    assert [record.event for record in log.records(after=last.position)] == EVENTS[4:]


def test_an_event_that_is_no_json_is_not_appended(log: Log) -> None:
    log.append(EVENTS[:1])
    with pytest.raises(TypeError):
        log.append([asked(1), Asked(2, ParameterSet({"a": 1}), {"it": object()})])
    assert list(log.replay()) == EVENTS[:1]


# --- of a store ---------------------------------------------------------------------------------


def test_studies_have_logs_of_their_own(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        made(connection, "dev/other")
        mine, other = EventLog(connection, STUDY), EventLog(connection, "dev/other")
        mine.append(whole(0, 1.0))
        other.append(whole(0, 2.0))
        assert list(mine.replay()) == whole(0, 1.0)
        assert list(other.replay()) == whole(0, 2.0)


def test_a_log_of_many_pages_is_replayed_whole(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "PAGE", 7)
    with connect(database) as connection:
        made(connection)
        EventLog(connection, STUDY).append(EVENTS)
        assert len(EVENTS) % 7
        assert list(EventLog(connection, STUDY).replay()) == EVENTS


def test_all_of_a_batch_is_appended_or_none(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        log = EventLog(connection, STUDY)
        with pytest.raises(psycopg.DataError):
            log.append([*whole(0, 1.0), Started(2**40, 0, "no such number")])
        assert list(log.replay()) == []


def test_a_batch_is_one_round_trip_and_one_transaction(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        log = EventLog(connection, STUDY)
        log.append(some_of_all() * 20)
        rows = connection.execute(
            "SELECT count(*), count(DISTINCT xmin::text) FROM modelops.events"
        )
        assert rows.fetchone() == (20 * len(some_of_all()), 1)


def test_status_and_loss_stand_in_columns_for_questions(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        EventLog(connection, STUDY).append([*whole(0, 1.5), *retried(1)])
        told = connection.execute(
            "SELECT number, status, loss FROM modelops.events WHERE kind = 'told' ORDER BY number"
        ).fetchall()
    assert told == [(0, "completed", 1.5), (1, "failed", None)]


def test_several_workers_append_to_one_log(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)

    def work(worker: int) -> None:
        log = SharedLog(database, STUDY)
        for number in range(worker, 40, 4):
            log.append(whole(number, 1.0))
        log.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    log = SharedLog(database, STUDY)
    events = list(log.replay())
    log.close()
    for number in range(40):
        assert [event for event in events if number_of(event) == number] == whole(number, 1.0)


def number_of(event: Event) -> int | None:
    return None if isinstance(event, Ended) else event.number


def test_a_shared_log_outlives_its_connection(postgres: Server, database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        log = SharedLog(database, STUDY)
        log.append(whole(0, 1.0))
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        assert ended == [(True,)]
        log.append(whole(1, 1.0))
        assert list(log.replay()) == whole(0, 1.0) + whole(1, 1.0)
        log.close()


def test_a_shared_log_without_its_store_says_so() -> None:
    log = SharedLog(Settings("127.0.0.1", 1, "u", "d", "p"), STUDY, patience=0.2)
    log.append([])
    with pytest.raises(Unreachable):
        log.append(whole(0, 1.0))
    log.close()


def test_a_store_that_loses_each_session_cannot_be_written(database: Settings) -> None:
    with connect(database) as connection:
        made(connection)
        connection.execute(
            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
        )
        connection.execute(
            "CREATE TRIGGER lose AFTER INSERT ON modelops.events EXECUTE FUNCTION lose()"
        )
        log = SharedLog(database, STUDY)
        with pytest.raises(Unreachable, match="cannot be written"):
            log.append(whole(0, 1.0))
        log.close()
        assert list(EventLog(connection, STUDY).replay()) == []


# --- events -------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_events_are_json(event: Event) -> None:
    assert from_json(json.loads(json.dumps(as_json(event)))) == event
    assert from_row(as_row(event)) == event


@given(st.dictionaries(NAMES, SCALARS, max_size=4), st.integers(0, 2**31 - 1))
def test_any_point_comes_back_with_its_types(values: dict[str, Scalar], number: int) -> None:
    point = ParameterSet(values)
    event = from_row(as_row(Asked(number, point)))
    assert isinstance(event, Asked)
    assert event.parameters.id == point.id


def test_every_kind_of_event_has_a_test() -> None:
    assert {type(event) for event in EVENTS} == {Asked, Started, Reported, Failed, Told, Ended}


def test_judgements_come_back_whole() -> None:
    event = from_row(as_row(Told(3, completed(3, 0.1))))
    assert event == Told(3, completed(3, 0.1))
    assert event != Told(3, failed(3))
