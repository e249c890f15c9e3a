"""Part of `local_store`: a store that somebody named, by the connection string of libpq."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from modelops_runtime.central_store.connection import NotConfigured, Settings, connect
from modelops_runtime.local_store.address import PASSWORD, Address, keep_password

TAKEN = frozenset({"host", "port", "user", "dbname", "password", "sslmode"})


def named_store(dsn: str, directory: Path, environment: Mapping[str, str]) -> Address:
    """The store of a connection string, once it has let us in.

    Args:
        dsn: `postgresql://…`, or `host=… user=…`.
        directory: where the password is kept.
        environment: holds the password as PGPASSWORD, if the string does not.

    Raises:
        NotConfigured: the string is none, or says too little or too much.
        Refused: the store does not let us in.
        Unreachable: it was not there in time.
    """
    settings = _settings(_parts(dsn), environment)
    connect(settings, application="modelops local-store").close()
    file = directory / PASSWORD
    keep_password(file, settings.password or "")
    return Address(settings, file)


def _parts(dsn: str) -> dict[str, Any]:
    """The string, taken apart.

    Raises:
        NotConfigured: it cannot be.
    """
    try:
        found: dict[str, Any] = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        # The error repeats pieces of the string, and one of them may be the password.
        raise NotConfigured(
            "the DSN cannot be read: it is to be postgresql://USER:PASSWORD@HOST:PORT/DATABASE,"
            " where special characters are written as %XX"
        ) from None
    if more := sorted(found.keys() - TAKEN):
        raise NotConfigured(f"the DSN says more than is handed on: {', '.join(more)}")
    return found


def _settings(parts: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    password = parts.get("password") or environment.get("PGPASSWORD")
    if not (user := parts.get("user")) or not password:
        raise NotConfigured("the DSN has to name a user and a password; PGPASSWORD may hold that")
    host, port = parts.get("host") or "localhost", str(parts.get("port") or "5432")
    if "," in host or not port.isdecimal():
        raise NotConfigured("the DSN has to name one host and one port")
    return Settings(
        host=host,
        port=int(port),
        user=user,
        database=parts.get("dbname") or user,
        password=password,
        sslmode=parts.get("sslmode") or "prefer",
    )
