"""Part of `central_store`: our tables, in a schema of their own beside Optuna's.

They are made once, by `store-init`, before any worker starts; whoever else connects only checks
that they are there. Several may make them at once.

    runs      one row for each study: its run file, and who leads it
    events    the log of each study; `status`, `loss` repeat what stands in `body`, for questions
    leases    who works on which trial, where no worker leads, and until when

The body of an event is text and not `jsonb`: that refuses a text with a NUL in it, which the output
of a model may well hold, and costs a third more time.
"""

from typing import LiteralString

import psycopg

VERSION = 1
"""Of the tables; whoever changes them adds the step from the version before."""

STEPS: tuple[LiteralString, ...] = (
    """
    CREATE TABLE modelops.runs (
        study text PRIMARY KEY,
        config text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        leader text,
        led_since timestamptz
    );
    CREATE TABLE modelops.events (
        study text NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        number integer,
        status text,
        loss double precision,
        body text NOT NULL,
        PRIMARY KEY (study, position)
    );
    CREATE TABLE modelops.leases (
        study text NOT NULL,
        number integer NOT NULL,
        holder text NOT NULL,
        attempt integer NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (study, number)
    );
    """,
)
"""What makes each version of the one before; the first of nothing."""

MAKING = 0x6D6F64656C6F7073
"""The lock of whoever makes tables here, Optuna's included."""


class NotMade(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The tables or the run are not there: `store-init` makes them."""


class FromTheFuture(Exception):  # noqa: N818 -- as above
    """The tables were made by a later version of this program."""


def make(connection: psycopg.Connection) -> None:
    """Make the tables, or bring them up to this version.

    Raises:
        FromTheFuture: they are of a later one.
    """
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        connection.execute("CREATE SCHEMA IF NOT EXISTS modelops")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS modelops.schema_version (version integer NOT NULL)"
        )
        found = _version(connection)
        for step in STEPS[found:]:
            connection.execute(step)
        if found < VERSION:
            connection.execute("DELETE FROM modelops.schema_version")
            connection.execute("INSERT INTO modelops.schema_version VALUES (%s)", [VERSION])


def register(connection: psycopg.Connection, study: str, config: str) -> None:
    """Write down a run by its study's name, or its new run file."""
    connection.execute(
        "INSERT INTO modelops.runs (study, config) VALUES (%s, %s)"
        " ON CONFLICT (study) DO UPDATE SET config = excluded.config",
        [study, config],
    )


def checked(connection: psycopg.Connection, study: str) -> None:
    """Check that all is there for a run.

    Raises:
        NotMade: it is not.
        FromTheFuture: it is of a later version.
    """
    try:
        version = _version(connection)
        found = connection.execute("SELECT FROM modelops.runs WHERE study = %s", [study]).rowcount
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise NotMade("the store has no tables yet: store-init makes them") from error
    if version < VERSION or not found:
        raise NotMade(f"the store is not made for the study `{study}` yet: store-init does it")


def _version(connection: psycopg.Connection) -> int:
    """The version of the tables; zero where none were made.

    Raises:
        FromTheFuture: it is later than ours.
    """
    row = connection.execute("SELECT version FROM modelops.schema_version").fetchone()
    version = int(row[0]) if row else 0
    if version > VERSION:
        raise FromTheFuture(
            f"the store's tables have version {version}, this program knows {VERSION}: run the"
            " images of the version that made them, or a later one"
        )
    return version
