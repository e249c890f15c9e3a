"""Contracts: a trial's result together with what is known of each of its simulations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.seeds import checked_seed
from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.trial import TrialResult, TrialStatus


@dataclass(frozen=True, slots=True)
class ReplicateRecord:
    """One simulation of a trial, as it was executed.

    Attributes:
        seed: it ran with.
        failure: in which way it failed; None where it gave its tables.
        seconds: it took on its worker; 0.0 where its result was there already.
        cached: whether it was.
        outputs: the checksum of each table, by the table's name, sorted by it.
    """

    seed: int
    failure: FailureKind | None
    seconds: float
    cached: bool = False
    outputs: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Check the seed.

        Raises:
            ContractViolation: it is none.
        """
        checked_seed(self.seed)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What has become of a trial.

    Attributes:
        result: how it ended, and what it is worth.
        replicates: its simulations, in the order of their seeds.
    """

    result: TrialResult
    replicates: tuple[ReplicateRecord, ...]


def as_json(judgement: Judgement) -> dict[str, Any]:
    """The judgement as plain JSON; a seed is text, for JSON's numbers end at 2^53."""
    result = judgement.result
    return {
        "parametersId": result.parameters_id,
        "status": result.status.value,
        "loss": result.loss,
        "seeds": [str(seed) for seed in result.seeds],
        "diagnostics": result.diagnostics.entries,
        "replicates": [_record_as_json(record) for record in judgement.replicates],
    }


def from_json(told: Mapping[str, Any]) -> Judgement:
    """The judgement that `as_json` made this of."""
    result = TrialResult(
        told["parametersId"],
        TrialStatus(told["status"]),
        told["loss"],
        tuple(map(int, told["seeds"])),
        diagnostics(told["diagnostics"]),
    )
    return Judgement(result, _records(told["replicates"]))


def _record_as_json(record: ReplicateRecord) -> dict[str, Any]:
    return {
        "seed": str(record.seed),
        "failure": record.failure.value if record.failure else None,
        "seconds": record.seconds,
        "cached": record.cached,
        "outputs": dict(record.outputs),
    }


def _records(told: Sequence[Mapping[str, Any]]) -> tuple[ReplicateRecord, ...]:
    return tuple(
        ReplicateRecord(
            int(one["seed"]),
            FailureKind(one["failure"]) if one["failure"] else None,
            one["seconds"],
            one["cached"],
            tuple(sorted(one["outputs"].items())),
        )
        for one in told
    )
