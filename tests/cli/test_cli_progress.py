"""Progress: on a terminal after some patience, gone at the end, and nowhere else at all."""

import io
import json
import os
import pty
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelops.cli import progress as told

PLAIN = {"TERM": "xterm", "CI": ""}


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI service, a terminal that can clear a line, and no patience."""
    for name, value in PLAIN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(told, "PATIENCE", 0.0)


@contextmanager
def watching() -> Iterator[int]:
    """What shows what is written to a terminal; within, `sys.stderr` is that terminal.

    No fixture, for pytest puts its own `sys.stderr` in place after the fixtures.
    """
    controller, terminal = pty.openpty()
    before = sys.stderr
    with os.fdopen(terminal, "w", encoding="utf-8") as sys.stderr:
        yield controller
    sys.stderr = before
    os.close(controller)


def seen(screen: int) -> str:
    """What has appeared; fails where nothing ever does."""
    appeared, _, _ = select.select([screen], [], [], 60)
    assert appeared, "nothing was shown"
    return os.read(screen, 65536).decode()


def write(text: str) -> None:
    """Write it to the terminal, as if by another program."""
    os.write(sys.stderr.fileno(), text.encode())


def test_a_stage_is_shown_while_it_lasts_and_is_gone_afterwards() -> None:
    with watching() as screen:
        with told.progress("validating… 1,000 workspaces"):
            shown = seen(screen)
        assert shown == f"{told.CLEAR}validating… 1,000 workspaces (0 s)"
        assert seen(screen) == told.CLEAR


def test_the_line_is_written_anew_while_a_stage_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "REFRESH", 0.001)
    shown = ""
    with watching() as screen, told.progress("compiling"):
        while shown.count("compiling") < 3:
            shown += seen(screen)
    assert shown.startswith(f"{told.CLEAR}compiling (0 s){told.CLEAR}compiling (0 s)")


def test_what_goes_wrong_leaves_no_line_behind() -> None:
    def interrupted() -> None:
        with told.progress("compiling"):
            assert "compiling" in seen(screen)
            raise KeyboardInterrupt

    with watching() as screen:
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert seen(screen) == told.CLEAR


def test_what_is_quick_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "PATIENCE", 3600.0)
    with watching() as screen:
        with told.progress("compiling"):
            pass
        write("after")
        assert seen(screen) == "after"


@pytest.mark.parametrize(("name", "value"), [("CI", "true"), ("TERM", "dumb")])
def test_in_ci_and_on_a_terminal_that_clears_nothing_there_is_none(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    threads = threading.active_count()
    with watching() as screen, told.progress("compiling"):
        assert threading.active_count() == threads
        write("within")
        assert seen(screen) == "within"


def test_where_there_is_no_terminal_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = threading.active_count()
    for stream in (None, io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with told.progress("compiling"):
            assert threading.active_count() == threads


def test_workspaces_are_counted_by_their_files() -> None:
    files = ["environments/base.yaml", "environments/dev/environment.yaml"]
    named = [f"environments/dev/workspaces/w{number}.yaml" for number in range(1234)]
    assert told.counted_units([*files, *named]) == "1,234 workspaces"
    assert told.counted_units(named[:1]) == "1 workspace"
    assert told.counted_units(files) == "0 workspaces"


# --- the commands --------------------------------------------------------------------------------

IMPATIENT = """
import sys
from modelops.cli import main, progress
progress.PATIENCE = 0.0
sys.argv = ["modelops", *sys.argv[1:]]
main()
"""


def watched(project: Path, *arguments: str) -> tuple[bytes, str]:
    """What a command prints, and what a person sees who watches it."""
    controller, terminal = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", IMPATIENT, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        stderr=terminal,
        cwd=project,
        env=os.environ | PLAIN,
    )
    shown = seen(controller)
    os.close(terminal)
    os.close(controller)
    return done.stdout, shown


@pytest.mark.parametrize(
    ("arguments", "stage"),
    [(["validate"], "validating… 3 workspaces"), (["compile"], "compiling… 3 workspaces")],
)
def test_commands_say_what_they_are_at_and_print_the_same(
    project: Path, arguments: list[str], stage: str
) -> None:
    out, shown = watched(project, *arguments)
    silent = subprocess.run(
        [sys.executable, "-c", IMPATIENT, *arguments, "--format", "json"],
        check=True,
        capture_output=True,
        cwd=project,
    )

    assert shown.startswith(f"{told.CLEAR}{stage} (0 s)")
    assert shown.rpartition(" (0 s)")[2].startswith(told.CLEAR)
    assert out.splitlines()
    assert json.loads(silent.stdout) is not None
    assert stage.encode() not in silent.stderr
    assert b"\x1b" not in silent.stderr
