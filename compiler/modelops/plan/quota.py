"""Upper bounds of a workspace's namespace: the most its own parts can need, unless it says so."""

from collections.abc import Iterable

from modelops.model.workspace import Quota
from modelops.plan.resources import most_pods
from modelops.planned import (
    Amounts,
    ClaimPlan,
    ContainerBounds,
    QuotaPlan,
    SchedulerPlan,
    SecretsPlan,
    WorkersPlan,
)
from modelops.provenance import derived


def quota(
    written: Quota,
    scheduler: SchedulerPlan,
    workers: WorkersPlan,
    secrets: SecretsPlan,
    claims: tuple[ClaimPlan, ...],
) -> QuotaPlan:
    """Scheduler, workers at most with a rolling update's surge, and the bootstrap Job."""
    pods = [
        (scheduler.pod.amounts, 1),
        (workers.pod.amounts, most_pods(workers.scale)),
        *([(secrets.bootstrap.pod.amounts, 1)] if secrets.bootstrap else []),
    ]
    disk = written.ephemeral_storage
    return QuotaPlan(
        cpu_request=_bound(written.cpu, ((one.cpu_request, count) for one, count in pods)),
        cpu_limit=_bound(written.cpu, ((one.cpu_limit, count) for one, count in pods)),
        memory_request=_bound(written.memory, ((one.memory_request, n) for one, n in pods)),
        memory_limit=_bound(written.memory, ((one.memory_limit, n) for one, n in pods)),
        disk_request=_bound(disk, ((one.disk_request, count) for one, count in pods)),
        disk_limit=_bound(disk, ((one.disk_limit, count) for one, count in pods)),
        pods=_pods(written.pods, pods),
        claims=derived("one for each volume", len(claims), *(claim.size for claim in claims)),
    )


FORMULA = "the scheduler, the most workers with a rolling update's surge, and the bootstrap Job"


def _bound(written: int | None, needed: Iterable[tuple[int, int]]) -> int:
    if written is not None:
        return written
    parts = list(needed)
    total = sum(amount * count for amount, count in parts)
    return derived(FORMULA, total, *(source for part in parts for source in part))


def _pods(written: int | None, pods: list[tuple[Amounts, int]]) -> int:
    if written is not None:
        return written
    counts = [count for _, count in pods]
    return derived(FORMULA, sum(counts), *counts)


def bounds(scheduler: SchedulerPlan, workers: WorkersPlan, secrets: SecretsPlan) -> ContainerBounds:
    """The largest container: what a LimitRange lets nobody exceed."""
    pods = [scheduler.pod, workers.pod, *([secrets.bootstrap.pod] if secrets.bootstrap else [])]
    return ContainerBounds(
        cpu=_largest([pod.amounts.cpu_limit for pod in pods]),
        memory=_largest([pod.amounts.memory_limit for pod in pods]),
    )


def _largest(amounts: list[int]) -> int:
    return derived("the largest container of the workspace", max(amounts), *amounts)
