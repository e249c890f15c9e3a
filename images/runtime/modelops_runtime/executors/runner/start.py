"""Part of `runner`: the program. It prepares its process, says that it is ready, and answers.

    INTERPRETER -s start.py '{"life": 5, "memory": 1073741824, "paths": ["/bundle"]}'

Requests come over the standard input, answers leave over the standard output; the bundle's code has
neither, for they are moved away before it is imported: what it prints goes to the standard error.

Whoever started it holds the other end of the pipe `life`, and nothing else does. When that process
is gone, however it ended, the kernel ends this one and all that it started.
"""

import os
import sys

# The folder of this file, where `columns` could be taken for the bundle's.
if sys.path and sys.path[0] == os.path.dirname(os.path.abspath(__file__)):
    del sys.path[0]

import contextlib
import fcntl
import gc
import importlib
import json
import select
import signal
import threading
from types import ModuleType
from typing import Any

NAME = "modelops_runner"
SET_SIGNAL = 10
"""Linux: which signal says that something became of a pipe. Elsewhere it cannot be chosen."""


def main() -> None:
    """Prepare, and answer requests until there are no more."""
    settings = json.loads(sys.argv[1])
    requests, replies = _taken(0, os.O_RDONLY), os.dup(1)
    os.dup2(2, 1)
    _live_with(settings["life"])
    wire, usercode = _module("wire"), _module("usercode")
    _limit(settings["memory"])
    sys.dont_write_bytecode = True
    sys.path[:0] = settings["paths"]
    sys.path += [path for path in settings["more"] if path not in sys.path]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    wire.send(replies, _ready(wire))
    _serve(requests, replies, wire, usercode)


def _taken(number: int, mode: int) -> int:
    """The file behind a number, under another one; behind the number there is nothing now."""
    kept = os.dup(number)
    nothing = os.open(os.devnull, mode)
    os.dup2(nothing, number)
    os.close(nothing)
    return kept


def _live_with(life: int) -> None:
    """End with the process that holds the pipe, and with all that this one started."""
    if sys.platform == "linux":
        fcntl.fcntl(life, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(life, SET_SIGNAL, signal.SIGKILL)
        flags = fcntl.fcntl(life, fcntl.F_GETFL)
        fcntl.fcntl(life, fcntl.F_SETFL, flags | os.O_ASYNC)
    else:
        threading.Thread(target=_end_after, args=(life,), daemon=True).start()
    if select.select([life], [], [], 0)[0]:  # it was gone already
        os.killpg(0, signal.SIGKILL)


def _end_after(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


def _module(name: str) -> Any:  # noqa: ANN401 -- a module
    """A neighbour of this file, in a package whose name no bundle has."""
    if NAME not in sys.modules:
        folder = os.path.dirname(os.path.abspath(__file__))
        package = ModuleType(NAME)
        package.__path__ = [folder]
        sys.modules[NAME] = package
    return importlib.import_module(f"{NAME}.{name}")


def _limit(memory: int | None) -> None:
    """Let what is too much fail here: as a MemoryError, or as the first that the kernel ends."""
    import faulthandler  # noqa: PLC0415 -- all of it belongs to this function
    import resource  # noqa: PLC0415

    faulthandler.enable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    path = "/proc/self/oom_score_adj"  # not every system has it
    with contextlib.suppress(OSError), open(path, "w", encoding="ascii") as score:
        score.write("1000")


def _ready(wire: Any) -> dict[str, Any]:  # noqa: ANN401 -- a module
    return {"ready": wire.PROTOCOL, "python": list(sys.version_info[:3])}


def _serve(requests: int, replies: int, wire: Any, usercode: Any) -> None:  # noqa: ANN401 -- modules
    own = os.getpid()
    while True:
        try:
            request, buffers = wire.receive(requests)
        except EOFError:
            return
        message, given = usercode.answer(request, buffers)
        if os.getpid() != own:
            os._exit(0)  # the code forked, and came back twice
        _flush()
        try:
            wire.send(replies, {**message, "resident": _resident()}, given)
        except MemoryError as error:  # before anything was written
            wire.send(replies, {"failed": usercode.failure(error), "resident": _resident()})
        failed = "failed" in message
        del request, buffers, message, given
        if failed:
            gc.collect()  # an exception holds what its frames held, often in a circle


def _flush() -> None:
    for printed in (sys.stdout, sys.stderr):
        with contextlib.suppress(BaseException):  # the bundle may have put anything there
            printed.flush()


def _resident() -> int:
    """Bytes of memory that this process holds; 0 where nobody tells."""
    try:
        with open("/proc/self/statm", encoding="ascii") as pages:
            return int(pages.read().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
