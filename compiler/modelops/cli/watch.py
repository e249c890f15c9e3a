"""`modelops compile --watch`: compile, wait until a source changes, compile again.

A folder and what to do come in; it ends with Ctrl-C. Looks at names, sizes and times of files
instead of asking the system to tell of changes: that works on every file system, in containers and
over networks, and costs a millisecond for hundreds of files.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import click
from click.exceptions import Exit

from modelops.cli.failures import told
from modelops.cli.terminal import tell, tell_error
from modelops.disk import WorldFailure
from modelops.synth import SynthesisFailed

INTERVAL = 0.2
"""Seconds from one look to the next: an answer that people feel as immediate."""

Look = dict[str, tuple[int, int, int]]
"""Each file's inode, size and time of change in nanoseconds, by path."""


def watch(folder: Path, compile_once: Callable[[], None]) -> None:
    """Compile now and after every change below `folder`, until an interrupt."""
    while True:
        # Before the compile: what changes while it runs is compiled again.
        seen = _look(folder)
        _survive(compile_once)
        gc.collect()
        tell(f"watching {folder.name}/ (Ctrl-C ends it)")
        while _look(folder) == seen:
            time.sleep(INTERVAL)


def _survive(compile_once: Callable[[], None]) -> None:
    """What an edit or the world can cure is told, and waited for; a bug of ours is not."""
    try:
        compile_once()
    except Exit:
        """Its reason has been told."""
    except click.ClickException as error:
        tell_error(error.format_message())
    except (WorldFailure, SynthesisFailed) as error:
        told(error)


def _look(folder: Path) -> Look:
    return dict(_files(str(folder)))


def _files(folder: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    """Every file below a folder; what vanishes meanwhile is not there."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    yield from _files(entry.path)
                    continue
                stat = entry.stat(follow_symlinks=False)
                yield entry.path, (stat.st_ino, stat.st_size, stat.st_mtime_ns)
