"""Part of `simulation`: a simulation of a trial as it stays where it ran, and what it is judged.

Only the record of it leaves the worker, as part of a judgement.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelops_runtime.contracts.diagnostics import NO_DIAGNOSTICS, Diagnostics, diagnostics
from modelops_runtime.contracts.identity import checksum
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.simulation import Failed, FailureKind
from modelops_runtime.contracts.task import ReplicateSet
from modelops_runtime.contracts.trial import TrialResult, TrialStatus, judged

OBJECT = 1024
"""Bytes that a replicate takes besides its tables, roughly."""


@dataclass(frozen=True, slots=True)
class Replicate:
    """A simulation that has ended.

    Attributes:
        record: what is kept of it.
        tables: by name; none where it failed.
        known: why it failed.
    """

    record: ReplicateRecord
    tables: Mapping[str, bytes]
    known: Diagnostics = NO_DIAGNOSTICS

    def __sizeof__(self) -> int:
        """What it takes in memory: Dask spills and moves by it."""
        return OBJECT + sum(map(len, self.tables.values()))


def succeeded(seed: int, tables: Mapping[str, bytes], *, seconds: float, cached: bool) -> Replicate:
    """A simulation that gave these tables."""
    outputs = tuple(sorted((name, checksum(content)) for name, content in tables.items()))
    return Replicate(ReplicateRecord(seed, None, seconds, cached, outputs), tables)


def without_tables(seed: int, failed: Failed, seconds: float) -> Replicate:
    """A simulation that failed."""
    return Replicate(ReplicateRecord(seed, failed.kind, seconds), {}, failed.diagnostics)


def of_set(replicates: ReplicateSet, ended: Iterable[Replicate]) -> tuple[Replicate, ...]:
    """Those of the set among all that ended, in the order of its seeds."""
    by_seed = {one.record.seed: one for one in ended}
    return tuple(by_seed[seed] for seed in replicates.seeds)


def worth(replicates: ReplicateSet, ended: Sequence[Replicate], loss: object) -> Judgement:
    """The judgement of a set whose simulations all succeeded: failed, if the loss is none."""
    result = judged(replicates.parameters.id, loss, replicates.seeds)
    if result.status is not TrialStatus.COMPLETED:
        found = {**result.diagnostics.entries, "kind": FailureKind.WRONG_OUTPUT.value}
        result = _failed(replicates, FailureKind.WRONG_OUTPUT, diagnostics(found))
    return Judgement(result, tuple(one.record for one in ended))


def first_failure(replicates: ReplicateSet, ended: Sequence[Replicate]) -> Judgement | None:
    """The judgement of a set, if a simulation of it failed: by the first that did."""
    failures = [one for one in ended if one.record.failure]
    if not failures:
        return None
    kind, known = failures[0].record.failure, failures[0].known
    assert kind  # noqa: S101 -- for the type
    found = {
        **known.entries,
        "seed": str(failures[0].record.seed),
        "failed": f"{len(failures)} of {len(ended)} simulations",
    }
    return failed(replicates, kind, diagnostics(found), tuple(one.record for one in ended))


def failed(
    replicates: ReplicateSet,
    kind: FailureKind,
    known: Diagnostics,
    records: tuple[ReplicateRecord, ...],
) -> Judgement:
    """The judgement of a set that came to nothing."""
    return Judgement(_failed(replicates, kind, known), records)


def _failed(replicates: ReplicateSet, kind: FailureKind, known: Diagnostics) -> TrialResult:
    timed_out = kind is FailureKind.TIMED_OUT
    status = TrialStatus.TIMEOUT if timed_out else TrialStatus.FAILED
    found = diagnostics({**known.entries, "kind": kind.value})
    return TrialResult(replicates.parameters.id, status, None, replicates.seeds, found)
