"""FIT001: a pod that asks for more than any node it may run on can give."""

from collections.abc import Iterator
from dataclasses import replace

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.plan import resources
from modelops.plan.placement import NodeCapacity, capacity, matching_pools
from modelops.plan.resources import GIB
from modelops.plan.scope import PARTS, Scope
from modelops.planned import Amounts


def pod_too_large(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a pod that would stay Pending for ever."""
    for part in PARTS:
        scheduler = part == "scheduler"
        pool = scope.spec.scheduler.pool if scheduler else scope.spec.workers.pool
        chosen = scope.cluster.pools.get(pool)
        if chosen is None or chosen.mode is PoolMode.SYSTEM:
            continue
        wanted = (
            resources.scheduler_amounts(scope.spec.scheduler)
            if scheduler
            else resources.worker_amounts(scope.spec)
        )
        nodes = [(name, capacity(one)) for name, one in matching_pools(scope.cluster, pool)]
        known = [(name, node) for name, node in nodes if node is not None]
        if not any(node.gpu for _, node in known):  # then `gpu_without_gpus` says it
            wanted = replace(wanted, gpu=0)
        if known and len(known) == len(nodes) and not any(_fits(wanted, node) for _, node in known):
            yield from _each(scope, part, wanted, known[0])


def _fits(wanted: Amounts, node: NodeCapacity) -> bool:
    return (
        wanted.cpu_request <= node.cpu
        and wanted.memory_request <= node.memory
        and wanted.gpu <= node.gpu
    )


def _each(
    scope: Scope, part: str, wanted: Amounts, pool: tuple[str, NodeCapacity]
) -> Iterator[Diagnostic]:
    """One finding for each resource that does not fit."""
    name, node = pool
    memory = f"{wanted.memory_request / GIB:.4g} GiB"
    most = f"{node.memory * 10 // GIB / 10:g} GiB"  # rounded down: what it says must fit
    for field, asked, given, too_much in (
        ("cpu", _cpus(wanted.cpu_request), _cpus(node.cpu), wanted.cpu_request > node.cpu),
        ("memory", memory, most, wanted.memory_request > node.memory),
        ("gpu", f"{wanted.gpu} GPU", f"{node.gpu} GPU", wanted.gpu > node.gpu),
    ):
        if too_much:
            yield scope.breach(
                fit.FIT001,
                f"the pod asks for {asked}, but a node of pool `{name}` has {given} to give: it "
                "would never start",
                scope.at(part, "resources", field),
                f"ask for at most {given}, or choose a pool with larger nodes (`{part}.pool`)",
                _pool_note(scope, name),
            )


def _cpus(millicores: int) -> str:
    return f"{millicores / 1000:g} CPU"


def _pool_note(scope: Scope, name: str) -> Note:
    pool = scope.cluster.pools[name]
    if pool.allocatable is not None:
        at = scope.environment.at_key("cluster", "pools", name, "allocatable")
        return Note(at, "what a node of this pool can give")
    at = scope.environment.at("cluster", "pools", name, "vmSize")
    return Note(at, f"{pool.vm_size}, less what the provider keeps on each node")
