"""Upper bounds of a unit's namespace: the most its own parts can need, unless it says so."""

from collections.abc import Iterable, Sequence

from modelops.model.workspace import Quota
from modelops.plan.resources import most_pods
from modelops.planned import (
    Amounts,
    ContainerBounds,
    PodPlan,
    QuotaPlan,
    SchedulerPlan,
    WorkersPlan,
)
from modelops.provenance import derived

Counted = tuple[Amounts, int]
"""What equal pods ask for, and how many of them there can be."""


def quota(
    written: Quota,
    pods: Sequence[Counted],
    claims: Sequence[int],
    formula: str,
) -> QuotaPlan:
    """What is written, else what all pods need at most.

    Args:
        written: by a person.
        pods: every pod there can be at once.
        claims: the sizes of all volumes.
        formula: the same, in words.
    """
    disk = written.ephemeral_storage

    def bound(said: int | None, amounts: Iterable[tuple[int, int]]) -> int:
        return _bound(said, amounts, formula)

    return QuotaPlan(
        cpu_request=bound(written.cpu, ((one.cpu_request, count) for one, count in pods)),
        cpu_limit=bound(written.cpu, ((one.cpu_limit, count) for one, count in pods)),
        memory_request=bound(written.memory, ((one.memory_request, n) for one, n in pods)),
        memory_limit=bound(written.memory, ((one.memory_limit, n) for one, n in pods)),
        disk_request=bound(disk, ((one.disk_request, count) for one, count in pods)),
        disk_limit=bound(disk, ((one.disk_limit, count) for one, count in pods)),
        pods=_pods(written.pods, pods, formula),
        claims=derived("one for each volume", len(claims), *claims),
    )


WORKSPACE_FORMULA = (
    "the scheduler, the most workers with a rolling update's surge, and the bootstrap Job"
)


def workspace_pods(
    scheduler: SchedulerPlan, workers: WorkersPlan, *jobs: PodPlan | None
) -> list[Counted]:
    """Scheduler, workers at most with a rolling update's surge, and the Jobs that there are."""
    return [
        (scheduler.pod.amounts, 1),
        (workers.pod.amounts, most_pods(workers.scale)),
        *((job.amounts, 1) for job in jobs if job),
    ]


def _bound(written: int | None, needed: Iterable[tuple[int, int]], formula: str) -> int:
    if written is not None:
        return written
    parts = list(needed)
    total = sum(amount * count for amount, count in parts)
    return derived(formula, total, *(source for part in parts for source in part))


def _pods(written: int | None, pods: Sequence[Counted], formula: str) -> int:
    if written is not None:
        return written
    counts = [count for _, count in pods]
    return derived(formula, sum(counts), *counts)


def bounds(pods: Sequence[Counted]) -> ContainerBounds:
    """The largest container: what a LimitRange lets nobody exceed."""
    return ContainerBounds(
        cpu=_largest([amounts.cpu_limit for amounts, _ in pods]),
        memory=_largest([amounts.memory_limit for amounts, _ in pods]),
    )


def _largest(amounts: list[int]) -> int:
    return derived("the largest container of the unit", max(amounts), *amounts)
