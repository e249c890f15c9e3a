"""`store-init`: makes all of a run's store, as often as it is run, and says what is wrong."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql
from tests.runtime import postgres_store
from tests.runtime.dask_cluster import until
from tests.runtime.program import Ended, ended, run
from tests.runtime.run_files import run_file, run_text
from tests.store.postgres import Server

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.databases import make_database

COMMAND = [sys.executable, "-m", "modelops_runtime", "store-init"]


def store_init(folder: Path, database: Settings, *more: str, **changed: object) -> Ended:
    variables = {**run_file(folder, **changed), **postgres_store.environment(database)}
    return run([*COMMAND, *more], variables)


def rows(database: Settings, query: LiteralString) -> list[tuple[object, ...]]:
    with connect(database) as connection:
        return connection.execute(query).fetchall()


def waiting(connection: psycopg.Connection) -> bool:
    """Whether somebody waits for a lock that this one holds."""
    found = connection.execute(
        "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    )
    return bool(found.rowcount)


def test_all_is_made(database: Settings, tmp_path: Path) -> None:
    done = store_init(tmp_path, database)
    assert (done.status, done.stdout) == (0, "")
    assert done.log[-1]["study"] == "dev/sir"
    with connect(database) as connection:
        schema.checked(connection, "dev/sir")
    assert rows(database, "SELECT study_name FROM studies") == [("dev/sir",)]
    assert rows(database, "SELECT direction::text FROM study_directions") == [("MINIMIZE",)]
    assert rows(database, "SELECT study, config FROM modelops.runs") == [("dev/sir", run_text())]


def test_again_it_changes_nothing_but_the_run_file(database: Settings, tmp_path: Path) -> None:
    assert store_init(tmp_path, database).status == 0
    assert store_init(tmp_path, database, trials=50).status == 0
    found = rows(database, "SELECT study, config FROM modelops.runs")
    assert found == [("dev/sir", run_text(trials=50))]
    assert rows(database, "SELECT study_name FROM studies") == [("dev/sir",)]


def test_another_restart_is_another_study(database: Settings, tmp_path: Path) -> None:
    assert store_init(tmp_path, database).status == 0
    assert store_init(tmp_path, database, restart="b").status == 0
    studies = [("dev/sir",), ("dev/sir/b",)]
    assert rows(database, "SELECT study_name FROM studies ORDER BY study_id") == studies
    assert rows(database, "SELECT study FROM modelops.runs ORDER BY study") == studies


def test_several_at_once_all_succeed(database: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(database)}
    processes = [
        subprocess.Popen(
            COMMAND, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [ended(process).status for process in processes] == [0, 0, 0]
    assert rows(database, "SELECT study_name FROM studies") == [("dev/sir",)]


def test_a_database_is_made_where_it_is_missing(postgres: Server, tmp_path: Path) -> None:
    missing = postgres_store.no_database(postgres)
    done = store_init(tmp_path, missing)
    assert (done.status, "does not exist" in done.told) == (64, True)
    for _ in range(2):
        assert store_init(tmp_path, missing, "--create-database").status == 0
    assert rows(missing, "SELECT study_name FROM studies") == [("dev/sir",)]


def test_several_runs_make_their_database_at_once(postgres: Server, tmp_path: Path) -> None:
    missing = postgres_store.no_database(postgres)
    processes = []
    for name in ("one", "two", "three"):
        folder = tmp_path / name
        folder.mkdir()
        variables = {**run_file(folder, run=name), **postgres_store.environment(missing)}
        processes.append(
            subprocess.Popen(
                [*COMMAND, "--create-database"],
                env=variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
    assert [ended(process).status for process in processes] == [0, 0, 0]
    found = rows(missing, "SELECT study FROM modelops.runs ORDER BY study")
    assert found == [("dev/one",), ("dev/three",), ("dev/two",)]
    assert len(rows(missing, "SELECT study_name FROM studies")) == 3


def test_two_that_find_no_database_wait_for_one_another(postgres: Server) -> None:
    """Whoever is between its question and its answer is waited for."""
    missing = postgres_store.no_database(postgres)
    with connect(replace(missing, database="postgres")) as first:
        first.execute("SELECT pg_advisory_lock(%s)", [schema.MAKING])
        other = threading.Thread(target=make_database, args=(missing, 60.0))
        other.start()
        name = sql.Identifier(missing.database)
        until(lambda: waiting(first))
        first.execute(sql.SQL("CREATE DATABASE {}").format(name))
    other.join(60)
    with connect(missing) as connection:
        assert connection.info.dbname == missing.database


def test_who_may_not_make_a_database_is_told(
    postgres: Server, database: Settings, tmp_path: Path
) -> None:
    missing = replace(database, database="n0t there")
    done = store_init(tmp_path, missing, "--create-database")
    assert done.status == 64
    for words in ("no database `n0t there`", "permission denied to create database"):
        assert words in done.told


def test_it_waits_for_the_server(tmp_path: Path) -> None:
    with postgres_store.postgres_server() as server:
        database = postgres_store.new_database(server)
        server.stop()
        later = threading.Timer(5, server.start)
        later.start()
        assert store_init(tmp_path, database).status == 0
        later.join()


def test_a_server_that_does_not_come_is_to_be_tried_again(
    database: Settings, tmp_path: Path
) -> None:
    nowhere = Settings("127.0.0.1", 1, database.user, database.database, database.password)
    done = store_init(tmp_path, nowhere, "--timeout", "0.5")
    assert done.status == 75
    assert "within 0.5 s" in done.told


def test_a_wrong_password_fails_at_once(database: Settings, tmp_path: Path) -> None:
    wrong = Settings(database.host, database.port, database.user, database.database, "wr0ng-one")
    done = store_init(tmp_path, wrong, "--timeout", "3600")
    assert done.status == 64
    assert "password authentication failed" in done.told
    assert "wr0ng-one" not in done.stderr


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"store": {"kind": "none"}}, "has no store"),
        ({"trials": 0}, "trials"),
        ({"kind": "Other"}, "kind"),
    ],
)
def test_a_wrong_run_file_is_said(
    database: Settings, tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    done = store_init(tmp_path, database, **changed)
    assert done.status == 64
    assert message in done.told


def test_missing_variables_are_named(database: Settings, tmp_path: Path) -> None:
    for missing in ("MODELOPS_RUN_CONFIG", "PGHOST", "PGUSER", "PGDATABASE"):
        variables = {**run_file(tmp_path), **postgres_store.environment(database)}
        done = run(COMMAND, {name: variables[name] for name in variables if name != missing})
        assert (done.status, done.told) == (64, f"not set: {missing}")


def test_a_run_file_that_is_not_there_is_said(database: Settings, tmp_path: Path) -> None:
    variables = {"MODELOPS_RUN_CONFIG": str(tmp_path / "no")}
    done = run(COMMAND, variables | postgres_store.environment(database))
    assert done.status == 64
    assert "cannot be read" in done.told


def test_a_study_cannot_turn_around(database: Settings, tmp_path: Path) -> None:
    assert store_init(tmp_path, database).status == 0
    done = store_init(tmp_path, database, objective__direction="maximize")
    assert done.status == 64
    assert "restart" in done.told


def test_tables_of_a_later_version_are_left_alone(database: Settings, tmp_path: Path) -> None:
    assert store_init(tmp_path, database).status == 0
    with connect(database) as connection:
        connection.execute("UPDATE modelops.schema_version SET version = 1000")
    done = store_init(tmp_path, database)
    assert done.status == 64
    assert "version 1000" in done.told
