"""The way into the store: odd names and passwords, servers that are late, and those that refuse."""

import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from optuna.storages import RDBStorage
from sqlalchemy import create_engine, text
from tests.runtime import postgres_store
from tests.store.postgres import Server

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.central_store.connection import (
    NotConfigured,
    Refused,
    Settings,
    Unreachable,
    connect,
    engine_arguments,
    settings,
)

HERE = {"PGHOST": "store", "PGUSER": "us@r", "PGDATABASE": "d/b"}
HERS = Settings("h", 1, "u", "d", "s3cret")


def test_the_environment_names_the_store(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{postgres_store.PASSWORD}\n", encoding="utf-8")
    variables = {"PGPORT": "5433", "PGSSLMODE": "disable", "PGPASSWORD": "not this one"}
    found = settings({**HERE, **variables, "MODELOPS_STORE_PASSWORD_FILE": str(file)})
    assert found == Settings("store", 5433, "us@r", "d/b", postgres_store.PASSWORD, "disable")


def test_what_is_not_said_is_as_libpq_has_it() -> None:
    assert settings(HERE) == Settings("store", 5432, "us@r", "d/b", None, "prefer")


@pytest.mark.parametrize("missing", HERE)
def test_a_store_that_is_not_named_is_an_error(missing: str) -> None:
    with pytest.raises(NotConfigured, match=f"not set: {missing}"):
        settings({**HERE, missing: ""})


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "٣"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(NotConfigured, match="PGPORT"):
        settings({**HERE, "PGPORT": port})


@pytest.mark.parametrize("content", ["", "\n", "two\nlines\n", None])
def test_a_file_holds_the_password_on_one_line(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(NotConfigured, match="MODELOPS_STORE_PASSWORD_FILE"):
        settings({**HERE, "MODELOPS_STORE_PASSWORD_FILE": str(file)})


def test_no_password_is_shown() -> None:
    assert "s3cret" not in repr(HERS)
    assert "s3cret" not in repr(create_engine(DIALECT, **engine_arguments(HERS)))


def test_odd_names_and_passwords_enter(database: Settings) -> None:
    with connect(database) as connection:
        found = connection.execute("SELECT current_user, current_database()").fetchone()
    assert found == (database.user, database.database)


def test_sqlalchemy_and_optuna_enter_as_well(database: Settings) -> None:
    engine = create_engine(DIALECT, **engine_arguments(database))
    with engine.connect() as connection:
        found = connection.execute(text("SELECT current_user, current_database()")).one()
    engine.dispose()
    assert tuple(found) == (database.user, database.database)
    storage = RDBStorage(DIALECT, engine_arguments(database))
    assert storage.get_all_studies() == []
    storage.engine.dispose()


def test_a_socket_is_entered_by_its_folder(postgres: Server, database: Settings) -> None:
    folder = str(postgres.folder / "tmp")
    there = Settings(
        folder, database.port, database.user, database.database, database.password, "disable"
    )
    with connect(there) as connection:
        assert connection.info.host == folder
    engine = create_engine(DIALECT, **engine_arguments(there))
    with engine.connect() as connected:
        assert connected.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"password": "wrong"}, "password authentication failed"),
        ({"password": None}, "no password supplied"),
        ({"user": "nobody knows"}, "password authentication failed"),
        ({"database": "nowhere"}, "does not exist"),
        ({"sslmode": "require"}, "does not support SSL"),
    ],
)
def test_who_is_refused_is_told_at_once(
    database: Settings, changed: dict[str, str | None], message: str
) -> None:
    wrong = Settings(**{**as_arguments(database), **changed})
    with pytest.raises(Refused, match=message):
        connect(wrong, patience=3600)


def test_no_server_is_waited_for_and_then_given_up() -> None:
    with pytest.raises(Unreachable, match=r"within 0\.5 s"):
        connect(Settings("127.0.0.1", free_port(), "u", "d", "p"), patience=0.5)


def test_a_server_may_come_up_late() -> None:
    with postgres_store.postgres_server() as server:
        database = postgres_store.new_database(server)
        server.stop()
        later = threading.Timer(2, server.start)
        later.start()
        with connect(database, patience=60) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        later.join()


def test_a_server_that_listens_and_says_nothing_is_given_up() -> None:
    """As an address that leads to no pod."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()
        silent = Settings("127.0.0.1", listener.getsockname()[1], "u", "d", "p")
        with pytest.raises(Unreachable):
            connect(silent, patience=1)
    assert time.monotonic() - began < 60


def as_arguments(database: Settings) -> dict[str, Any]:
    """What makes the same settings again."""
    return {name: getattr(database, name) for name in Settings.__slots__}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
