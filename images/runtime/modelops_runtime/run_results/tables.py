"""Part of `run_results`: a history as tables of Arrow, in the order of the trials' numbers."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa

from modelops_runtime.central_store.history import History, Trial
from modelops_runtime.contracts.identity import canonical_json
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.parameters import Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    Space,
)
from modelops_runtime.contracts.trial import TrialStatus

PARAMETER = "parameter_"
"""What the column of a parameter begins with: its name may be that of another column."""

PRUNED = "pruned"
"""The status of a trial that was ended early; its loss is over fewer replicates."""

TIME = pa.timestamp("us", "UTC")

REPLICATES = pa.schema(
    [
        ("trial", pa.int64()),
        ("attempt", pa.int32()),
        ("replicate", pa.int32()),
        ("seed", pa.uint64()),
        ("failure", pa.string()),
        ("seconds", pa.float64()),
        ("cached", pa.bool_()),
        ("outputs", pa.list_(pa.struct([("name", pa.string()), ("checksum", pa.string())]))),
    ]
)

DIAGNOSTICS = pa.schema(
    [
        ("trial", pa.int64()),
        ("attempt", pa.int32()),
        ("status", pa.string()),
        ("kind", pa.string()),
        ("message", pa.string()),
        ("text", pa.string()),
    ]
)


def trials(known: History, space: Space) -> pa.Table:
    """A row for each trial; what has not ended has no loss, and says how far it is."""
    schema = pa.schema(
        [
            ("number", pa.int64()),
            ("status", pa.string()),
            ("loss", pa.float64()),
            ("seconds", pa.float64()),
            ("attempt", pa.int32()),
            ("worker", pa.string()),
            ("asked_at", TIME),
            ("started_at", TIME),
            ("ended_at", TIME),
            ("parameters_id", pa.string()),
            *((PARAMETER + one.name, _type(one)) for one in space),
        ]
    )
    return pa.Table.from_pylist([_trial(one, space) for one in _ordered(known)], schema)


def replicates(known: History) -> pa.Table:
    """A row for each simulation of each attempt that was judged, in the order of their seeds."""
    rows = [
        {
            "trial": trial.number,
            "attempt": attempt,
            "replicate": place,
            "seed": record.seed,
            "failure": record.failure.value if record.failure else None,
            "seconds": record.seconds,
            "cached": record.cached,
            "outputs": [{"name": name, "checksum": sum_} for name, sum_ in record.outputs],
        }
        for trial in _ordered(known)
        for attempt, judgement in _judgements(trial)
        for place, record in enumerate(judgement.replicates)
    ]
    return pa.Table.from_pylist(rows, REPLICATES)


def diagnostics(known: History) -> pa.Table:
    """A row for each attempt of which something is known besides."""
    rows = [
        _diagnosed(trial, attempt, judgement)
        for trial in _ordered(known)
        for attempt, judgement in _judgements(trial)
        if judgement.result.diagnostics.entries
    ]
    return pa.Table.from_pylist(rows, DIAGNOSTICS)


def status(trial: Trial) -> str:
    """How the trial ended, or how far it is."""
    if trial.judgement is None:
        return trial.phase.value
    completed = trial.judgement.result.status is TrialStatus.COMPLETED
    return PRUNED if completed and trial.pruned else trial.judgement.result.status.value


def _ordered(known: History) -> list[Trial]:
    return [trial for _, trial in sorted(known.trials.items())]


def _judgements(trial: Trial) -> Iterator[tuple[int, Judgement]]:
    """Each attempt that was judged, and how."""
    yield from enumerate(failure.judgement for failure in trial.failures)
    if trial.judgement is not None:
        yield trial.proposal.attempt, trial.judgement


def _trial(trial: Trial, space: Space) -> dict[str, Any]:
    result = trial.judgement.result if trial.judgement else None
    ran = trial.ended_at - trial.started_at if trial.ended_at and trial.started_at else None
    values = trial.parameters.values
    return {
        "number": trial.number,
        "status": status(trial),
        "loss": result.loss if result else None,
        "seconds": ran.total_seconds() if ran is not None else None,
        "attempt": trial.proposal.attempt,
        "worker": trial.worker,
        "asked_at": trial.asked_at,
        "started_at": trial.started_at,
        "ended_at": trial.ended_at,
        "parameters_id": trial.parameters.id,
        **{PARAMETER + one.name: _value(one, values.get(one.name)) for one in space},
    }


def _diagnosed(trial: Trial, attempt: int, judgement: Judgement) -> dict[str, Any]:
    known = judgement.result.diagnostics
    kinds = (record.failure.value for record in judgement.replicates if record.failure)
    return {
        "trial": trial.number,
        "attempt": attempt,
        "status": judgement.result.status.value,
        "kind": _text(known.entries.get("kind")) or next(kinds, None),
        "message": _text(known.entries.get("message")),
        "text": known.text,
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


# --- parameters -----------------------------------------------------------------------------------


def _type(parameter: Parameter) -> pa.DataType:
    match parameter:
        case FloatParameter():
            return pa.float64()
        case IntParameter():
            return pa.int64()
        case CategoricalParameter():
            return _type_of(parameter.choices)


def _type_of(choices: Iterable[Scalar]) -> pa.DataType:
    """The type that all choices have; of several types, the text of their JSON."""
    kinds = {type(choice) for choice in choices}
    columns: dict[type, Callable[[], pa.DataType]] = {
        bool: pa.bool_,
        int: pa.int64,
        float: pa.float64,
    }
    return columns.get(kinds.pop(), pa.string)() if len(kinds) == 1 else pa.string()


def _value(parameter: Parameter, value: Scalar | None) -> Scalar | None:
    """The value, as its column takes it."""
    mixed = isinstance(parameter, CategoricalParameter) and len(set(map(type, parameter.choices)))
    if value is None or mixed in {False, 1}:
        return value
    return canonical_json(value).decode()
