"""Part of `central_store`: what happens in a search, as values and as JSON.

An event says what was so when it was written, and is never changed. Together they are all that a
search remembers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modelops_runtime.contracts import judgement as judgements
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import ParameterSet


class Ending(StrEnum):
    """How a search ended."""

    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """The algorithm proposed a trial.

    Attributes:
        number: of the trial, counted from zero.
        parameters: the point.
        state: what the algorithm wants back with it when it is restored; plain JSON.
    """

    number: int
    parameters: ParameterSet
    state: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Started:
    """Its simulations were submitted.

    Attributes:
        attempt: how often they were before.
        worker: who leads it.
    """

    number: int
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class Reported:
    """A group of its replicates was judged.

    Attributes:
        step: of the group.
        loss: over the replicates so far.
        pruned: whether the trial ends here for it.
    """

    number: int
    step: int
    loss: float
    pruned: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """An attempt failed in a way that may pass, and there will be another one."""

    number: int
    attempt: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Told:
    """The algorithm was told what became of it: the trial has ended."""

    number: int
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Ended:
    """The search is over, until more trials are asked for.

    Attributes:
        ending: how.
        results: where they were written; None where they were not.
        message: why it failed.
    """

    ending: Ending
    results: str | None = None
    message: str | None = None


Event = Asked | Started | Reported | Failed | Told | Ended


PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Row:
    """An event as the table has it.

    Attributes:
        status: of the judgement, if there is one; `pruned` of a report that ends a trial.
        loss: of the judgement or the report.
        body: what else there is, as JSON.
    """

    kind: str
    number: int | None
    status: str | None
    loss: float | None
    body: str


def as_row(event: Event) -> Row:
    """The event, as the table has it."""
    told = as_json(event)
    kind, number = told.pop("kind"), told.pop("number", None)
    status, loss = _judged(event)
    return Row(kind, number, status, loss, json.dumps(told))


def _judged(event: Event) -> tuple[str | None, float | None]:
    match event:
        case Told(_, judgement) | Failed(_, _, judgement):
            return judgement.result.status.value, judgement.result.loss
        case Reported():
            return (PRUNED if event.pruned else None), event.loss
    return None, None


def from_row(row: Row) -> Event:
    """The event that `as_row` made this of."""
    return MAKERS[row.kind](row.number, json.loads(row.body))


def as_json(event: Event) -> dict[str, Any]:
    """The event as plain JSON."""
    match event:
        case Asked(number, parameters, state):
            values = dict(parameters.values)
            return {"kind": "asked", "number": number, "parameters": values, "state": dict(state)}
        case Started(number, attempt, worker):
            return {"kind": "started", "number": number, "attempt": attempt, "worker": worker}
        case Reported(number, step, loss, pruned):
            return {
                "kind": "reported",
                "number": number,
                "step": step,
                "loss": loss,
                "pruned": pruned,
            }
        case Failed(number, attempt, judgement):
            judged = judgements.as_json(judgement)
            return {"kind": "failed", "number": number, "attempt": attempt, "judgement": judged}
        case Told(number, judgement):
            return {"kind": "told", "number": number, "judgement": judgements.as_json(judgement)}
        case Ended(ending, results, message):
            return {
                "kind": "ended",
                "ending": ending.value,
                "results": results,
                "message": message,
            }


def from_json(told: Mapping[str, Any]) -> Event:
    """The event that `as_json` made this of."""
    return MAKERS[told["kind"]](told.get("number"), told)


def _asked(number: int, body: Mapping[str, Any]) -> Asked:
    return Asked(number, ParameterSet(body["parameters"]), body["state"])


def _started(number: int, body: Mapping[str, Any]) -> Started:
    return Started(number, body["attempt"], body["worker"])


def _reported(number: int, body: Mapping[str, Any]) -> Reported:
    return Reported(number, body["step"], body["loss"], body["pruned"])


def _failed(number: int, body: Mapping[str, Any]) -> Failed:
    return Failed(number, body["attempt"], judgements.from_json(body["judgement"]))


def _told(number: int, body: Mapping[str, Any]) -> Told:
    return Told(number, judgements.from_json(body["judgement"]))


def _ended(_number: None, body: Mapping[str, Any]) -> Ended:
    return Ended(Ending(body["ending"]), body["results"], body["message"])


MAKERS: Mapping[str, Callable[[Any, Mapping[str, Any]], Event]] = {
    "asked": _asked,
    "started": _started,
    "reported": _reported,
    "failed": _failed,
    "told": _told,
    "ended": _ended,
}
"""What makes an event of each kind of its JSON."""
