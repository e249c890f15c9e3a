"""FIT005: workers that ask for a GPU on nodes that have none."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.plan.placement import capacity, matching_pools
from modelops.plan.scope import Scope


def gpu_without_gpus(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a GPU where no node that the pod may run on has any."""
    workers = scope.spec.workers
    pool = scope.cluster.pools.get(workers.pool)
    if not workers.resources.gpu or pool is None or pool.mode is PoolMode.SYSTEM:
        return
    nodes = [capacity(one) for _, one in matching_pools(scope.cluster, workers.pool)]
    if any(node is None or node.gpu for node in nodes):
        return
    yield scope.breach(
        fit.FIT005,
        f"the workers ask for {workers.resources.gpu} GPU, and nodes of pool `{workers.pool}` have "
        "none: they would never start",
        scope.at("workers", "resources", "gpu"),
        _remedy(scope),
        scope.note("the pool", "workers", "pool"),
    )


def _remedy(scope: Scope) -> str:
    found = ((name, capacity(pool)) for name, pool in scope.cluster.pools.items())
    named = [f"`{name}`" for name, node in found if node is not None and node.gpu]
    if named:
        return f"set `workers.pool` to a pool with GPUs ({', '.join(named)}), or remove `gpu`"
    return f"remove `gpu`, or add a pool with GPUs to {scope.environment.name}: it has none"
