"""One run's store on a server: its scripts, run with the environment that their contracts name."""

import subprocess
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from tests.store.postgres import ADMIN, ADMIN_PASSWORD, Server

CATALOGUE = """
SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin, rolreplication, rolbypassrls,
    rolvaliduntil FROM pg_roles ORDER BY rolname;
SELECT datname, pg_get_userbyid(datdba), datacl FROM pg_database ORDER BY datname;
SELECT nspname, pg_get_userbyid(nspowner), nspacl FROM pg_namespace ORDER BY nspname;
SELECT relname, pg_get_userbyid(relowner), relacl FROM pg_class ORDER BY relname;
SELECT typname, pg_get_userbyid(typowner), typacl FROM pg_type ORDER BY typname;
"""
"""Who there is, and what belongs to whom; but not how a password is stored."""


@dataclass(frozen=True, slots=True)
class Store:
    """A role, its database and its password, as a run file and a Secret would say them."""

    server: Server
    user: str
    database: str
    password: str

    @property
    def tag(self) -> str:
        """A part of file names, different for each store."""
        return blake2b(repr(self).encode(), digest_size=6).hexdigest()

    @property
    def backups(self) -> Path:
        """The volume of the dumps."""
        path = self.server.folder / f"backups-{self.tag}"
        return path if path.exists() else self.server.make_folder(path.name)

    @property
    def dumps(self) -> list[str]:
        """The names of everything in the volume, sorted."""
        return sorted(path.name for path in self.backups.iterdir())

    def as_admin(self) -> dict[str, str]:
        """The environment of `initialise.sh`."""
        return self.server.environment(ADMIN, ADMIN) | {
            "PASSWORD_FILE": self.server.secret(f"admin-{self.tag}", ADMIN_PASSWORD),
            "READY_SECONDS": "10",
            "STORE_USER": self.user,
            "STORE_DATABASE": self.database,
            "STORE_PASSWORD_FILE": self.server.secret(f"password-{self.tag}", self.password),
        }

    def as_user(self) -> dict[str, str]:
        """What the environments of `backup.sh` and `restore.sh` have in common."""
        return self.server.environment(self.user, self.database) | {
            "PASSWORD_FILE": self.server.secret(f"password-{self.tag}", self.password),
            "READY_SECONDS": "10",
            "BACKUP_DIRECTORY": str(self.backups),
        }

    def initialise(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run store-init."""
        return self.server.run(self.server.script("initialise.sh"), self.as_admin() | changed)

    def check(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run the proof that the store can be used."""
        return self.server.run(self.server.script("check.sh"), self.as_user() | changed)

    def backup(self, **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a backup."""
        environment = self.as_user() | {"BACKUP_KEEP": "3"} | changed
        return self.server.run(self.server.script("backup.sh"), environment)

    def restore(self, backup: str = "newest", **changed: str) -> subprocess.CompletedProcess[str]:
        """Run a restore."""
        environment = self.as_user() | {"BACKUP": backup} | changed
        return self.server.run(self.server.script("restore.sh"), environment)

    def ask(self, statements: str) -> subprocess.CompletedProcess[str]:
        """Send statements as the run does."""
        return self.server.ask(statements, self.user, self.password, self.database)

    def rows(self, statements: str) -> list[str]:
        """What the run is answered."""
        asked = self.ask(statements)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.splitlines()

    def catalogue(self) -> list[str]:
        """All that store-init is about, but for the stored password."""
        return self.server.rows(CATALOGUE, self.database)


def succeeded(done: subprocess.CompletedProcess[str]) -> None:
    """Hold that a script did what it is for, without a word on the standard error."""
    assert (done.returncode, done.stderr) == (0, "")
