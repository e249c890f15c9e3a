"""Part of `status`: what is wrong with a pod, in one line: what one would look at first."""

from collections.abc import Iterator, Mapping
from typing import Any

Body = Mapping[str, Any]

USUAL = frozenset({"", "ContainerCreating", "PodInitializing"})
"""Why a container waits where nothing is wrong."""

RESTARTING = "CrashLoopBackOff"


def pod_trouble(status: Body) -> str:
    """What is wrong; empty where nothing is."""
    return next(_troubles(status), "")


def _troubles(status: Body) -> Iterator[str]:
    for each in (*_statuses(status, "initContainerStatuses"), *_statuses(status)):
        yield from _of_container(each)
    if status.get("phase") == "Failed":
        yield _told(status.get("reason", "Failed"), status.get("message", ""))
    for condition in status.get("conditions") or ():
        if (condition["type"], condition["status"]) == ("PodScheduled", "False"):
            yield _told(condition.get("reason", "Unschedulable"), condition.get("message", ""))


def _statuses(status: Body, key: str = "containerStatuses") -> tuple[Body, ...]:
    return tuple(status.get(key) or ())


def _of_container(container: Body) -> Iterator[str]:
    name, state = container["name"], container.get("state", {})
    ended: Body = state.get("terminated") or {}
    waiting: Body = state.get("waiting") or {}
    if ended.get("exitCode", 0):
        yield f"{name}: {_end(ended)}"
    if waiting.get("reason", "") == RESTARTING:
        last = container.get("lastState", {}).get("terminated") or {}
        times = container.get("restartCount", 0)
        yield f"{name}: {_end(last)}, restarted {times} times"
    elif waiting.get("reason", "") not in USUAL:
        yield f"{name}: {_told(waiting['reason'], waiting.get('message', ''))}"


def _end(ended: Body) -> str:
    """`OOMKilled (exit code 137)`, and the last line that it left."""
    reason, code = ended.get("reason", "ended"), ended.get("exitCode", "?")
    lines = str(ended.get("message", "")).strip().splitlines()
    return _told(f"{reason} (exit code {code})", lines[-1] if lines else "")


def _told(reason: str, message: str) -> str:
    return f"{reason}: {message}" if message else reason
