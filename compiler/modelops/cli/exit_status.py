"""The exit codes: the whole list."""

from enum import IntEnum


class ExitStatus(IntEnum):
    """What the program's end means to a script."""

    CLEAN = 0
    """Nothing is wrong."""
    WRONG = 1
    """The input is wrong, the world does not let us work, or `--check` found differences."""
    INVOCATION = 2
    """The command line is wrong."""
    BUG = 70
    """We are wrong: EX_SOFTWARE of sysexits.h."""
    INTERRUPTED = 130
    """What a shell reports for a program that Ctrl-C ended."""
