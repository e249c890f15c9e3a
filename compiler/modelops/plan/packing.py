"""How many workers there can be, and how many equal pods one node holds.

What else runs on a node is not counted. The provider's own DaemonSets are already taken off its CPU
and memory, not off its number of pods.
"""

from modelops.model.cluster import Pool
from modelops.model.workspace import Workers
from modelops.plan.placement import NodeCapacity
from modelops.plan.resources import DEFAULT_REPLICAS
from modelops.planned import Amounts


def most_workers(workers: Workers) -> int:
    """The most worker pods that are wanted for longer than an update takes."""
    if workers.autoscaling is not None:
        return workers.autoscaling.max
    return DEFAULT_REPLICAS if workers.replicas is None else workers.replicas


def pods_on_node(wanted: Amounts, node: NodeCapacity, pool: Pool) -> int:
    """How many of these pods fit on one node of the pool, by CPU, memory, GPU and their number."""
    return min(
        node.cpu // wanted.cpu_request,
        node.memory // wanted.memory_request,
        pool.max_pods,
        *((node.gpu // wanted.gpu,) if wanted.gpu else ()),
    )
