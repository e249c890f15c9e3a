"""Part of `processes`: one process: started with a log of its own, and ended."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

LEASH = Path(__file__).with_name("leash.py")

TAIL = 12
"""Lines of a log that are told when its process has failed."""


class ProcessFailure(Exception):  # noqa: N818 -- the house says "failure": an error is a diagnostic
    """A process does not do what it is for; the text says which, and how it ended."""


class Role(Enum):
    """What the end of a process means."""

    SERVES = auto()
    """It should go on: it is started again."""

    ENDS = auto()
    """It ends when it is done; where it failed, it is started again."""


@dataclass(slots=True)
class Child:
    """A process, or the last one of several that took turns.

    Attributes:
        name: what it is called in messages.
        log: what it writes, appended.
        hopeless: the exit codes after which another try would end in the same way.
        starts: how often it was started.
    """

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    role: Role
    hopeless: frozenset[int] = frozenset()
    starts: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, in a session of its own: Ctrl-C on the terminal is not for it.

        Raises:
            ProcessFailure: its program cannot be started.
        """
        tied = [sys.executable, "-I", str(LEASH), str(os.getpid()), *self.arguments]
        try:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603 -- what the caller says
                    tied,
                    env=dict(self.environment),
                    cwd=self.folder,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise ProcessFailure(f"cannot start the {self.name}: {error.strerror}.") from error
        self.starts += 1

    @property
    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll() if self._process else None

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def end(self, patience: float) -> None:
        """Wait for its end; then end it and all that it started."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def failure(self) -> ProcessFailure:
        """What to say of its end."""
        lines = "".join(f"\n  {line}" for line in last_lines(self.log, TAIL))
        return ProcessFailure(
            f"the {self.name} ended with exit code {self.ended}. The end of {self.log}:{lines}"
        )


def last_lines(log: Path, count: int) -> list[str]:
    """The end of a log, without what a terminal would choke on."""
    with suppress(OSError):
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 65536))
            text = stream.read().decode(errors="replace")
        return [told(line) for line in text.splitlines()[-count:]]
    return []


def told(line: str) -> str:
    """A line of a log, for people: what an entry in JSON says, and no more of it."""
    try:
        entry = json.loads(line)
        text = f"{entry['level']}: {entry['message']}"
    except (ValueError, KeyError, TypeError):
        text = line
    return _printable(text)


def _printable(line: str) -> str:
    """A line without what a terminal would choke on."""
    return "".join(character if character.isprintable() else " " for character in line)
