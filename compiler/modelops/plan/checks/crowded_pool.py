"""FIT002: more worker pods than the nodes that they may run on can hold at most.

Counted are the workers of one workspace alone: what else runs on the pool is known to the cluster,
not to one file, and only makes it tighter.
"""

import math
from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note, Severity
from modelops.diagnostics.rulebook import fit
from modelops.model.cluster import PoolMode
from modelops.model.fields import bytes_text, cpu_text
from modelops.plan import resources
from modelops.plan.packing import most_workers, pods_on_node
from modelops.plan.placement import capacity, matching_pools
from modelops.plan.scope import Scope
from modelops.planned import Amounts
from modelops.provenance import Span

_ACCEPT = '\nor accept it in the workspace: `accept: {FIT002: "why it is fine"}`'


def crowded_pool(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse in production, and warn elsewhere, of workers that can never all run."""
    name = scope.spec.workers.pool
    chosen = scope.cluster.pools.get(name)
    wanted = resources.worker_amounts(scope.spec)
    most = most_workers(scope.spec.workers)
    room = _room(scope, name, wanted) if chosen and chosen.mode is PoolMode.USER else {}
    fitting = sum(pods * scope.cluster.pools[pool].max for pool, pods in room.items())
    if not room.get(name) or most <= fitting:
        return
    nodes = math.ceil((most - fitting) / room[name]) + scope.cluster.pools[name].max
    rule = fit.FIT002
    yield scope.breach(
        rule,
        f"{_told(most, wanted)} need {nodes} nodes of pool `{name}`, which has at most "
        f"{scope.cluster.pools[name].max}: {fitting} of them fit",
        _place(scope),
        f"ask for at most {fitting} workers, or set `max` of pool `{name}` to {nodes}"
        + (_ACCEPT if rule.severity_in(scope.tier) is Severity.WARNING else ""),
        _pool_note(scope, name, room[name]),
    )


def _room(scope: Scope, name: str, wanted: Amounts) -> dict[str, int]:
    """Pods on one node of each pool that they may land on; nothing where one is not known."""
    nodes = [(pool, one, capacity(one)) for pool, one in matching_pools(scope.cluster, name)]
    known = {pool: pods_on_node(wanted, node, one) for pool, one, node in nodes if node}
    return known if len(known) == len(nodes) else {}


def _told(most: int, wanted: Amounts) -> str:
    gpu = f" and {wanted.gpu} GPU" if wanted.gpu else ""
    each = f"{cpu_text(wanted.cpu_request)} CPU, {bytes_text(wanted.memory_request)}{gpu}"
    return f"{most} worker pods of {each}"


def _place(scope: Scope) -> Span:
    if scope.spec.workers.autoscaling is not None:
        return scope.at("workers", "autoscaling", "max")
    return scope.at("workers", "replicas")


def _pool_note(scope: Scope, name: str, each: int) -> Note:
    at = scope.environment.at("cluster", "pools", name, "max")
    return Note(at, f"the pool's most nodes; one holds {each} of these pods")
