"""Exit codes of every command, as a Job's pod failure policy can tell them apart."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """How a command ended; from 64 to 78 the meaning is that of BSD's sysexits.h."""

    DONE = 0
    WRONG_INVOCATION = 2
    """Arguments, environment variables or mounted files are not as they have to be."""

    MISCONFIGURED = 64
    """A run's workers: the same, in the code with which their Job ends at once."""

    REFUSED = 69
    """Another program refused, and would again."""

    BUG = 70
    TRY_AGAIN = 75
    """Another program did not answer in time."""

    TERMINATED = 143
