"""Part of `processes`: a program of its own that becomes another one, and ends with its parent.

`python -I leash.py PARENT PROGRAM …`. A parent that is killed can end nobody; the kernel can, where
it is Linux. Elsewhere such a child goes on, and the next start ends it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""linux/prctl.h"""


def tie(parent: int) -> None:
    """Have the kernel send SIGTERM when the parent ends; end at once where it has already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(143)


def become(arguments: list[str]) -> None:
    """Become another program; end where there is none."""
    try:
        os.execvp(arguments[0], arguments)  # noqa: S606 -- the program that it was told to become
    except OSError as error:
        print(f"cannot start {arguments[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- for the log
        sys.exit(127)


if __name__ == "__main__":
    tie(int(sys.argv[1]))
    become(sys.argv[2:])
