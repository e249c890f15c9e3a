"""The tables: made once, by however many, and checked by everybody else."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.events import Started
from modelops_runtime.central_store.log import EventLog
from modelops_runtime.central_store.optuna_schema import make_study
from modelops_runtime.central_store.schema import FromTheFuture, NotMade

STUDY = "dev/sir"


def test_tables_are_made_once_and_keep_what_is_in_them(database: Settings) -> None:
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, STUDY, "one")
        EventLog(connection, STUDY).append([Started(1, 0, "a")])
        schema.make(connection)
        schema.register(connection, STUDY, "two")
        schema.checked(connection, STUDY)
        assert list(EventLog(connection, STUDY).replay()) == [Started(1, 0, "a")]
        found = connection.execute("SELECT study, config FROM modelops.runs").fetchall()
    assert found == [(STUDY, "two")]


def test_several_may_make_them_at_once(database: Settings) -> None:
    def make(_: int) -> None:
        with connect(database) as connection:
            schema.make(connection)
            schema.register(connection, STUDY, "{}")
        make_study(database, STUDY, "minimize")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(make, range(6)))
    with connect(database) as connection:
        schema.checked(connection, STUDY)
        versions = connection.execute("SELECT version FROM modelops.schema_version").fetchall()
        studies = connection.execute("SELECT study_name FROM studies").fetchall()
    assert versions == [(schema.VERSION,)]
    assert studies == [(STUDY,)]


def test_each_version_has_a_step() -> None:
    assert len(schema.STEPS) == schema.VERSION


def test_a_store_without_tables_is_not_made(database: Settings) -> None:
    with connect(database) as connection, pytest.raises(NotMade, match="no tables"):
        schema.checked(connection, STUDY)


def test_a_store_without_the_run_is_not_made(database: Settings) -> None:
    with connect(database) as connection:
        schema.make(connection)
        with pytest.raises(NotMade, match=STUDY):
            schema.checked(connection, STUDY)


def test_tables_of_a_later_version_are_left_alone(database: Settings) -> None:
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, STUDY, "{}")
        connection.execute("UPDATE modelops.schema_version SET version = version + 1")
        with pytest.raises(FromTheFuture, match=f"version {schema.VERSION + 1}"):
            schema.checked(connection, STUDY)
        with pytest.raises(FromTheFuture):
            schema.make(connection)


def test_a_making_that_fails_leaves_nothing(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", ("CREATE TABLE modelops.runs (a int); SELECT 1 / 0",))
    with connect(database) as connection:
        with pytest.raises(psycopg.errors.DivisionByZero):
            schema.make(connection)
        monkeypatch.undo()
        schema.make(connection)
        schema.register(connection, STUDY, "{}")
        schema.checked(connection, STUDY)
