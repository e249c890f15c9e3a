"""Part of `processes`: the folder that a run has on this machine, for one at a time; and ports."""

import fcntl
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from modelops.processes.children import ProcessFailure

PRIVATE = 0o700
LOOPBACK = "127.0.0.1"


class Occupied(ProcessFailure):
    """Another process uses the folder."""


@contextmanager
def occupied(folder: Path) -> Iterator[None]:
    """Within, the folder, which is made where it is missing, is this process's alone.

    Raises:
        Occupied: another process has it.
    """
    folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Occupied(f"another process is running this already, in {folder}.") from error
        yield


def is_occupied(folder: Path) -> bool:
    """Whether a process has the folder now."""
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def written(files: Mapping[str, str]) -> None:
    """Write files, and make their folders, for this user alone."""
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def free_port(wanted: int) -> int:
    """A port of the loopback interface that is free: the wanted one, where that is."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProcessFailure("no port of the loopback interface is free.")
