"""Part of `secret-bootstrap`: what a reply of the API means, and how long to go on asking."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.kubernetes_api.replies import Answer, Reply, Silence

TRANSIENT = frozenset({408, 429})
"""Statuses below 500 that pass by themselves."""

SERVER_ERRORS = 500
"""The first status that is the server's own fault."""

RIGHTS_PATIENCE = 60.0
"""Seconds to wait for a missing right: RBAC comes into force a little after it is made."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two requests: doubled each time, up to the longest."""


class Verdict(Enum):
    """What has become of one Secret."""

    MADE = "made"
    THERE = "there"
    UNANSWERED = "unanswered"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, and why, in words for people."""

    verdict: Verdict
    why: str


def of_creation(reply: Reply) -> Finding:
    """What came of the request to make a Secret.

    `AlreadyExists` alone is success: a quota that is being written answers 409 too, as a conflict.
    """
    match reply:
        case Answer(status=200 | 201 | 202):
            return Finding(Verdict.MADE, "made it")
        case Answer(status=409, reason="AlreadyExists"):
            return Finding(Verdict.THERE, "it is there already")
        case Answer(status=409):
            return Finding(Verdict.UNANSWERED, reply.told)
        case _:
            return _failed(reply)


def of_existing(reply: Reply, keys: Iterable[str]) -> Finding:
    """Whether the Secret that was there before has the declared keys.

    Without them the pods that need it could never start, and it is never changed.
    """
    match reply:
        case Answer(status=200):
            missing = sorted(set(keys) - set(reply.document.get("data") or {}))
            return _lacking(missing) if missing else Finding(Verdict.THERE, "it is there already")
        case Answer(status=404):
            return Finding(Verdict.UNANSWERED, "it was deleted in this moment")
        case _:
            return _failed(reply)


def _lacking(keys: list[str]) -> Finding:
    return Finding(
        Verdict.REFUSED,
        f"it exists without {', '.join(keys)}, and is never changed: to have it made anew, with new"
        " values, delete it and run this again",
    )


def _failed(reply: Reply) -> Finding:
    match reply:
        case Answer(status=401 | 403):
            return Finding(Verdict.FORBIDDEN, reply.told)
        case Silence():
            return Finding(Verdict.UNANSWERED, reply.told)
        case Answer() if reply.status in TRANSIENT or reply.status >= SERVER_ERRORS:
            return Finding(Verdict.UNANSWERED, reply.told)
        case _:
            return Finding(Verdict.REFUSED, reply.told)


def is_final(verdict: Verdict, elapsed: float, wait: float) -> bool:
    """Whether nothing is to be hoped of a further request, so many seconds after the first."""
    match verdict:
        case Verdict.UNANSWERED:
            return elapsed > wait
        case Verdict.FORBIDDEN:
            return elapsed > min(wait, RIGHTS_PATIENCE)
        case _:
            return True


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each further request, without end."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(2 * pause, LONGEST_PAUSE)


def exit_status(verdicts: Iterable[Verdict]) -> ExitStatus:
    """How the command ends; what no repetition can cure comes first."""
    found = set(verdicts)
    if found & {Verdict.REFUSED, Verdict.FORBIDDEN}:
        return ExitStatus.REFUSED
    return ExitStatus.TRY_AGAIN if Verdict.UNANSWERED in found else ExitStatus.DONE
