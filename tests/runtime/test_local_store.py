"""`local-store`: a Postgres in a folder, there as long as its process, and its data for longer."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.runtime import postgres_store
from tests.runtime.program import Ended, run

from modelops_runtime.central_store.connection import Settings, connect, settings

COMMAND = [sys.executable, "-m", "modelops_runtime", "local-store"]
PATH = {"PATH": os.environ["PATH"]}
LONG = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """A store that said where it is."""

    process: subprocess.Popen[str]
    told: Mapping[str, Any]

    @property
    def store(self) -> Settings:
        """How to enter it."""
        return settings(
            {
                "PGHOST": self.told["host"],
                "PGPORT": str(self.told["port"]),
                "PGUSER": self.told["user"],
                "PGDATABASE": self.told["database"],
                "PGSSLMODE": self.told["sslmode"],
                "MODELOPS_STORE_PASSWORD_FILE": self.told["passwordFile"],
            }
        )

    def end(self, number: int = signal.SIGTERM) -> Ended:
        """Send it a signal, and wait for its end."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> Ended:
        """Wait for its end."""
        stdout, stderr = self.process.communicate(timeout=LONG)
        return Ended(self.process.returncode, stdout, stderr)


@pytest.fixture
def new_folder() -> Iterator[Path]:
    """Where the user that the server runs as may go: pytest's own folder is for its owner alone."""
    with postgres_store.open_folder() as folder:
        yield folder / "store"


@pytest.fixture(scope="module")
def used_folder() -> Iterator[Path]:
    """A folder whose data were made once, for all tests to which it does not matter how."""
    with postgres_store.open_folder() as folder:
        with local_store(folder / "store") as running:
            assert running.end().status == 0
        yield folder / "store"


@pytest.fixture
def folder(new_folder: Path, used_folder: Path) -> Path:
    """A copy of it, with the owners of its files."""
    subprocess.run(["cp", "-a", str(used_folder), str(new_folder)], check=True)
    return new_folder


@contextmanager
def local_store(
    folder: Path, *more: str, stdin: int = subprocess.DEVNULL, **variables: str
) -> Iterator[Running]:
    process = subprocess.Popen(
        [*COMMAND, "--directory", str(folder), *more],
        env=PATH | variables,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.communicate()[1]
            yield Running(process, json.loads(line))
        finally:
            process.terminate()
            process.wait(LONG)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def write(running: Running, number: int) -> None:
    with connect(running.store) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(running: Running) -> list[int]:
    with connect(running.store) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def postmaster(folder: Path) -> int | None:
    """The number of the server's process; None where no server runs."""
    try:
        number = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(number, 0)
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return None
    return number


# --- a server in a folder -------------------------------------------------------------------------


def test_it_tells_where_it_is_and_keeps_what_is_written(new_folder: Path, tmp_path: Path) -> None:
    ready = tmp_path / "deep" / "ready.json"
    with local_store(new_folder, "--ready-file", str(ready)) as running:
        assert running.told == json.loads(ready.read_text())
        assert list(running.told) == [
            *("host", "port", "user", "database", "passwordFile", "sslmode")
        ]
        file = Path(running.told["passwordFile"])
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        password = file.read_text()
        write(running, 1)
        done = running.end()
    assert (done.status, done.stdout) == (0, "")
    assert done.told == "the store is stopped"
    assert postmaster(new_folder) is None
    with local_store(new_folder) as running:
        assert Path(running.told["passwordFile"]).read_text() == password
        assert kept(running) == [1]
        assert running.end(signal.SIGINT).status == 0


def test_its_user_owns_its_database_and_nothing_more(folder: Path) -> None:
    with local_store(folder) as running, connect(running.store) as connection:
        connection.execute("CREATE SCHEMA modelops")
        connection.execute("CREATE TABLE public.a (b int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE DATABASE more")


def test_it_ends_with_its_standard_input(folder: Path) -> None:
    with local_store(folder, stdin=subprocess.PIPE) as running:
        assert running.process.stdin is not None
        running.process.stdin.write("nobody reads this\n")
        running.process.stdin.flush()
        write(running, 1)
        running.process.stdin.close()
        running.process.stdin = None
        assert running.ended().status == 0
    assert postmaster(folder) is None


def test_after_a_kill_it_starts_again_and_stops_again(folder: Path) -> None:
    with local_store(folder) as running:
        write(running, 1)
        running.process.kill()
        running.process.wait()
    assert postmaster(folder) is not None
    with local_store(folder) as running:
        assert kept(running) == [1]
        write(running, 2)
        assert running.end().status == 0
    assert postmaster(folder) is None


def test_after_a_loss_of_power_it_starts_again(folder: Path) -> None:
    """All processes are gone, and another one has the number of the server by now."""
    with local_store(folder) as running:
        write(running, 1)
        running.process.kill()
        running.process.wait()
    server = postmaster(folder)
    assert server is not None
    file = folder / "data" / "postmaster.pid"
    lines = file.read_text().splitlines()
    os.kill(server, signal.SIGKILL)
    eventually(lambda: postmaster(folder) is None)
    file.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    with local_store(folder) as running:
        assert kept(running) == [1]
        assert running.end().status == 0


def test_a_server_that_ends_by_itself_ends_it(folder: Path) -> None:
    with local_store(folder) as running:
        server = postmaster(folder)
        assert server is not None
        os.kill(server, signal.SIGKILL)
        done = running.ended()
    assert done.status == 75
    assert any("ended by itself" in line["message"] for line in done.log)


def test_a_folder_has_one_at_a_time(folder: Path) -> None:
    with local_store(folder) as running:
        second = run([*COMMAND, "--directory", str(folder)], PATH)
        assert (second.status, second.stdout) == (69, "")
        assert "another process" in second.told
        write(running, 1)


def test_two_folders_have_two_servers(folder: Path, used_folder: Path) -> None:
    with local_store(folder) as one, local_store(used_folder) as two:
        with connect(two.store) as connection:
            assert connection.info.host == str(used_folder / "data")
        write(one, 1)
        assert one.end().status == 0
        with connect(two.store) as connection:
            assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_a_long_path_is_no_obstacle(new_folder: Path) -> None:
    with local_store(new_folder / ("long" * 30)) as running:
        assert len(running.told["host"]) < 100
        write(running, 1)
        assert running.end().status == 0


def test_what_others_left_among_the_temporary_files_does_not_matter(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / ".lockfile").mkdir()
    with local_store(folder, TMPDIR=str(tmp_path)) as running:
        assert running.end().status == 0
    assert [path.name for path in tmp_path.iterdir()] == [".lockfile"]


def test_a_lost_password_is_made_anew(folder: Path) -> None:
    with local_store(folder) as running:
        write(running, 1)
        assert running.end().status == 0
    (folder / "password").unlink()
    with local_store(folder) as running:
        assert kept(running) == [1]


def test_a_folder_of_another_version_is_left_alone(new_folder: Path) -> None:
    (new_folder / "data").mkdir(parents=True)
    (new_folder / "data" / "PG_VERSION").write_text("9\n")
    done = run([*COMMAND, "--directory", str(new_folder)], PATH)
    assert done.status == 69
    assert "expecting version" in done.told


# --- a server that somebody named -----------------------------------------------------------------


def dsn(database: Settings, **changed: str) -> str:
    parts: dict[str, Any] = {
        "host": database.host,
        "port": str(database.port),
        "user": database.user,
        "dbname": database.database,
        "password": database.password,
        "sslmode": database.sslmode,
    }
    return make_conninfo(**{**parts, **changed})


def as_url(database: Settings) -> str:
    from urllib.parse import quote  # noqa: PLC0415 -- of this function alone

    def quoted(text: str | None) -> str:
        return quote(text or "", safe="")

    return (
        f"postgresql://{quoted(database.user)}:{quoted(database.password)}@{database.host}"
        f":{database.port}/{quoted(database.database)}?sslmode=disable"
    )


@pytest.mark.parametrize("spelt", [dsn, as_url])
@pytest.mark.parametrize("given", ["argument", "variable"])
def test_a_named_server_is_told_as_it_is(
    database: Settings, tmp_path: Path, spelt: Callable[[Settings], str], given: str
) -> None:
    text, ready = spelt(database), tmp_path / "ready.json"
    more = ["--dsn", text] if given == "argument" else []
    variables = PATH | ({"MODELOPS_STORE_DSN": text} if given == "variable" else {})
    done = run(
        [*COMMAND, "--directory", str(tmp_path / "s"), "--ready-file", str(ready), *more], variables
    )
    assert (done.status, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told == json.loads(ready.read_text())
    assert told == {
        "host": database.host,
        "port": database.port,
        "user": database.user,
        "database": database.database,
        "passwordFile": str(tmp_path / "s" / "password"),
        "sslmode": "disable",
    }
    file = Path(told["passwordFile"])
    assert file.read_text(encoding="utf-8") == f"{database.password}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["password"]


def test_the_password_may_stand_in_the_environment(database: Settings, tmp_path: Path) -> None:
    text = f"postgresql://127.0.0.1:{database.port}/?sslmode=disable"
    text = make_conninfo(text, user=database.user, dbname=database.database)
    variables = {"MODELOPS_STORE_DSN": text, "PGPASSWORD": database.password or ""}
    done = run([*COMMAND, "--directory", str(tmp_path)], PATH | variables)
    assert done.status == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("postgresql://u:s3cret@[h/d", "cannot be read"),
        ("s3cret", "cannot be read"),
        ("postgresql://h/d", "a user and a password"),
        ("postgresql://u@h/d", "a user and a password"),
        ("postgresql://u:s3cret@h,i/d", "one host"),
        ("postgresql://u:s3cret@h/d?options=-csearch_path%3Dx", "options"),
    ],
)
def test_a_dsn_that_cannot_be_used_is_said_without_its_password(
    tmp_path: Path, text: str, message: str
) -> None:
    done = run([*COMMAND, "--directory", str(tmp_path)], PATH | {"MODELOPS_STORE_DSN": text})
    assert (done.status, done.stdout) == (64, "")
    assert message in done.told
    assert "s3cret" not in done.stderr


def test_a_named_server_that_refuses_is_said(database: Settings, tmp_path: Path) -> None:
    wrong = {"MODELOPS_STORE_DSN": dsn(database, password="wr0ng-one")}  # noqa: S106 -- a wrong one
    done = run([*COMMAND, "--directory", str(tmp_path)], PATH | wrong)
    assert (done.status, done.stdout) == (64, "")
    assert "password authentication failed" in done.told
    assert "wr0ng-one" not in done.stderr
