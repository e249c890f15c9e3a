"""FIT001: a pod that asks for more than any node it may run on can give."""

from collections.abc import Iterator
from dataclasses import replace

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.plan import resources, workload
from modelops.plan.placement import NodeCapacity, capacity, matching_pools
from modelops.plan.resources import GIB
from modelops.plan.scope import PARTS, AnyScope, Scope
from modelops.plan.workloads import workloads
from modelops.planned import Amounts
from modelops.provenance import DataPath

PLANE = {(part,) for part in PARTS}
"""The parts whose GPUs are `gpu_without_gpus`'s."""


def pod_too_large(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a pod that would stay Pending for ever."""
    for path, pool, wanted in _pods(scope):
        chosen = scope.cluster.pools.get(pool)
        if chosen is None or chosen.mode is PoolMode.SYSTEM:
            continue
        nodes = [(name, capacity(one)) for name, one in matching_pools(scope.cluster, pool)]
        known = [(name, node) for name, node in nodes if node is not None]
        elsewhere = path[:1] in PLANE and not any(node.gpu for _, node in known)
        asked = replace(wanted, gpu=0) if elsewhere else wanted  # `gpu_without_gpus` says it
        if known and len(known) == len(nodes) and not any(_fits(asked, node) for _, node in known):
            yield from _each(scope, path, asked, known[0])


def _pods(scope: AnyScope) -> Iterator[tuple[DataPath, str, Amounts]]:
    """What each part asks for, and its pool."""
    if isinstance(scope, Scope):
        spec = scope.spec
        yield ("scheduler",), spec.scheduler.pool, resources.scheduler_amounts(spec.scheduler)
        yield ("workers",), spec.workers.pool, resources.worker_amounts(spec)
    for one in workloads(scope):
        yield one.path, one.spec.pool, workload.amounts(one.spec)


def _fits(wanted: Amounts, node: NodeCapacity) -> bool:
    return (
        wanted.cpu_request <= node.cpu
        and wanted.memory_request <= node.memory
        and wanted.gpu <= node.gpu
    )


def _each(
    scope: AnyScope, path: DataPath, wanted: Amounts, pool: tuple[str, NodeCapacity]
) -> Iterator[Diagnostic]:
    """One finding for each resource that does not fit."""
    name, node = pool
    chosen = ".".join(map(str, (*path, "pool")))
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
                scope.at(*path, "resources", field),
                f"ask for at most {given}, or choose a pool with larger nodes (`{chosen}`)",
                _pool_note(scope, name),
            )


def _cpus(millicores: int) -> str:
    return f"{millicores / 1000:g} CPU"


def _pool_note(scope: AnyScope, name: str) -> Note:
    pool = scope.cluster.pools[name]
    if pool.allocatable is not None:
        at = scope.environment.at_key("cluster", "pools", name, "allocatable")
        return Note(at, "what a node of this pool can give")
    at = scope.environment.at("cluster", "pools", name, "vmSize")
    return Note(at, f"{pool.vm_size}, less what the provider keeps on each node")
