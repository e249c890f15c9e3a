"""A real Postgres, and databases in it with names and a password that somebody will think of."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from tests.store.postgres import ADMIN, ADMIN_PASSWORD, LOOPBACK, Server, running

from modelops_runtime.central_store.connection import Settings

VERSION = 18
PASSWORD = "p@ss/w:rd {0} %41'\"\\ =?#ü"  # noqa: S105 -- of a server that lives as long as the tests
NUMBERS = count(1)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Within: a folder that anybody may enter, as the user that a server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="modelops-runtime-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgres_server() -> Iterator[Server]:
    """Within: a server of its own."""
    with open_folder() as folder, running(VERSION, folder) as server:
        yield server


def admin(server: Server, database: str = ADMIN) -> psycopg.Connection:
    """A connection of the server's administrator."""
    return psycopg.connect(
        host=LOOPBACK,
        port=server.port,
        user=ADMIN,
        password=ADMIN_PASSWORD,
        dbname=database,
        autocommit=True,
    )


def new_database(server: Server) -> Settings:
    """An empty database and its owner."""
    number = next(NUMBERS)
    user, database = f"us@r{{}}/:'\" %41 {number}", f"d@ta{{x}}=b/se?'\" #{number}"
    with admin(server) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                sql.Identifier(user), sql.Literal(PASSWORD)
            )
        )
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(database), sql.Identifier(user)
            )
        )
    return Settings(LOOPBACK, server.port, user, database, PASSWORD, "disable")


def no_database(server: Server) -> Settings:
    """A role that may make databases, and the name of one that is not there."""
    number = next(NUMBERS)
    user = f"maker {number}"
    with admin(server) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(
                sql.Identifier(user), sql.Literal(PASSWORD)
            )
        )
    name = f"d@ta{{y}}=b/se?'\" {number}; DROP"
    return Settings(LOOPBACK, server.port, user, name, PASSWORD, "disable")


def empty(server: Server, database: Settings) -> None:
    """Throw everybody out of a database, and everything."""
    with admin(server, database.database) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        connection.execute(
            "DROP SCHEMA IF EXISTS modelops CASCADE; DROP SCHEMA public CASCADE;"
            " CREATE SCHEMA public AUTHORIZATION pg_database_owner"
        )


def environment(database: Settings) -> dict[str, str]:
    """Libpq's variables for it."""
    return {
        "PGHOST": database.host,
        "PGPORT": str(database.port),
        "PGUSER": database.user,
        "PGDATABASE": database.database,
        "PGPASSWORD": database.password or "",
        "PGSSLMODE": database.sslmode,
    }
