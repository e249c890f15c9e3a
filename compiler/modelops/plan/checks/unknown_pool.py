"""FIT003: a pool that the environment does not have, or that is not for workloads."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.plan.scope import AnyScope


def unknown_pool(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse pods whose selector no node would match, and pods on the cluster's own nodes."""
    pools = scope.cluster.pools
    users = [name for name, pool in pools.items() if pool.mode is PoolMode.USER]
    for at, name in {part.pool_at: part.pool for part in scope.parts}.items():
        pool = pools.get(name)
        if pool is None:
            told = f"{scope.environment.name} has no pool `{name}`: no node would match"
        elif pool.mode is PoolMode.SYSTEM:
            told = f"the pool `{name}` is for the cluster's own pods"
        else:
            continue
        remedy = did_you_mean(name, users) or f"add a pool to {scope.environment.source}"
        yield scope.breach(fit.FIT003, told, scope.at(*at), remedy)
