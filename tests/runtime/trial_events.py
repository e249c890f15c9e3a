"""Trials as a search's log would tell of them."""

from modelops_runtime.central_store.events import Asked, Event, Failed, Reported, Started, Told
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.trial import TrialResult, TrialStatus

REPLICATES = 3
POLICIES = ("none", "mask", "lockdown")


def parameters(number: int) -> ParameterSet:
    """A point of a small model, another one for each number."""
    values: dict[str, Scalar] = {
        "beta": 0.05 + number / 100,
        "contacts": 1 + number % 20,
        "policy": POLICIES[number % 3],
    }
    return ParameterSet(values)


def completed(number: int, loss: float) -> Judgement:
    """A trial whose simulations all succeeded."""
    point = parameters(number)
    seeds = replicate_seeds(point, REPLICATES)
    records = tuple(
        ReplicateRecord(seed, None, 0.25, cached=place == 0, outputs=(("prevalence", "ab" * 32),))
        for place, seed in enumerate(seeds)
    )
    known = diagnostics({"note": "ü \0 ' \\"})
    return Judgement(TrialResult(point.id, TrialStatus.COMPLETED, loss, seeds, known), records)


def failed(
    number: int,
    kind: FailureKind = FailureKind.MODEL_ERROR,
    status: TrialStatus = TrialStatus.FAILED,
) -> Judgement:
    """A trial one of whose simulations failed."""
    point = parameters(number)
    seeds = replicate_seeds(point, REPLICATES)
    records = tuple(
        ReplicateRecord(seed, kind if place == 1 else None, 0.5) for place, seed in enumerate(seeds)
    )
    known = diagnostics({"kind": kind.value, "message": f"trial {number} went wrong"})
    return Judgement(TrialResult(point.id, status, None, seeds, known), records)


def asked(number: int) -> Asked:
    return Asked(number, parameters(number), {"seen": [1, 2.5, None, {"a": True}]})


def whole(number: int, loss: float) -> list[Event]:
    """A trial from its beginning to its end."""
    return [
        asked(number),
        Started(number, 0, "worker-0"),
        Reported(number, 0, 2 * loss, pruned=False),
        Reported(number, 1, loss, pruned=False),
        Told(number, completed(number, loss)),
    ]


def retried(number: int) -> list[Event]:
    """A trial that failed twice and then for good."""
    lost = failed(number, FailureKind.WORKER_LOST)
    return [
        asked(number),
        Started(number, 0, "worker-0"),
        Failed(number, 0, lost),
        Started(number, 1, "worker-1"),
        Failed(number, 1, lost),
        Started(number, 2, "worker-1"),
        Told(number, failed(number)),
    ]


def pruned(number: int, loss: float) -> list[Event]:
    """A trial that was stopped early."""
    return [
        asked(number),
        Started(number, 0, "worker-0"),
        Reported(number, 0, loss, pruned=True),
        Told(number, completed(number, loss)),
    ]


def timed_out(number: int) -> list[Event]:
    """A trial whose time was over."""
    late = failed(number, FailureKind.TIMED_OUT, TrialStatus.TIMEOUT)
    return [asked(number), Started(number, 0, "worker-0"), Told(number, late)]


def some_of_all() -> list[Event]:
    """Nine trials: five completed, one failed, one pruned, one timed out, one still runs."""
    events = [event for number in range(5) for event in whole(number, (number - 3) ** 2 + 0.5)]
    events += [*retried(5), *pruned(6, 40.0), *timed_out(7)]
    return [*events, asked(8), Started(8, 0, "worker-1")]
