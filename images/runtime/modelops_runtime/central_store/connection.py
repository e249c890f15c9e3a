"""Part of `central_store`: where the server is, and a connection to it.

Settings come from libpq's own variables. The password never becomes part of a text that somebody
has to take apart again, so it may hold anything. All connections are opened here, SQLAlchemy's and
so Optuna's too: what is shown to the server may be a token, and another one an hour later.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import certifi
import psycopg

from modelops_runtime.algorithms.adapter import Opener
from modelops_runtime.azure_login.workload import (
    NoWorkloadIdentity,
    WorkloadLogin,
    workload_login,
)
from modelops_runtime.central_store.login import LOGIN, NoToken, token
from modelops_runtime.configuration.run import StoreLogin

PASSWORD_FILE = "MODELOPS_STORE_PASSWORD_FILE"  # noqa: S105 -- a variable's name
REQUIRED = ("PGHOST", "PGUSER", "PGDATABASE")
PORT = "5432"

VERIFYING = frozenset({"verify-ca", "verify-full"})
"""Where the server's certificate has to be signed by somebody who is known."""

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
    "does not match host name",
    "could not read root certificate file",
)
"""What Postgres and libpq say where trying again does not help: libpq hands on no code for it.

A message in another language, which a server may be told to speak, only costs patience.
"""

APPLICATION = "modelops"
"""What the server calls a session whose owner says nothing else."""

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
        root_certificates: a file, or libpq's `system`; empty for those that browsers know.
        login: gives tokens, instead of a password.
    """

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    sslmode: str = "prefer"
    root_certificates: str = ""
    login: WorkloadLogin | None = field(default=None, repr=False)


def settings(environment: Mapping[str, str]) -> Settings:
    """The store that the environment names.

    Raises:
        NotConfigured: it names none, or there is nothing to enter with.
    """
    missing = [name for name in REQUIRED if not environment.get(name)]
    if missing:
        raise NotConfigured(f"not set: {', '.join(missing)}")
    login = _login(environment)
    return Settings(
        host=environment["PGHOST"],
        port=_port(environment.get("PGPORT") or PORT),
        user=environment["PGUSER"],
        database=environment["PGDATABASE"],
        password=None if login else _password(environment),
        sslmode=environment.get("PGSSLMODE") or "prefer",
        root_certificates=environment.get("PGSSLROOTCERT") or "",
        login=login,
    )


def _login(environment: Mapping[str, str]) -> WorkloadLogin | None:
    """What gives tokens, where the environment says that they are wanted.

    Raises:
        NotConfigured: it says something else, or the pod cannot have any.
    """
    word = environment.get(LOGIN) or StoreLogin.PASSWORD
    if word == StoreLogin.PASSWORD:
        return None
    if word != StoreLogin.ENTRA:
        raise NotConfigured(f"{LOGIN} is `{word}`: it is one of {', '.join(StoreLogin)}")
    try:
        return workload_login(environment)
    except NoWorkloadIdentity as error:
        raise NotConfigured(f"{LOGIN} is `{word}`: {error}") from error


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


def engine_arguments(settings: Settings, *, more: int = 1) -> dict[str, Any]:
    """How an engine of SQLAlchemy connects: one connection that is kept, and some for moments."""
    return {
        "creator": opener(settings),
        "pool_size": 1,
        "max_overflow": more,
        "pool_pre_ping": True,
    }


def opener(settings: Settings) -> Opener:
    """What opens a connection for SQLAlchemy, in one attempt and with transactions."""
    return partial(_connected, settings, autocommit=False)


def connect(
    settings: Settings, patience: float = PATIENCE, application: str = APPLICATION
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
                raise _given_up(settings, error, patience) from error
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _connected(
    settings: Settings,
    application: str = APPLICATION,
    left: float = CONNECTING,
    *,
    autocommit: bool = True,
) -> psycopg.Connection:
    """A connection, in one attempt.

    Raises:
        psycopg.OperationalError: there is none.
    """
    shown = settings.password if settings.login is None else token(settings.login)
    liveness = {**LIVENESS, "connect_timeout": round(min(max(left, 2), CONNECTING))}
    return psycopg.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        dbname=settings.database,
        password=shown,
        application_name=application,
        client_encoding="utf8",
        autocommit=autocommit,
        **_encryption(settings),
        **liveness,
    )


def _encryption(settings: Settings) -> dict[str, Any]:
    """Libpq's parameters; where it is to verify and is given no roots, it would find none."""
    roots = settings.root_certificates
    if not roots and settings.sslmode in VERIFYING:
        roots = certifi.where()
    return {"sslmode": settings.sslmode, **({"sslrootcert": roots} if roots else {})}


def _raise_permanent(settings: Settings, error: psycopg.OperationalError) -> None:
    """Raise what trying again does not change.

    Raises:
        Refused: it is such.
    """
    if isinstance(error, NoToken):
        if not error.passes:
            raise Refused(f"`{settings.user}` cannot enter {_where(settings)}: {error}") from error
    elif any(reason in str(error) for reason in PERMANENT):
        raise Refused(
            f"{_where(settings)} does not let `{settings.user}` into `{settings.database}`: {error}"
        ) from error


def _given_up(settings: Settings, error: psycopg.OperationalError, patience: float) -> Unreachable:
    if isinstance(error, NoToken):
        within = f"`{settings.user}` cannot enter {_where(settings)} within {patience:g} s"
    else:
        within = f"no store at {settings.host}:{settings.port} within {patience:g} s"
    return Unreachable(f"{within}: {error}")


def _where(settings: Settings) -> str:
    return f"the store at {settings.host}:{settings.port}"
