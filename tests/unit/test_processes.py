"""Processes of this machine: real ones, watched, started again, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from modelops.processes import (
    Child,
    Crew,
    Occupied,
    ProcessFailure,
    Role,
    following,
    free_port,
    is_occupied,
    occupied,
    said,
    written,
)

PATIENCE = 60.0
FOREVER = "import time; time.sleep(600)"


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.02)


def child(folder: Path, program: str, role: Role = Role.SERVES, name: str = "child") -> Child:
    return Child(
        name,
        (sys.executable, "-c", program),
        dict(os.environ),
        folder,
        folder / f"{name}.log",
        role,
        frozenset({64}),
    )


def pids(folder: Path) -> list[int]:
    """What children wrote down of themselves, one line each."""
    file = folder / "pids"
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


WRITE_PID = "import os; print(os.getpid(), file=open('pids', 'a'));"


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return True
    return state == "Z"


# --- a crew --------------------------------------------------------------------------------------


def test_what_serves_is_started_again_when_it_is_killed(tmp_path: Path) -> None:
    crew = Crew()
    with crew.ending():
        crew.add(child(tmp_path, WRITE_PID + FOREVER))
        until(lambda: pids(tmp_path))
        os.kill(pids(tmp_path)[0], signal.SIGKILL)

        def again() -> bool:
            crew.look_after()
            return len(pids(tmp_path)) == 2

        until(again)
    assert all(gone(pid) for pid in pids(tmp_path))


def test_what_ends_well_is_not_started_again(tmp_path: Path) -> None:
    crew = Crew()
    with crew.ending():
        ended = crew.add(child(tmp_path, WRITE_PID, Role.ENDS))
        crew.until(crew.all_done, PATIENCE, "it did not end")
        crew.look_after()
    assert ended.starts == 1
    assert len(pids(tmp_path)) == 1


def test_what_fails_for_good_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    crew = Crew()
    crew.add(child(tmp_path, "print('no such \\x1b study'); raise SystemExit(64)", Role.ENDS))
    with pytest.raises(ProcessFailure, match=r"exit code 64(.|\n)*no such   study"):
        crew.until(crew.all_done, PATIENCE, "it did not end")


def test_what_fails_again_and_again_is_given_up(tmp_path: Path) -> None:
    crew = Crew()
    failing = crew.add(child(tmp_path, "raise SystemExit(3)", Role.ENDS))
    with pytest.raises(ProcessFailure, match="exit code 3"):
        crew.until(crew.all_done, PATIENCE, "it did not end")
    assert failing.starts == 6


def test_what_does_not_come_true_is_told_in_time(tmp_path: Path) -> None:
    crew = Crew()
    with crew.ending(), pytest.raises(ProcessFailure, match="not ready within 0 s"):
        crew.until(lambda: False, 0.2, "not ready")


def test_those_that_serve_outlive_those_that_they_serve(tmp_path: Path) -> None:
    told = (
        "import signal, sys, time;"
        "signal.signal(15, lambda *_: sys.exit(print('{}', file=open('ends', 'a'))));"
    )
    crew = Crew()
    with crew.ending():
        for name, role in (("server", Role.SERVES), ("client", Role.ENDS)):
            crew.add(child(tmp_path, told.format(name) + WRITE_PID + FOREVER, role, name))
        until(lambda: len(pids(tmp_path)) == 2)
    assert (tmp_path / "ends").read_text().splitlines() == ["client", "server"]


def test_one_that_will_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    stubborn = (
        "import os, signal, subprocess, sys, time; signal.signal(15, signal.SIG_IGN);"
        "grandchild = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        "print(grandchild.pid, file=open('pids', 'a'));" + WRITE_PID + FOREVER
    )
    crew = Crew(patience=0.2)
    with crew.ending():
        crew.add(child(tmp_path, stubborn, Role.ENDS))
        until(lambda: len(pids(tmp_path)) == 2)
    until(lambda: all(gone(pid) for pid in pids(tmp_path)))


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = Child("worker", ("/nowhere",), {}, tmp_path, tmp_path / "log", Role.ENDS)
    crew = Crew()
    crew.add(missing)
    with pytest.raises(ProcessFailure, match=r"the worker ended(.|\n)*nowhere"):
        crew.until(crew.all_done, PATIENCE, "it did not end")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children of the killed")
def test_nothing_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    parent = (
        "import os, sys; from pathlib import Path; from modelops.processes import *\n"
        "folder = Path(sys.argv[1]); crew = Crew()\n"
        f"crew.add(Child('c', (sys.executable, '-c', {WRITE_PID + FOREVER!r}), dict(os.environ),"
        " folder, folder / 'log', Role.SERVES))\n"
        "import time; time.sleep(600)"
    )
    started = subprocess.Popen([sys.executable, "-c", parent, str(tmp_path)])
    until(lambda: pids(tmp_path))
    started.kill()
    started.wait()
    until(lambda: gone(pids(tmp_path)[0]))


# --- a folder, and ports -------------------------------------------------------------------------


def test_a_folder_is_for_one_at_a_time(tmp_path: Path) -> None:
    with occupied(tmp_path / "run"), pytest.raises(Occupied, match="already"):
        occupied(tmp_path / "run").__enter__()
    assert not is_occupied(tmp_path / "run")
    with occupied(tmp_path / "run"):
        assert is_occupied(tmp_path / "run")
        assert (tmp_path / "run").stat().st_mode & 0o077 == 0


def test_files_are_for_their_user_alone(tmp_path: Path) -> None:
    written({str(tmp_path / "deep" / "a.json"): "ü"})
    assert (tmp_path / "deep" / "a.json").read_text() == "ü"
    assert (tmp_path / "deep").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_not_given() -> None:
    first = free_port(0)
    assert free_port(first) == first
    import socket  # noqa: PLC0415 -- for this alone

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert free_port(first) != first


# --- what programs say ---------------------------------------------------------------------------


def test_what_a_program_says_is_its_output_alone() -> None:
    program = "import sys; print(' yes '); print('noise', file=sys.stderr)"
    assert said((sys.executable, "-c", program), {}, "asking") == "yes"


def test_a_program_that_fails_is_told_with_its_last_words() -> None:
    with pytest.raises(ProcessFailure, match=r"asking failed with exit code 3:\n  alas"):
        said(
            (sys.executable, "-c", "import sys; print('alas', file=sys.stderr); sys.exit(3)"),
            {},
            "asking",
        )


def test_an_entry_of_a_log_is_told_by_its_message(tmp_path: Path) -> None:
    entry = '{"level": "error", "message": "no\\nstudy", "time": "now"}'
    with pytest.raises(ProcessFailure, match=r"exit code 64(.|\n)*\n  error: no study$"):
        said(
            (
                sys.executable,
                "-c",
                f"import sys; sys.exit(print({entry!r}, file=sys.stderr) or 64)",
            ),
            {},
            "it",
        )


def test_the_last_line_of_json_is_what_counts(tmp_path: Path) -> None:
    program = (
        "import time\n"
        "for at in range(3): print('{\"at\": %d}' % at, flush=True)\n"
        "print('no json', flush=True)\n" + FOREVER
    )

    def latest(told: Mapping[str, object] | None) -> object:
        return told and told["at"]

    with (
        (tmp_path / "log").open("wb") as log,
        following((sys.executable, "-c", program), {}, log) as told,
    ):
        until(lambda: latest(told.latest) == 2)
