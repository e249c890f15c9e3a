"""Part of `render`: what the containers around a run's Postgres execute, as plain files.

Shell and SQL come from the folder of this module; their texts leave, for a ConfigMap. The shell is
POSIX, without `${…}`, which Flux might substitute. All that a script needs it reads from variables
of its environment and mounted files: nothing is ever written into it, so no name or password can
become part of a program. Each begins with its contract.
"""

from functools import cache
from importlib.resources import files

STORE_INIT = "initialise.sh"
"""Makes the role and the database of a run."""

STORE_CHECK = "check.sh"
"""Proves that a run's own user can log in and make tables."""

BACKUP = "backup.sh"
"""Writes one dump and removes the oldest beyond those to keep."""

RESTORE = "restore.sh"
"""Puts a dump back."""

SCRIPTS = {
    STORE_INIT: (STORE_INIT, "connection.sh", "role_and_database.sql", "schema.sql"),
    STORE_CHECK: (STORE_CHECK, "connection.sh"),
    BACKUP: (BACKUP, "connection.sh"),
    RESTORE: (RESTORE, "connection.sh"),
}
"""Each script, and the files that have to lie in one folder for it to run."""


def store_scripts(*scripts: str) -> dict[str, str]:
    """The files that the scripts need, by name, in the order of their names."""
    return {
        name: _text(name) for name in sorted({name for one in scripts for name in SCRIPTS[one]})
    }


def ready_command(port: int, user: str) -> tuple[str, ...]:
    """What each probe of the server runs.

    By TCP, because the image's entrypoint starts a server of its own while it makes a new store, on
    the socket alone: a probe of the socket would be green too early.
    """
    return ("pg_isready", "-h", "127.0.0.1", "-p", str(port), "-U", user, "-d", "postgres")


@cache
def _text(name: str) -> str:
    return (files(__name__) / name).read_text(encoding="utf-8")
