"""`run-status`: what the store knows of a run, as JSON, and the same made of a history."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.runtime import postgres_store
from tests.runtime.program import Ended as EndedProgram
from tests.runtime.program import run as program
from tests.runtime.run_files import run_file, run_text
from tests.runtime.trial_events import (
    asked,
    completed,
    failed,
    parameters,
    pruned,
    retried,
    some_of_all,
    timed_out,
    whole,
)

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.events import Ended, Ending, Event, Reported, Started, Told
from modelops_runtime.central_store.history import history
from modelops_runtime.central_store.leadership import Leadership
from modelops_runtime.central_store.log import EventLog, MemoryLog
from modelops_runtime.central_store.progress import as_json, progress_in_store, progress_of
from modelops_runtime.configuration.run import run_config
from modelops_runtime.contracts.simulation import FailureKind

COMMAND = [sys.executable, "-m", "modelops_runtime", "run-status"]
STUDY = "dev/sir"
RUN = run_config(run_text())
KEYS = [
    *("run", "study", "state", "mode", "trials", "best", "rate", "leader", "lastError"),
    *("results", "finishedAt"),
]

LOGS: dict[str, list[Event]] = {
    "nothing": [],
    "one asked": [asked(0)],
    "one runs": whole(0, 1.0)[:2],
    "one waits to be tried again": retried(1)[:3],
    "some of all": some_of_all(),
    "twice": [*some_of_all(), *some_of_all()],
    "pruned once, and not again": [
        *pruned(0, 3.0)[:3],
        Started(0, 1, "b"),
        Reported(0, 0, 3.0, pruned=False),
        Told(0, completed(0, 3.0)),
    ],
    "pruned without a loss": [*pruned(0, 3.0)[:3], Told(0, failed(0))],
    "two alike": [*whole(1, 2.0), *whole(0, 2.0)],
    "a failure that passed": [*whole(1, 1.0), *retried(2), *retried(3)[:3], *whole(4, 0.1)],
    "out of time": timed_out(0),
    "finished": [*whole(0, 1.0), Ended(Ending.FINISHED, "/results/runs/dev/sir")],
    "failed": [*retried(0), Ended(Ending.FAILED, None, "the deadline is over")],
    "goes on": [*whole(0, 1.0), Ended(Ending.FINISHED, "/results"), asked(1)],
}


@pytest.fixture
def made(database: Settings) -> Settings:
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, STUDY, run_text())
        schema.register(connection, "dev/other", run_text())
        EventLog(connection, "dev/other").append(whole(0, -1.0))
    return database


def append(store: Settings, *events: Event) -> None:
    with connect(store) as connection:
        EventLog(connection, STUDY).append(events)


def status(there: Settings, folder: Path, *more: str, **changed: object) -> EndedProgram:
    variables = {**run_file(folder, **changed), **postgres_store.environment(there)}
    return program([*COMMAND, *more], variables)


def told(store: Settings, folder: Path, **changed: object) -> dict[str, Any]:
    done = status(store, folder, **changed)
    assert (done.status, done.stderr) == (0, "")
    line: dict[str, Any] = json.loads(done.stdout)
    return line


# --- two ways to the same -------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("events", LOGS.values(), ids=LOGS)
def test_the_store_and_a_history_tell_the_same(
    made: Settings, events: list[Event], direction: str
) -> None:
    run = run_config(run_text(objective__direction=direction))
    append(made, *events)
    with connect(made) as connection:
        found = as_json(run, progress_in_store(connection, run))
        known = history(EventLog(connection, STUDY).records())
        now = connection.execute("SELECT clock_timestamp()").fetchone()
    assert now is not None
    of_history = as_json(run, progress_of(known, run, now[0]))
    assert found.pop("rate") == pytest.approx(of_history.pop("rate"), rel=0.2)
    assert found == of_history
    assert list(found) == [key for key in KEYS if key != "rate"]


def test_the_rate_is_of_the_last_minutes() -> None:
    minutes = count()
    log = MemoryLog(lambda: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=next(minutes)))
    log.append([event for number in range(10) for event in (whole(number, 1.0)[0::4])])
    known = history(log.records())
    now = known.trials[9].ended_at
    assert now is not None
    assert progress_of(known, RUN, now).rate == pytest.approx(3 / 300)
    assert progress_of(known, RUN, now + timedelta(hours=1)).rate == 0
    log.append([Ended(Ending.FINISHED)])
    ended = history(log.records())
    late = progress_of(ended, RUN, now + timedelta(hours=1))
    assert late.rate == pytest.approx(2 / 300)


# --- the command ----------------------------------------------------------------------------------


def test_all_of_it_is_one_line(made: Settings, tmp_path: Path) -> None:
    append(made, *some_of_all())
    line = told(made, tmp_path)
    assert line.pop("rate") > 0
    assert line == {
        "run": "sir",
        "study": STUDY,
        "state": "running",
        "mode": "coordinated",
        "trials": {
            "wanted": 20,
            "asked": 9,
            "running": 1,
            "completed": 5,
            "failed": 1,
            "timeout": 1,
            "pruned": 1,
        },
        "best": {"number": 3, "loss": 0.5, "parameters": dict(parameters(3).values)},
        "leader": None,
        "lastError": {"trial": 7, "kind": "timed_out", "message": "trial 7 went wrong"},
        "results": None,
        "finishedAt": None,
    }


def test_the_best_follows_the_direction(made: Settings, tmp_path: Path) -> None:
    append(made, *some_of_all())
    best = told(made, tmp_path, objective__direction="maximize")["best"]
    assert (best["number"], best["loss"]) == (0, 9.5)


def test_before_the_store_is_made_a_run_waits(database: Settings, tmp_path: Path) -> None:
    line = told(database, tmp_path)
    assert (line["state"], line["trials"]["asked"], line["best"]) == ("waiting", 0, None)
    with connect(database) as connection:
        schemas = connection.execute("SELECT FROM pg_namespace WHERE nspname = 'modelops'")
        assert schemas.rowcount == 0


def test_before_anything_is_asked_a_run_waits(made: Settings, tmp_path: Path) -> None:
    assert told(made, tmp_path)["state"] == "waiting"


def test_the_end_is_told_with_the_place_of_the_results(made: Settings, tmp_path: Path) -> None:
    append(made, *whole(0, 1.0), Ended(Ending.FINISHED, "/results/runs/dev/sir"))
    line = told(made, tmp_path)
    assert (line["state"], line["results"]) == ("finished", "/results/runs/dev/sir")
    finished = datetime.fromisoformat(line["finishedAt"])
    assert abs(finished - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_failure_is_told_with_its_reason(made: Settings, tmp_path: Path) -> None:
    append(made, *retried(0), Ended(Ending.FAILED, None, "x" * 10_000))
    line = told(made, tmp_path)
    assert line["state"] == "failed"
    assert line["lastError"]["message"] == "x" * 499 + "…"


def test_the_kind_of_an_error_is_that_of_the_simulation(made: Settings, tmp_path: Path) -> None:
    append(made, *retried(1)[:3])
    assert told(made, tmp_path)["lastError"] == {
        "trial": 1,
        "kind": FailureKind.WORKER_LOST.value,
        "message": "trial 1 went wrong",
    }


def test_the_leader_is_told_as_long_as_it_leads(made: Settings, tmp_path: Path) -> None:
    leadership = Leadership(made, STUDY, "worker-3")
    assert leadership.tried()
    leader = told(made, tmp_path)["leader"]
    assert leader["worker"] == "worker-3"
    assert datetime.fromisoformat(leader["since"]) <= datetime.now(UTC) + timedelta(minutes=5)
    assert told(made, tmp_path, restart="b")["leader"] is None
    leadership.resign()
    assert told(made, tmp_path)["leader"] is None


def test_nothing_is_changed(made: Settings, tmp_path: Path) -> None:
    def counters(connection: psycopg.Connection) -> tuple[object, ...] | None:
        connection.execute("SELECT pg_stat_force_next_flush()")
        return connection.execute(
            "SELECT sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) FROM pg_stat_user_tables"
        ).fetchone()

    append(made, *some_of_all())
    with connect(made) as connection:
        before = counters(connection)
        told(made, tmp_path)
        assert counters(connection) == before


def test_it_can_be_followed(made: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(made)}
    command = [*COMMAND, "--follow", "0.1"]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["trials"]["asked"] == 0
        append(made, *whole(0, 1.0))
        while (line := json.loads(process.stdout.readline()))["trials"]["completed"] == 0:
            pass
        assert line["best"]["loss"] == 1.0
        process.terminate()
        process.communicate()
        assert process.returncode == 143


def test_who_no_longer_listens_ends_it(made: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(made)}
    command = [*COMMAND, "--follow", "0.05"]
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_a_store_that_is_away_is_told_with_what_was_known(tmp_path: Path) -> None:
    with postgres_store.postgres_server() as server:
        database = postgres_store.new_database(server)
        with connect(database) as connection:
            schema.make(connection)
            schema.register(connection, STUDY, run_text())
            EventLog(connection, STUDY).append(whole(0, 1.0))
        variables = {**run_file(tmp_path), **postgres_store.environment(database)}
        with subprocess.Popen(
            [*COMMAND, "--follow", "0.1"],
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["state"] == "running"
            server.stop()
            while (line := json.loads(process.stdout.readline()))["state"] == "running":
                pass
            assert (line["state"], line["trials"]["completed"]) == ("unreachable", 1)
            server.start()
            while json.loads(process.stdout.readline())["state"] == "unreachable":
                pass
            process.terminate()


def test_a_store_that_is_not_there_is_to_be_tried_again(database: Settings, tmp_path: Path) -> None:
    nowhere = Settings("127.0.0.1", 1, database.user, database.database, database.password)
    done = status(nowhere, tmp_path)
    line = json.loads(done.stdout)
    assert (done.status, line["state"], line["trials"]) == (75, "unreachable", None)
    assert list(line) == KEYS


def test_a_wrong_password_or_run_file_is_said(database: Settings, tmp_path: Path) -> None:
    wrong = Settings(database.host, database.port, database.user, database.database, "no")
    assert status(wrong, tmp_path).status == 64
    assert status(database, tmp_path, store={"kind": "none"}).status == 64
