"""Part of `modelops run`: how far a run is, as a bar on a terminal, and as a few lines elsewhere.

What the runtime's `run-status` told comes in. Nothing is computed here but the bar.
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from modelops.cli.progress import CLEAR, is_watched
from modelops.cli.terminal import tell

Told = Mapping[str, Any] | None

EVERY = 10.0
"""Seconds from one line to the next where nobody watches a terminal."""

WIDEST_BAR = 24


@contextmanager
def progress_bar(run: str) -> Iterator[Callable[[Told], None]]:
    """Within, what is told is shown: all the time on a terminal, now and then elsewhere."""
    shown = _Bar(run) if is_watched(sys.stderr) else _Lines(run)
    try:
        yield shown.show
    finally:
        shown.end()


def line(run: str, told: Told, width: int) -> str:
    """How far it is, within so many columns: the bar gives way first."""
    if not told or told.get("trials") is None:
        return f"{run}: starting"[:width]
    trials = told["trials"]
    done = trials["completed"] + trials["failed"] + trials["timeout"] + trials["pruned"]
    text = " · ".join(_parts(told, done))
    room = min(WIDEST_BAR, width - len(run) - len(text) - 5)
    bar = f"{_bar(done, trials['wanted'], room)} " if room >= WIDEST_BAR // 4 else ""
    return f"{run} {bar}{text}"[:width]


def _parts(told: Mapping[str, Any], done: int) -> Iterator[str]:
    trials = told["trials"]
    yield f"{done}/{trials['wanted']}"
    if lost := trials["failed"] + trials["timeout"]:
        yield f"{lost} failed"
    if told.get("best"):
        yield f"best {told['best']['loss']:.5g}"
    if told.get("rate"):
        yield f"{told['rate']:.1f}/s"
    if told.get("state") == "unreachable":
        yield "the store does not answer"


def _bar(done: int, wanted: int, width: int) -> str:
    full = min(width, width * done // max(1, wanted))
    return f"[{'#' * full}{'.' * (width - full)}]"


class _Bar:
    """One line that is written over."""

    def __init__(self, run: str) -> None:
        self._run = run

    def show(self, told: Told) -> None:
        columns = shutil.get_terminal_size().columns - 1
        self._write(CLEAR + line(self._run, told, columns))

    def end(self) -> None:
        self._write(CLEAR)

    def _write(self, text: str) -> None:
        sys.stderr.buffer.write(text.encode(sys.stderr.encoding, "replace"))
        sys.stderr.buffer.flush()


class _Lines:
    """A line now and then, where there is something new."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._last = ""
        self._at = 0.0

    def show(self, told: Told) -> None:
        text = line(self._run, told, 80)
        if text != self._last and time.monotonic() >= self._at + EVERY:
            tell(text)
            self._last, self._at = text, time.monotonic()

    def end(self) -> None:
        """What was told last is the end."""
