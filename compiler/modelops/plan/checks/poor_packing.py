"""FIT004: workers of a size that leaves much of every node unused.

Judged is a node full of these pods, by the better used of its CPU and memory. Pods with GPUs are
left out, for the GPU is what their nodes are for; so are small nodes and single pods.
"""

from collections.abc import Iterator
from fractions import Fraction

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.plan import resources
from modelops.plan.packing import most_workers, pods_on_node
from modelops.plan.placement import NodeCapacity, capacity
from modelops.plan.resources import GIB
from modelops.plan.scope import Scope

USED = Fraction(70, 100)
"""Share of a node's CPU or memory that is well used."""

SMALL = 3_000
"""Thousandths of a CPU: nodes that give less are of two CPUs, where a rest is always large."""

FEW = 2
"""Fewer pods than this have no second one to share a node with."""


def poor_packing(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of pods that use neither CPU nor memory of a full node well."""
    name = scope.spec.workers.pool
    pool = scope.cluster.pools.get(name)
    node = capacity(pool) if pool and pool.mode is PoolMode.USER else None
    wanted = resources.worker_amounts(scope.spec)
    if pool is None or node is None or wanted.gpu or node.cpu < SMALL:
        return
    pods = pods_on_node(wanted, node, pool)
    cpu = Fraction(pods * wanted.cpu_request, node.cpu)
    memory = Fraction(pods * wanted.memory_request, node.memory)
    if pods and most_workers(scope.spec.workers) >= FEW and max(cpu, memory) < USED:
        yield scope.breach(
            fit.FIT004,
            f"a node of pool `{name}` holds {pods} of these workers, which use {_percent(cpu)} of "
            f"its CPU and {_percent(memory)} of its memory",
            scope.at("workers", "resources"),
            _remedy(node, pods),
        )


def _percent(share: Fraction) -> str:
    return f"{int(share * 100)} %"


def _remedy(node: NodeCapacity, pods: int) -> str:
    """What each of so many pods could have, and what one more of them would need."""
    return (
        f"take more: with {pods} to a node each could have {_told(node, pods)}\n"
        f"or less: with {pods + 1} to a node each could have {_told(node, pods + 1)}\n"
        'or accept it in the workspace: `accept: {FIT004: "why it is fine"}`'
    )


def _told(node: NodeCapacity, pods: int) -> str:
    """A node's share of so many pods, rounded down: what it says must fit."""
    cpu, memory = node.cpu // pods // 100, node.memory // pods * 10 // GIB
    return f"{cpu / 10:g} CPU and {memory / 10:g}Gi"
