"""Leadership: one at a time, and who lost it writes nothing, whatever it was that took it away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.runtime import postgres_store
from tests.store.postgres import Server

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, Unreachable, connect
from modelops_runtime.central_store.events import Started
from modelops_runtime.central_store.leadership import Leadership, LeadershipLost, lock_key
from modelops_runtime.central_store.log import EventLog
from modelops_runtime.central_store.schema import NotMade

STUDY = "dev/sir"
PROGRAM = Path(__file__).with_name("standing_worker.py")
LONG = 60.0

BACKENDS = """
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@pytest.fixture
def onlooker(database: Settings) -> Iterator[psycopg.Connection]:
    """A connection to a store that is made for the study."""
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, STUDY, "{}")
        yield connection


def numbers(onlooker: psycopg.Connection) -> list[int]:
    """The trials that the log tells of."""
    return [event.number for event in EventLog(onlooker, STUDY).replay()]  # type: ignore[union-attr]


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def end_sessions(onlooker: psycopg.Connection) -> None:
    """End the session of whoever holds a lock, as an administrator or a failover does."""
    for (pid,) in onlooker.execute(BACKENDS).fetchall():
        onlooker.execute("SELECT pg_terminate_backend(%s)", [pid])
    eventually(lambda: not onlooker.execute(BACKENDS).fetchall())


# --- in one process -----------------------------------------------------------------------------


def test_one_worker_leads_and_the_others_stand_by(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    first, second = (Leadership(database, STUDY, name) for name in ("first", "second"))
    assert first.tried()
    assert first.tried()
    assert not second.tried()
    assert not second.waiting(0.1)
    first.resign()
    first.resign()
    assert second.waiting(LONG)
    second.resign()


def test_studies_have_leaders_of_their_own(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    schema.register(onlooker, "dev/other", "{}")
    first, second = Leadership(database, STUDY, "a"), Leadership(database, "dev/other", "b")
    assert first.tried()
    assert second.tried()
    first.resign()
    second.resign()


def test_locks_of_studies_are_numbers_that_postgres_can_count() -> None:
    keys = {lock_key(f"dev/{number}") for number in range(1000)}
    assert len(keys) == 1000
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert schema.MAKING not in keys


def test_the_leader_is_written_down(database: Settings, onlooker: psycopg.Connection) -> None:
    leadership = Leadership(database, STUDY, "worker-7")
    assert leadership.tried()
    row = onlooker.execute("SELECT leader, led_since IS NOT NULL FROM modelops.runs").fetchone()
    assert row == ("worker-7", True)
    leadership.resign()


def test_who_does_not_lead_has_no_log(database: Settings, onlooker: psycopg.Connection) -> None:
    leader, other = Leadership(database, STUDY, "a"), Leadership(database, STUDY, "b")
    assert leader.tried()
    assert not other.tried()
    for follower in (other, Leadership(database, STUDY, "c")):
        with pytest.raises(LeadershipLost):
            _ = follower.log
        with pytest.raises(LeadershipLost):
            follower.ping()
        follower.resign()
    leader.resign()


def test_a_leader_keeps_one_connection(database: Settings, onlooker: psycopg.Connection) -> None:
    leadership = Leadership(database, STUDY, "a")
    assert leadership.tried()
    leadership.log.append([Started(1, 0, "a")])
    assert list(leadership.log.replay()) == [Started(1, 0, "a")]
    row = onlooker.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).fetchone()
    assert row == (1,)
    leadership.resign()


@pytest.mark.parametrize("made", [False, True])
def test_a_store_that_is_not_made_has_no_leader(database: Settings, made: bool) -> None:  # noqa: FBT001 -- of the test
    with connect(database) as connection:
        if made:
            schema.make(connection)
            schema.register(connection, "dev/other", "{}")
    leadership = Leadership(database, STUDY, "a")
    with pytest.raises(NotMade, match="store-init"):
        leadership.tried()


def test_a_lost_leader_can_neither_write_nor_read_nor_say_that_it_is_there(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    for speak in (
        lambda lost: lost.log.append([Started(1, 0, "a")]),
        lambda lost: list(lost.log.replay()),
        lambda lost: lost.ping(),
    ):
        leadership = Leadership(database, STUDY, "a")
        assert leadership.waiting(LONG)
        end_sessions(onlooker)
        with pytest.raises(LeadershipLost):
            speak(leadership)
    assert numbers(onlooker) == []


def test_a_log_stays_lost_when_its_owner_leads_again(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    leadership = Leadership(database, STUDY, "a")
    assert leadership.tried()
    old = leadership.log
    end_sessions(onlooker)
    with pytest.raises(LeadershipLost):
        old.append([Started(1, 0, "a")])
    assert leadership.tried()
    with pytest.raises(LeadershipLost):
        old.append([Started(2, 0, "a")])
    leadership.log.append([Started(3, 0, "a")])
    assert numbers(onlooker) == [3]
    leadership.resign()


def test_a_mistake_in_an_event_does_not_cost_the_lead(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    leadership = Leadership(database, STUDY, "a")
    assert leadership.tried()
    with pytest.raises(psycopg.DataError):
        leadership.log.append([Started(2**40, 0, "a")])
    leadership.ping()
    leadership.log.append([Started(1, 0, "a")])
    assert numbers(onlooker) == [1]
    leadership.resign()


def test_a_silent_leader_is_replaced(database: Settings, onlooker: psycopg.Connection) -> None:
    silent = Leadership(database, STUDY, "silent", silence=0.5)
    assert silent.tried()
    other = Leadership(database, STUDY, "other")
    assert other.waiting(LONG)
    with pytest.raises(LeadershipLost):
        silent.log.append([Started(1, 0, "silent")])
    other.log.append([Started(2, 0, "other")])
    assert numbers(onlooker) == [2]
    other.resign()


def test_after_a_restart_of_the_server_there_is_a_new_leadership() -> None:
    with postgres_store.postgres_server() as server:
        database = postgres_store.new_database(server)
        with connect(database) as connection:
            schema.make(connection)
            schema.register(connection, STUDY, "{}")
        leadership = Leadership(database, STUDY, "a", patience=0.2)
        assert leadership.tried()
        leadership.log.append([Started(1, 0, "a")])
        server.stop("immediate")
        with pytest.raises(LeadershipLost):
            leadership.log.append([Started(2, 0, "a")])
        with pytest.raises(Unreachable):
            leadership.tried()
        server.start()
        assert leadership.waiting(LONG)
        assert list(leadership.log.replay()) == [Started(1, 0, "a")]
        leadership.resign()


def test_who_stands_by_outlives_a_restart_of_the_server() -> None:
    with postgres_store.postgres_server() as server:
        database = postgres_store.new_database(server)
        with connect(database) as connection:
            schema.make(connection)
            schema.register(connection, STUDY, "{}")
        leader, other = Leadership(database, STUDY, "a"), Leadership(database, STUDY, "b")
        assert leader.tried()
        assert not other.tried()
        server.stop()
        server.start()
        assert other.waiting(LONG)
        with pytest.raises(LeadershipLost):
            leader.ping()
        other.resign()


# --- in several ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that stands for the leadership."""

    process: subprocess.Popen[str]

    def heard(self) -> str:
        """Its next line."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def say(self, command: str) -> None:
        """Give it a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()

    def asked(self, command: str) -> str:
        """Give it a line, and hear its answer."""
        self.say(command)
        return self.heard()


@contextmanager
def worker(database: Settings, name: str) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), STUDY, name, "120"],
        env=os.environ | postgres_store.environment(database),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Worker(process)
        finally:
            process.kill()


def test_a_leader_that_slept_writes_nothing_when_it_wakes(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    with worker(database, "old") as old:
        assert old.heard() == "leads"
        assert old.asked("append 1") == "appended"
        with worker(database, "new") as new:
            old.process.send_signal(signal.SIGSTOP)
            old.say("append 2")
            end_sessions(onlooker)
            assert new.heard() == "leads"
            assert new.asked("append 3") == "appended"
            old.process.send_signal(signal.SIGCONT)
            assert old.heard() == "lost"
            assert old.asked("append 4") == "lost"
            assert new.asked("append 5") == "appended"
            assert old.asked("again") == "stands by"
    assert numbers(onlooker) == [1, 3, 5]


def test_a_leader_that_is_killed_is_followed_by_one_other(
    database: Settings, onlooker: psycopg.Connection
) -> None:
    with worker(database, "old") as old:
        assert old.heard() == "leads"
        assert old.asked("append 1") == "appended"
        with worker(database, "one") as one, worker(database, "two") as two:
            eventually(lambda: len(sessions(onlooker)) == 3)
            old.process.kill()
            eventually(lambda: leader(onlooker) in {"one", "two"})
            follower, other = (one, two) if leader(onlooker) == "one" else (two, one)
            assert follower.heard() == "leads"
            assert follower.asked("append 2") == "appended"
            other.process.kill()
    assert numbers(onlooker) == [1, 2]


def sessions(onlooker: psycopg.Connection) -> list[tuple[int]]:
    """Those of other processes in this database."""
    return onlooker.execute(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchall()


def leader(onlooker: psycopg.Connection) -> str:
    row = onlooker.execute("SELECT leader FROM modelops.runs").fetchone()
    assert row is not None
    return str(row[0])


def test_a_session_that_writes_while_it_is_ended_writes_all_or_nothing(
    postgres: Server, database: Settings, onlooker: psycopg.Connection
) -> None:
    batch = [Started(number, 0, "a") for number in range(500)]
    for _ in range(5):
        leadership = Leadership(database, STUDY, "a")
        assert leadership.waiting(LONG)
        with postgres_store.admin(postgres, database.database) as administrator:
            pids = onlooker.execute(BACKENDS).fetchall()
            administrator.execute("SELECT pg_terminate_backend(%s)", [pids[0][0]])
        with pytest.raises(LeadershipLost):
            for_ever(leadership, batch)
    assert len(numbers(onlooker)) % len(batch) == 0


def for_ever(leadership: Leadership, batch: list[Started]) -> None:
    """Append it until something is in the way."""
    while True:
        leadership.log.append(batch)
