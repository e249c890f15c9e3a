"""Part of `central_store`: where the server is, and a connection to it.

Settings come from libpq's own variables. The password never becomes part of a text that somebody
has to take apart again, so it may hold anything.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL

PASSWORD_FILE = "MODELOPS_STORE_PASSWORD_FILE"  # noqa: S105 -- a variable's name
REQUIRED = ("PGHOST", "PGUSER", "PGDATABASE")
PORT = "5432"

PATIENCE = 30.0
"""Seconds: a server that was moved to another node is back by then."""

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two attempts; each pause is twice the one before."""

PERMANENT = (
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "permission denied for database",
    "server does not support SSL",
    "invalid sslmode value",
    "certificate verify failed",
)
"""What Postgres and libpq say where trying again does not help: libpq hands on no code for it.

A message in another language, which a server may be told to speak, only costs patience.
"""

CONNECTING = 10
"""Seconds for one attempt; a server that is there answers in a few thousandths of one."""

LIVENESS: Mapping[str, Any] = {
    "connect_timeout": CONNECTING,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""So that a server whose machine is gone is noticed within half a minute."""


class NotConfigured(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """The environment does not say where the store is."""


class Refused(Exception):  # noqa: N818 -- as above
    """The server answered, and does not let us in."""


class Unreachable(Exception):  # noqa: N818 -- as above
    """No server answered in time, or none that was ready."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A database on a server, and who enters it.

    Attributes:
        host: a name, an address, or the folder of a socket.
        password: None where the server asks for none.
        sslmode: libpq's word for what the connection has to be.
    """

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    sslmode: str = "prefer"


def settings(environment: Mapping[str, str]) -> Settings:
    """The store that the environment names.

    Raises:
        NotConfigured: it names none, or the password's file holds none.
    """
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise NotConfigured(f"not set: {', '.join(missing)}")
    return Settings(
        host=environment["PGHOST"],
        port=_port(environment.get("PGPORT") or PORT),
        user=environment["PGUSER"],
        database=environment["PGDATABASE"],
        password=_password(environment),
        sslmode=environment.get("PGSSLMODE") or "prefer",
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**16):
        raise NotConfigured(f"PGPORT is `{text}`: a port is a number from 1 to 65535")
    return int(text)


def _password(environment: Mapping[str, str]) -> str | None:
    """The password of the file, or else of the variable.

    Raises:
        NotConfigured: the file cannot be read, or is not one line.
    """
    if not (name := environment.get(PASSWORD_FILE)):
        return environment.get("PGPASSWORD") or None
    try:
        text = Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured(f"{PASSWORD_FILE}: `{name}` cannot be read: {error}") from error
    line = text.removesuffix("\n").removesuffix("\r")
    if not line or "\n" in line:
        raise NotConfigured(f"{PASSWORD_FILE}: `{name}` is to hold the password, on one line")
    return line


def url(settings: Settings) -> URL:
    """The same for SQLAlchemy, and so for Optuna."""
    # A socket's folder is no host of a URL, so all of it goes where libpq reads it.
    query = {"host": settings.host, "port": str(settings.port), "sslmode": settings.sslmode}
    query |= {name: str(value) for name, value in LIVENESS.items()}
    return URL.create(
        "postgresql+psycopg",
        username=settings.user,
        password=settings.password,
        database=settings.database,
        query=query,
    )


def engine_arguments(*, more: int = 1) -> dict[str, Any]:
    """How an engine of SQLAlchemy connects: one connection that is kept, and some for moments."""
    return {"pool_size": 1, "max_overflow": more, "pool_pre_ping": True}


def connect(
    settings: Settings, patience: float = PATIENCE, application: str = "modelops"
) -> psycopg.Connection:
    """A connection whose statements each are a transaction, and that notices a lost server.

    Args:
        settings: where to.
        patience: seconds in which the server may come up.
        application: what the server calls the session.

    Raises:
        Refused: it does not let us in.
        Unreachable: it was not there in time.
    """
    deadline, pause = time.monotonic() + patience, FIRST_PAUSE
    while True:
        try:
            return _connected(settings, application, deadline - time.monotonic())
        except psycopg.OperationalError as error:
            _raise_permanent(settings, error)
            if time.monotonic() + pause > deadline:
                raise Unreachable(
                    f"no store at {settings.host}:{settings.port} within {patience:g} s: {error}"
                ) from error
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _connected(settings: Settings, application: str, left: float) -> psycopg.Connection:
    liveness = {**LIVENESS, "connect_timeout": round(min(max(left, 2), CONNECTING))}
    return psycopg.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        dbname=settings.database,
        password=settings.password,
        sslmode=settings.sslmode,
        application_name=application,
        client_encoding="utf8",
        autocommit=True,
        **liveness,
    )


def _raise_permanent(settings: Settings, error: psycopg.OperationalError) -> None:
    message = str(error)
    if any(reason in message for reason in PERMANENT):
        raise Refused(
            f"the store at {settings.host}:{settings.port} does not let `{settings.user}` into"
            f" `{settings.database}`: {message}"
        ) from error
