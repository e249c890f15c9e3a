"""Part of `executors`: in which way code failed, from what is left of it."""

import signal
from collections.abc import Iterable, Mapping
from typing import Any

from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.executors.executor import ExecutionFailed

KILLED = 128 + signal.SIGKILL
"""How a shell, or a container, says that the kernel ended what it ran."""

SPENT = ("std::bad_alloc", "memory allocation of")
"""What C++ and Rust say before they abort for want of memory."""


def failed(
    kind: FailureKind, message: str, found: Mapping[str, Any], secrets: Iterable[str]
) -> ExecutionFailed:
    """The failure, with what is known of it, as it may be kept."""
    known = {name: value for name, value in found.items() if value not in (None, "")}
    return ExecutionFailed(kind, diagnostics({"message": message, **known}, secrets))


def told(answer: Mapping[str, Any], stderr: str, secrets: Iterable[str]) -> ExecutionFailed:
    """The failure that the code's own process tells."""
    found = dict(answer)
    kind, message = FailureKind(found.pop("kind")), str(found.pop("message"))
    return failed(kind, message, {**found, "stderr": stderr}, secrets)


def ended(status: int, stderr: str, secrets: Iterable[str]) -> ExecutionFailed:
    """The failure of code whose process ended before it gave anything.

    Args:
        status: how it ended; less than 0: by that signal.
        stderr: the last of what it printed.
        secrets: what is not to be shown.
    """
    found: dict[str, Any] = {"exit": status, "stderr": stderr}
    if status < 0:
        found = {"exit": 128 - status, "signal": _signal(-status), "stderr": stderr}
    how = f"was ended by {found['signal']}" if status < 0 else f"ended with exit code {status}"
    if status in (-signal.SIGKILL, KILLED):
        message = f"the process of the code {how}: most likely for the memory that it took"
        return failed(FailureKind.OUT_OF_MEMORY, message, found, secrets)
    if status == -signal.SIGABRT and any(said in stderr for said in SPENT):
        message = f"the process of the code {how}, for want of memory"
        return failed(FailureKind.OUT_OF_MEMORY, message, found, secrets)
    message = f"the process of the code {how} before it gave a result"
    return failed(FailureKind.CRASHED, message, found, secrets)


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
