"""Part of `central_store`: the database itself, on a server that several runs share.

Only a server that makes none for us needs this: one in a pod begins with its database.
"""

from dataclasses import replace

import psycopg
from psycopg import sql

from modelops_runtime.central_store.connection import Refused, Settings, connect
from modelops_runtime.central_store.schema import MAKING

ENTRANCE = "postgres"
"""The database that each server has from the beginning."""


def make_database(settings: Settings, patience: float) -> None:
    """Make the database where it is missing; several may do so at once.

    Args:
        settings: of a role that may make databases, if it is missing.
        patience: seconds in which the server may come up.

    Raises:
        Refused: the server does not let us in, or does not let us make it.
        Unreachable: it was not there in time.
    """
    with connect(replace(settings, database=ENTRANCE), patience) as connection:
        # Two that find none would both make it, and one of them would fail.
        connection.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        if not _exists(connection, settings.database):
            _make(connection, settings)


def _exists(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    return bool(found.rowcount)


def _make(connection: psycopg.Connection, settings: Settings) -> None:
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(settings.database))
    try:
        connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused(
            f"the store at {settings.host}:{settings.port} has no database `{settings.database}`,"
            f" and does not let `{settings.user}` make it: {error}"
        ) from error
