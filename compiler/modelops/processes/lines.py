"""Part of `processes`: the lines of JSON that a program tells while it runs."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO, Any

from modelops.processes.children import ProcessFailure

TIME_TO_END = 10.0


@dataclass(slots=True)
class Told:
    """What a program told last.

    Attributes:
        latest: the last line; None before the first.
    """

    latest: Mapping[str, Any] | None = None

    def read(self, stream: IO[bytes]) -> None:
        """Take in all lines, until the program has ended."""
        for line in stream:
            with suppress(ValueError):
                self.latest = json.loads(line)


@contextmanager
def following(
    arguments: Sequence[str], environment: Mapping[str, str], log: IO[bytes]
) -> Iterator[Told]:
    """Within, a program runs, and what it tells can be read; its standard input ends with it.

    Raises:
        ProcessFailure: it cannot be started.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 -- what the caller says
            list(arguments),
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    except OSError as error:
        raise ProcessFailure(f"cannot start {arguments[0]}: {error.strerror}.") from error
    told = Told()
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    assert process.stdin is not None  # noqa: S101 -- as above
    reader = Thread(target=told.read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield told
    finally:
        with suppress(OSError):
            process.stdin.close()
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(TIME_TO_END)
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()
