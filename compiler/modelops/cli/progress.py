"""What is going on, while it takes more than a second, to someone who watches a terminal.

A stage's name comes in; a line stands on the standard error until the stage ends, and is then gone.
Nothing is shown in pipes, files and CI, where it would be noise. Has no effect on anything else.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from itertools import count
from threading import Event, Thread
from typing import TextIO

from modelops.disk import SOURCES
from modelops.documents import UNIT_FOLDERS, Kind

PATIENCE = 1.0
"""Seconds until something is shown."""

REFRESH = 1.0
"""Seconds from one line to the next."""

CLEAR = "\r\x1b[K"
"""Back to the beginning of the line, and nothing after it: ECMA-48, EL."""


@contextmanager
def progress(stage: str) -> Iterator[None]:
    """Tell that `stage` goes on, while the block does, where someone watches."""
    stream = sys.stderr
    if not is_watched(stream):
        yield
        return
    ended = Event()
    teller = Thread(target=_tell, args=(stage, stream, ended), daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def counted_units(sources: Iterable[str]) -> str:
    """`1,000 workspaces, 2 runs`, by the files' names; workspaces are told also where none is."""
    files = tuple(sources)
    found = {
        kind: sum(fnmatch(file, f"{SOURCES}/*/{folder}/*.yaml") for file in files)
        for folder, kind in UNIT_FOLDERS.items()
    }
    told = (
        f"{count:,} {kind.lower()}{'s' * (count != 1)}"
        for kind, count in found.items()
        if count or kind is Kind.WORKSPACE
    )
    return ", ".join(told)


def is_watched(stream: TextIO | None) -> bool:
    """Whether it is a terminal that can clear a line, and no CI service pretends to be one."""
    able = os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
    return able and stream is not None and stream.isatty()


def _tell(stage: str, stream: TextIO, ended: Event) -> None:
    """Show the stage and its seconds until it ends; a terminal that has gone is no news."""
    if ended.wait(PATIENCE):
        return
    with suppress(OSError, ValueError):
        for tick in count():
            _write(f"{CLEAR}{stage} ({PATIENCE + tick * REFRESH:.0f} s)", stream)
            if ended.wait(REFRESH):
                break
        _write(CLEAR, stream)


def _write(text: str, stream: TextIO) -> None:
    stream.buffer.write(text.encode(stream.encoding, "replace"))
    stream.buffer.flush()
