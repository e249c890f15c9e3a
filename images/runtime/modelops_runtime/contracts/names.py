"""Contracts: the names of parameters and outputs, which become columns and files of results."""

import re

from modelops_runtime.contracts.violation import ContractViolation

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,126}")
"""As a run file has it for parameters."""


def checked_name(name: object, of: str) -> str:
    """The name of something.

    Raises:
        ContractViolation: it is none; the message says of what.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ContractViolation(
            f"`{name}` is no name of {of}: it is to be a letter or `_`, and then at most 126"
            " letters, digits, `_`, `.` or `-`"
        )
    return str.__str__(name)
