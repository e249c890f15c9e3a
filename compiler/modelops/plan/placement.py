"""Which nodes a pod may run on: the pool's labels as selector, its taints as tolerations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from modelops import names
from modelops.model.cluster import Cluster, Pool, PoolMode, TaintEffect
from modelops.plan.facts.azure_vm_sizes import VM_SIZES, allocatable
from modelops.planned import Placement, Toleration
from modelops.provenance import derived

SPOT_KEY = "kubernetes.azure.com/scalesetpriority"
SPOT = Toleration(SPOT_KEY, "spot", "NoSchedule")
"""AKS taints spot nodes with this, and labels them alike."""


@dataclass(frozen=True, slots=True)
class NodeCapacity:
    """What pods of ours can have on one node: CPU in thousandths, memory in bytes, GPUs."""

    cpu: int
    memory: int
    gpu: int


def placement(name: str, pool: Pool) -> Placement:
    """Where the pods of a pool's users may run."""
    tolerations = tuple(
        Toleration(
            *(
                derived("a taint of the chosen pool's nodes", part, name, part)
                for part in (key, taint.value, taint.effect)
            )
        )
        for key, taint in sorted(pool.taints.items())
    )
    spot = derived("the chosen pool is of spot nodes", SPOT.value, name, pool.spot)
    return Placement(
        node_selector={
            key: derived("the label of the chosen pool's nodes", value, name, value)
            for key, value in sorted(node_labels(name, pool).items())
        },
        tolerations=(*tolerations, *((replace(SPOT, value=spot),) if pool.spot else ())),
        preferred={SPOT_KEY: spot} if pool.spot else {},
    )


def node_labels(name: str, pool: Pool) -> dict[str, str]:
    """The labels that a pool's nodes carry; a user pool's role is its name unless it has one."""
    role = pool.role or (name if pool.mode == PoolMode.USER else None)
    return {**pool.labels, **({names.ROLE_LABEL: role} if role else {})}


def matching_pools(cluster: Cluster, name: str) -> Iterator[tuple[str, Pool]]:
    """Every user pool whose nodes the pods of pool `name` may land on, that one first."""
    chosen = cluster.pools[name]
    yield name, chosen
    selected = node_labels(name, chosen).items()
    for other, pool in cluster.pools.items():
        fits = other != name and pool.mode == PoolMode.USER
        if fits and selected <= node_labels(other, pool).items() and _tolerate(name, chosen, pool):
            yield other, pool


def _tolerate(name: str, chosen: Pool, other: Pool) -> bool:
    """Whether the pods of the chosen pool tolerate the taints of the other's nodes."""
    tolerated = placement(name, chosen).tolerations
    return all(
        taint in tolerated
        for taint in placement(name, other).tolerations
        if taint.effect != TaintEffect.PREFER_NO_SCHEDULE
    )


def capacity(pool: Pool) -> NodeCapacity | None:
    """What one node of the pool gives to pods; None where neither file nor facts tell."""
    if pool.allocatable is not None:
        return NodeCapacity(pool.allocatable.cpu, pool.allocatable.memory, pool.allocatable.gpu)
    size = VM_SIZES.get(pool.vm_size or "")
    if size is None:
        return None
    return NodeCapacity(*allocatable(size, pool.max_pods), size.gpus)
