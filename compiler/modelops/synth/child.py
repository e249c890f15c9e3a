"""The conversation with the Node child; part of the stage `synth`.

Requests go in as lines of JSON, one per unit; answers come out as frames, one per file: a line of
JSON that identifies the file, its objects and its length, then that many bytes of YAML. One
thread writes while this one reads and another collects what the child says of its troubles, so
that no pipe can fill up and stop all of it. Each answer is handed on as soon as it is there, so
that the parent works while the child does. The child is gone when a call ends, however it ends.
What the answers mean is `assembly`'s.
"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from modelops.synth.failure import SynthesisFailed
from modelops.synth.toolchain import NODE_VARIABLE, library, node

PROGRAM = Path(__file__).with_name("charts.cjs")

KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH")
"""All that the child sees of the environment: what a Node, or a script around it, needs to start.

Variables such as NODE_OPTIONS and CDK8S_DISABLE_SORT would change what is made.
"""

LINE_LIMIT = 1 << 24
"""Bytes of the line that begins a frame; ours have some hundred, so beyond this nothing is ours."""

SHOWN_LINES = 8
"""How many lines of a dead child's last words are passed on."""

_STACK_FRAME = re.compile(r"\s+at ")


@dataclass(frozen=True, slots=True)
class Answer:
    """One file as the child made it.

    Attributes:
        path: `dev/workspaces/malaria/scheduler.yaml`.
        objects: apiVersion, kind, namespace (or "") and name of each object in it.
        content: its YAML documents in UTF-8.
    """

    path: str
    objects: list[list[str]]
    content: bytes


@dataclass(frozen=True, slots=True)
class _Child:
    """A child that waits for requests; `program` is the Node that it is."""

    program: str
    process: subprocess.Popen[bytes]


_EARLY: ContextVar[list[_Child] | None] = ContextVar("_EARLY", default=None)
"""The child that was started before anybody had something to ask."""


@contextmanager
def early_child() -> Iterator[None]:
    """Within: the first conversation finds a child that gets ready while other things are done.

    Where it cannot be started, the conversation will try again, and tell why not.
    """
    with ExitStack() as stack:
        waiting = []
        with suppress(SynthesisFailed):
            waiting.append(stack.enter_context(_child()))
        token = _EARLY.set(waiting)
        try:
            yield
        finally:
            _EARLY.reset(token)


def converse(requests: Iterable[bytes]) -> Generator[Answer, None, None]:
    """Send a child the requests, one line each, and yield its answers as they come.

    Raises:
        SynthesisFailed: the child cannot be started, failed, or is not our program.
        RuntimeError: the child found that cdk8s would not keep an object as it is; a bug of ours.
    """
    # The child goes first, on the way out: the threads wait for it.
    with ThreadPoolExecutor(2) as pool, _early_or_new() as child:
        process = child.process
        sending = pool.submit(_send, cast("IO[bytes]", process.stdin), requests)
        last_words = pool.submit(cast("IO[bytes]", process.stderr).read)
        complete = yield from _all_answers(child.program, cast("IO[bytes]", process.stdout))
        status = process.wait()
        sending.result()
        if status or not complete:
            raise _failure(child.program, _ending(status, last_words.result()))


@contextmanager
def _early_or_new() -> Iterator[_Child]:
    waiting = _EARLY.get()
    if not waiting:
        with _child() as child:
            yield child
        return
    child = waiting.pop()
    try:
        yield child
    finally:
        _end(child.process)


@contextmanager
def _child() -> Iterator[_Child]:
    program = node()
    with library() as folder, _running([program, str(PROGRAM), str(folder)]) as process:
        yield _Child(program, process)


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The child with its three pipes; killed on the way out if it has not ended by itself.

    It leads a process group, so that whatever a script around Node has started goes with it.
    """
    try:
        child = subprocess.Popen(  # noqa: S603 -- no shell; the program is our own or the user's choice
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            process_group=0,
        )
    except OSError as error:
        raise _failure(command[0], f"cannot be started: {error.strerror}.") from error
    with child:
        try:
            yield child
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill it with all that it has started, if it has not ended by itself."""
    if child.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)


def _send(stdin: IO[bytes], requests: Iterable[bytes]) -> None:
    """Write all the requests; a child that ends early says why by its exit status."""
    with suppress(BrokenPipeError), stdin:
        stdin.writelines(requests)


def _all_answers(program: str, stdout: IO[bytes]) -> Generator[Answer, None, bool]:
    """The answers; returned is whether the child said that they are all, before it ended."""
    try:
        yield from _answers(stdout)
    except EOFError:
        return False
    except ValueError as garbled:
        said = _excerpt(str(garbled)[:400])
        raise _failure(program, f"did not answer as Node would, but: {said}") from None
    return True


def _answers(stdout: IO[bytes]) -> Iterator[Answer]:
    """The frames, one by one.

    Raises:
        EOFError: the child ended before it was done.
        ValueError: what it said is no frame; the text is the argument.
    """
    while True:
        frame = _frame(stdout.readline(LINE_LIMIT))
        match frame:
            case {"path": str(path), "objects": list(objects), "bytes": int(size)} if size >= 0:
                yield Answer(path, objects, _exactly(size, stdout))
            case {"done": True}:
                return
            case {"refused": str(reason)}:
                raise RuntimeError(reason)
            case _:
                raise ValueError(frame)


def _frame(line: bytes) -> object:
    if not line.endswith(b"\n") and len(line) < LINE_LIMIT:
        raise EOFError
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(line.decode(errors="replace")) from None


def _exactly(size: int, stdout: IO[bytes]) -> bytes:
    content = stdout.read(size)
    if len(content) < size:
        raise EOFError
    return content


def _ending(status: int, last_words: bytes) -> str:
    """How the child ended, with the beginning of what it wrote to stderr."""
    if status < 0:
        how = f"was ended by {signal.Signals(-status).name}"
    elif status:
        how = f"ended with exit status {status}"
    else:
        how = "ended before it had answered"
    said = _excerpt(last_words.decode(errors="replace"))
    return f"{how}, saying: {said}" if said else f"{how} and said nothing."


def _excerpt(text: str) -> str:
    """The lines that tell most: the first ones, without blanks and stack frames."""
    lines = [line for line in text.splitlines() if line.strip() and not _STACK_FRAME.match(line)]
    return "\n".join(lines[:SHOWN_LINES])


def _failure(program: str, what: str) -> SynthesisFailed:
    if os.environ.get(NODE_VARIABLE):
        remedy = (
            f"{NODE_VARIABLE} says to use this program: it must be Node 20 or newer."
            " Unset it to use the Node that was installed with modelops."
        )
    else:
        remedy = "Run it once more; if it stays, install modelops again with all it depends on."
    return SynthesisFailed(f"{program} {what}", remedy)
