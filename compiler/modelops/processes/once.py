"""Part of `processes`: a program that is run to its end for what it says."""

import subprocess
from collections.abc import Mapping, Sequence

from modelops.processes.children import TAIL, ProcessFailure, told

TIME = 300.0
"""Seconds for a program of which nobody says more."""


def said(arguments: Sequence[str], environment: Mapping[str, str], what: str) -> str:
    """The standard output of a program that ended well, without blanks around it.

    Raises:
        ProcessFailure: it did not, or cannot be started; what it says of it follows.
    """
    try:
        ended = subprocess.run(  # noqa: S603 -- what the caller says
            list(arguments),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIME,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProcessFailure(f"{what} failed: {error}") from error
    if ended.returncode:
        lines = ended.stderr.decode(errors="replace").splitlines()[-TAIL:]
        why = "".join(f"\n  {told(line)}" for line in lines)
        raise ProcessFailure(f"{what} failed with exit code {ended.returncode}:{why}")
    return ended.stdout.decode().strip()
