"""Which processes there are, and waiting until there are others."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from modelops_runtime.executors.executor import ExecutorKind

KINDS = [ExecutorKind.ISOLATED_WARM, ExecutorKind.COLD]
SHORT = 3.0
"""Seconds for what is to be stopped, once it has begun."""

SLOW = 60.0
"""Seconds that anything may take that has to happen."""


def until(true: Callable[[], object]) -> None:
    """Wait for something to be so."""
    end = time.monotonic() + SLOW
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def gone(*pids: int) -> bool:
    """Whether none of the processes runs any more."""
    return not any(psutil.pid_exists(pid) and not _is_zombie(pid) for pid in pids)


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def runners() -> list[int]:
    """The processes of this one's executors."""
    children = psutil.Process().children(recursive=True)
    return [child.pid for child in children if _is_runner(child)]


def _is_runner(process: psutil.Process) -> bool:
    try:
        return any(argument.endswith("runner/start.py") for argument in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def noted(note: Path) -> list[int]:
    """The processes that a model wrote down."""
    until(lambda: note.exists() and len(note.read_text().split()) == 2)
    return [int(word) for word in note.read_text().split()]
