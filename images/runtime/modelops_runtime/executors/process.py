"""Part of `executors`: one process of a runner, started, asked, and ended with all it started.

Nothing here waits without a limit, and no thread is needed: while a request is written and its
answer is awaited, whatever the process prints is read as well, so that no full pipe can stop it.
The last of what it printed is kept.

The process leads a session of its own. Whatever it starts belongs to its group, unless it takes
pains to leave it, and is ended with it.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelops_runtime.executors.runner import wire
from modelops_runtime.executors.runner.wire import Buffer

PROGRAM = Path(__file__).parent / "runner" / "start.py"

STARTING = 60.0
"""Seconds for an interpreter to be ready: it may come from a cold disk."""

ENDING = 10.0
"""Seconds for a process to be gone whose pipe is closed, or that was killed."""

LOOK = 0.25
"""Seconds between two looks at whether a silent process still lives: a child of it may hold its
pipe open."""

TAIL = 16 * 1024
"""Bytes that are kept of what it printed."""

MOST = 2**30
"""Bytes of an answer: all of it is held in memory at once."""

PIPE = 2**20
"""Bytes in a pipe, where the kernel grants it: an eighth of the time for large results."""

Answer = tuple[dict[str, Any], list[memoryview]]


class Overdue(Exception):  # noqa: N818 -- named for what is so
    """The time is over."""


class Gone(Exception):  # noqa: N818 -- as above
    """The process has ended, or closed its pipe."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a process is started with.

    Attributes:
        interpreter: the program.
        paths: first on its `sys.path`.
        more: last on it, where they are not on it anyway.
        environment: all its variables.
        memory: bytes of data that it may have; none: any number.
    """

    interpreter: str
    paths: tuple[str, ...]
    more: tuple[str, ...]
    environment: Mapping[str, str]
    memory: int | None


class Process:
    """A runner. One thread at a time asks it; any thread may end it."""

    def __init__(self, start: Start) -> None:
        """Start it; `ready` waits for it.

        Raises:
            OSError: there is no such interpreter, or no room for a process.
        """
        self.version: tuple[int, ...] = ()
        self.stopped = False
        self.calls = 0
        self.settled = 0
        self.resident = 0
        self._ending = threading.Lock()
        self._ended = False
        self._status: int | None = None
        self._tail = bytearray()
        self._scratch = tempfile.mkdtemp(prefix="modelops-")
        life, self._life = os.pipe()
        try:
            self._child = subprocess.Popen(  # noqa: S603 -- to run the code of bundles is what it is for
                _command(start, life),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=(life,),
                cwd=self._scratch,
                env={**start.environment, "PYTHONHASHSEED": "0", "TMPDIR": self._scratch},
                start_new_session=True,
            )
        except OSError:
            os.close(self._life)
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise
        finally:
            os.close(life)
        self._requests, self._replies, self._printed = _pipes(self._child)
        self._poll = select.poll()
        self._poll.register(self._replies, select.POLLIN)
        self._poll.register(self._printed, select.POLLIN)

    @property
    def pid(self) -> int:
        """Its number, which is that of its group as well."""
        return self._child.pid

    @property
    def stderr(self) -> str:
        """The last of what it printed since it was asked."""
        return self._tail.decode(errors="replace")

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._child.poll() is None

    def ready(self) -> None:
        """Wait until it is ready, and has said its `version` of Python.

        Raises:
            Gone: it ended instead.
            Overdue: it was not ready in time.
        """
        message, _ = self._answer((), time.monotonic() + STARTING)
        if message.get("ready") != wire.PROTOCOL:
            raise Gone
        self.version = tuple(message["python"])

    def asked(self, message: dict[str, Any], buffers: Sequence[Buffer], seconds: float) -> Answer:
        """Its answer.

        Raises:
            Gone: it ended instead.
            Overdue: it did not answer in time.
        """
        self._read_printed()
        self._tail.clear()
        deadline = time.monotonic() + seconds
        answer, given = self._answer(wire.framed(message, buffers), deadline)
        self._read_printed()
        self.calls += 1
        self.resident = answer.pop("resident", 0)
        self.settled = self.settled or self.resident
        return answer, given

    def _answer(self, pieces: Sequence[Buffer], deadline: float) -> Answer:
        try:
            self._write(pieces, deadline)
            text, body = wire.sizes(self._read(wire.HEAD.size, deadline))
            _check_size(text + body)
            return wire.unframed(self._read(text, deadline), self._read(body, deadline))
        except (BrokenPipeError, ConnectionResetError, wire.Garbled) as error:
            raise Gone(str(error)) from error

    def _write(self, pieces: Sequence[Buffer], deadline: float) -> None:
        rest = deque(memoryview(piece).cast("B") for piece in pieces)
        while rest:
            try:
                piece = rest.popleft()
                count = os.write(self._requests, piece)
                if count < len(piece):
                    rest.appendleft(piece[count:])
            except BlockingIOError:
                rest.appendleft(piece)
                self._await(self._requests, select.POLLOUT, deadline)

    def _read(self, size: int, deadline: float) -> bytearray:
        content = bytearray(size)
        rest = memoryview(content)
        while rest:
            try:
                count = os.readv(self._replies, [rest])
            except BlockingIOError:
                self._await(self._replies, select.POLLIN, deadline)
                continue
            if not count:
                raise Gone
            rest = rest[count:]
        return content

    def _await(self, pipe: int, event: int, deadline: float) -> None:
        """Wait for a pipe, and read meanwhile what is printed.

        Raises:
            Overdue: the deadline has passed.
            Gone: the process has ended, and said nothing more.
        """
        self._poll.register(pipe, event)
        try:
            while True:
                lived = self.alive
                left = min(deadline - time.monotonic(), LOOK)
                if left <= 0:
                    raise Overdue
                happened = dict(self._poll.poll(max(1, int(left * 1000))))
                if self._printed in happened:
                    self._read_printed()
                if pipe in happened:
                    return
                if not lived:
                    raise Gone
        finally:
            if pipe != self._replies:
                self._poll.unregister(pipe)

    def _read_printed(self) -> None:
        """Take what was printed out of the pipe, as much as is there, and keep its end."""
        for _ in range(2 * PIPE // TAIL):
            try:
                printed = os.read(self._printed, TAIL)
            except BlockingIOError:
                return
            if not printed:
                # It has closed it: the pipe would be ready for ever.
                with contextlib.suppress(KeyError):
                    self._poll.unregister(self._printed)
                return
            self._tail += printed
            del self._tail[:-TAIL]

    def stop(self) -> None:
        """Have it end, while another thread may still be asking it; waits for nothing."""
        self.stopped = True
        if self._ending.acquire(blocking=False):  # else it is being ended already
            try:
                if not self._ended:
                    self._kill()
            finally:
                self._ending.release()

    def end(self) -> int | None:
        """End it, and all that it started; once is enough.

        Returns:
            How it ended by itself, as `subprocess` has it; none where it had to be ended.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(ENDING if self._closed() else 0)
        with self._ending:
            if not self._ended:
                self._ended = True
                self._status = self._child.poll()
                # Also where it has ended: what it started may not have.
                self._kill()
                self._child.wait(ENDING)
                self._read_printed()
                self._tidy()
        return self._status

    def _tidy(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            if pipe is not None:
                pipe.close()
        os.close(self._life)
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _closed(self) -> bool:
        """Whether it has closed its end of the pipe: then it is about to end."""
        if self._ended:
            return False
        watched = select.poll()
        watched.register(self._replies, select.POLLIN)
        return any(event & select.POLLHUP for _, event in watched.poll(0))

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def _check_size(answer: int) -> None:
    if answer > MOST:
        raise wire.Garbled(f"an answer of {answer} bytes: the limit is {MOST}")


def _command(start: Start, life: int) -> list[str]:
    settings = {
        "life": life,
        "memory": start.memory,
        "paths": start.paths,
        "more": start.more,
    }
    return [start.interpreter, "-s", str(PROGRAM), json.dumps(settings)]


def _pipes(child: subprocess.Popen[bytes]) -> tuple[int, int, int]:
    """The numbers of the three, none of which makes anybody wait."""
    numbers = [pipe.fileno() for pipe in (child.stdin, child.stdout, child.stderr) if pipe]
    for number in numbers:
        os.set_blocking(number, False)
        if sys.platform == "linux":
            with contextlib.suppress(OSError):
                fcntl.fcntl(number, fcntl.F_SETPIPE_SZ, PIPE)
    requests, replies, printed = numbers
    return requests, replies, printed
