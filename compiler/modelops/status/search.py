"""Part of `status`: how a search goes, as the runtime tells it in a line of JSON."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTS = ("asked", "running", "completed", "failed", "timeout", "pruned")
ENDED = ("completed", "failed", "timeout", "pruned")
"""States that a trial does not leave."""


@dataclass(frozen=True, slots=True)
class Search:
    """How a search goes.

    Attributes:
        state: waiting, running, finished or failed.
        wanted: how many trials.
        trials: how many there are of each state.
        loss, number, parameters: of the best trial; the first is None where there is none yet.
        rate: trials per second over the last minutes; None where it is not known.
        leader: who leads it; empty where nobody does.
        error: why all of it failed, or else the last trial that did; empty where none did.
        results: where they are; empty before they are written.
    """

    state: str
    wanted: int
    trials: Mapping[str, int]
    loss: float | None = None
    number: int = 0
    parameters: Mapping[str, object] = field(default_factory=dict)
    rate: float | None = None
    leader: str = ""
    error: str = ""
    results: str = ""
    finished_at: str = ""

    @property
    def done(self) -> int:
        """How many trials have ended."""
        return sum(self.trials.get(state, 0) for state in ENDED)


def search(text: str) -> Search | None:
    """The search in what the runtime said; None where it said something else.

    Its line may stand among others: what leads a search writes logs, too.
    """
    for line in reversed(text.splitlines()):
        try:
            told = json.loads(line)
            return _search(told)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
    return None


def _search(told: Mapping[str, Any]) -> Search:
    trials, best = told["trials"], told.get("best") or {}
    return Search(
        state=str(told["state"]),
        wanted=int(trials["wanted"]),
        trials={state: int(trials.get(state, 0)) for state in COUNTS},
        loss=_number(best.get("loss")),
        number=int(best.get("number", 0)),
        parameters=dict(best.get("parameters") or {}),
        rate=_number(told.get("rate")),
        leader=str((told.get("leader") or {}).get("worker", "")),
        error=_error(told.get("lastError") or {}),
        results=_text(told.get("results")),
        finished_at=_text(told.get("finishedAt")),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _error(error: Mapping[str, Any]) -> str:
    if not error:
        return ""
    trial = error.get("trial")
    told = f"{error.get('kind', '?')}: {error.get('message', '')}"
    return told if trial is None else f"trial {trial}: {told}"
