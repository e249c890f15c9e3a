"""Running whole programs: wall time from start to end, and memory of all processes together.

Bytecode is used and, in a first run that nobody measures, made: `PYTHONDONTWRITEBYTECODE` is taken
away from every process that is started here.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SAMPLING_SECONDS = 0.02
PAGE = os.sysconf("SC_PAGE_SIZE")
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Command:
    """One program as people start it.

    Attributes:
        before: what is put in order before each run and is not measured.
        variables: added to the environment.
    """

    line: tuple[str, ...]
    folder: Path
    before: Callable[[], None] = lambda: None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """How one run went.

    Attributes:
        told: what it wrote to the standard error.
    """

    seconds: float
    told: str


def run(command: Command) -> Run:
    """Run to the end and measure.

    Raises:
        RuntimeError: the program failed; what it said is the text.
    """
    command.before()
    start = time.perf_counter()
    with _started(command) as process:
        _, told = process.communicate()
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(command.line)} failed:\n{told.decode()[-2000:]}")
    return Run(seconds, told.decode())


def peak_memory(command: Command) -> int:
    """The largest sum of the resident bytes of the program and all its children, by sampling.

    Pages that two processes share count twice. Only where there is /proc; else 0.
    """
    command.before()
    peak = 0
    with _started(command) as process:
        while process.poll() is None:
            peak = max(peak, sum(_resident(each) for each in _family(process.pid)))
            with suppress(subprocess.TimeoutExpired):
                process.wait(SAMPLING_SECONDS)
    return peak


def interleaved(commands: Mapping[str, Command], rounds: int) -> Mapping[str, list[Run]]:
    """Every command once, then every command again, for as many rounds."""
    done: dict[str, list[Run]] = {each: [] for each in commands}
    for _ in range(rounds):
        for each, command in commands.items():
            done[each].append(run(command))
    return done


def median(runs: Sequence[Run]) -> float:
    """The median of the wall times, in seconds."""
    return statistics.median(each.seconds for each in runs)


def _started(command: Command) -> subprocess.Popen[bytes]:
    variables = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.Popen(
        command.line,
        cwd=command.folder,
        env={**variables, **command.variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _family(pid: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text().split():
                yield from _family(int(child))


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return 0
