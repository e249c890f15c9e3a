"""What an environment asks of its cluster: by unit, against quotas and pools, shared or not.

Counted are the requests of lasting pods, at the most that an autoscaler makes; Jobs come and go,
and a rolling update's surge is only in the quotas. Nothing here decides what is rendered.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelops.model import ConfiguredEnvironment
from modelops.model.cluster import Pool, PoolMode
from modelops.plan.placement import capacity, placement
from modelops.planned import (
    ClusterPlan,
    EnvironmentPlan,
    FixedScale,
    PodPlan,
    QuotaPlan,
    RunPlan,
    Scale,
    ServicePlan,
    WorkloadPlan,
    WorkspacePlan,
)


@dataclass(frozen=True, slots=True)
class Demand:
    """CPU in thousandths, memory in bytes, and pods."""

    cpu: int = 0
    memory: int = 0
    pods: int = 0

    def __add__(self, other: "Demand") -> "Demand":
        """Both together."""
        return Demand(self.cpu + other.cpu, self.memory + other.memory, self.pods + other.pods)


@dataclass(frozen=True, slots=True)
class UnitDemand:
    """What one unit asks for; `kind` is service, workspace or run."""

    kind: str
    name: str
    namespace: str
    demand: Demand


@dataclass(frozen=True, slots=True)
class Bound:
    """What is asked of a namespace or a pool, and what it has.

    Attributes:
        room: its quota, or its nodes at their most; None where nobody knows what a node gives.
    """

    name: str
    demand: Demand
    room: Demand | None


@dataclass(frozen=True, slots=True)
class Sharing:
    """The components of workspaces and the services that they use, counted in two ways.

    Attributes:
        shared: each service once, as it is.
        dedicated: as if each workspace had a copy of each service that it uses.
    """

    shared: Demand
    dedicated: Demand


@dataclass(frozen=True, slots=True)
class EnvironmentDemand:
    """What one environment asks for.

    Attributes:
        sharing: None where no workspace uses a service.
    """

    name: str
    units: tuple[UnitDemand, ...]
    namespaces: tuple[Bound, ...]
    pools: tuple[Bound, ...]
    sharing: Sharing | None


Counted = tuple[PodPlan, int]


def environment_demand(held: ConfiguredEnvironment, plan: EnvironmentPlan) -> EnvironmentDemand:
    """What one environment asks for."""
    pools = held.environment.spec.cluster.pools
    pods = [one for _, unit in _units(plan) for one in unit]
    return EnvironmentDemand(
        name=plan.name,
        units=tuple(UnitDemand(*identity, _sum(counted)) for identity, counted in _units(plan)),
        namespaces=tuple(_namespaces(plan)),
        pools=tuple(_pools(pools, pods)),
        sharing=_sharing(plan),
    )


def _units(plan: EnvironmentPlan) -> Iterator[tuple[tuple[str, str, str], tuple[Counted, ...]]]:
    """Kind, name and namespace of each unit, and its pods."""
    for service in plan.services:
        yield ("service", service.name, service.namespace), (_counted(service.workload),)
    for workspace in plan.workspaces:
        yield ("workspace", workspace.name, workspace.namespace), _of_workspace(workspace)
    for run in plan.runs:
        yield ("run", run.name, run.namespace), _of_run(run)


def _of_workspace(plan: WorkspacePlan) -> tuple[Counted, ...]:
    workers = (plan.workers.pod, _most(plan.workers.scale))
    return ((plan.scheduler.pod, 1), workers, *map(_counted, plan.components))


def _of_run(plan: RunPlan) -> tuple[Counted, ...]:
    store = plan.store
    workers = (plan.workers.pod, plan.workers.replicas)
    if store is None:
        return (workers,)
    return (workers, (store.pod, store.instances if isinstance(store, ClusterPlan) else 1))


def _counted(workload: WorkloadPlan) -> Counted:
    return workload.pod, _most(workload.scale)


def _most(scale: Scale) -> int:
    return scale.replicas if isinstance(scale, FixedScale) else scale.most


def _sum(counted: Iterable[Counted]) -> Demand:
    total = Demand()
    for pod, many in counted:
        wanted = pod.amounts
        total += Demand(wanted.cpu_request * many, wanted.memory_request * many, many)
    return total


# --- against what there is -----------------------------------------------------------------------


def _namespaces(plan: EnvironmentPlan) -> Iterator[Bound]:
    """Each namespace, and its quota."""
    shared = plan.platform.shared
    if shared is not None:
        asked = _sum(_counted(service.workload) for service in plan.services)
        yield Bound(shared.namespace, asked, _room(shared.quota))
    for workspace in plan.workspaces:
        asked = _sum(_of_workspace(workspace))
        yield Bound(workspace.namespace, asked, _room(workspace.quota))
    for run in plan.runs:
        yield Bound(run.namespace, _sum(_of_run(run)), _room(run.quota))


def _room(quota: QuotaPlan) -> Demand:
    return Demand(quota.cpu_request, quota.memory_request, quota.pods)


def _pools(pools: Mapping[str, Pool], pods: list[Counted]) -> Iterator[Bound]:
    """Each pool for workloads, and what it gives with its most nodes."""
    placed = {name: placement(name, pool) for name, pool in sorted(pools.items())}
    taken: dict[str, list[Counted]] = {}
    for one in pods:
        name = next(name for name, where in placed.items() if where == one[0].placement)
        taken.setdefault(name, []).append(one)
    for name, pool in sorted(pools.items()):
        if pool.mode is PoolMode.USER:
            yield Bound(name, _sum(taken.get(name, ())), _nodes(pool))


def _nodes(pool: Pool) -> Demand | None:
    node = capacity(pool)
    if node is None:
        return None
    return Demand(node.cpu * pool.max, node.memory * pool.max, pool.max_pods * pool.max)


# --- shared or dedicated -------------------------------------------------------------------------


def _sharing(plan: EnvironmentPlan) -> Sharing | None:
    """What no workspace uses is the same in both ways, and left out; so are the Dask planes."""
    services = {one.name: one for one in plan.services}
    used = {one.name: _used(services, one.uses) for one in plan.workspaces}
    if not any(used.values()):
        return None
    own = _sum(_counted(one) for workspace in plan.workspaces for one in workspace.components)
    once = {name: service for found in used.values() for name, service in found.items()}
    copies = (one for found in used.values() for one in found.values())
    return Sharing(
        shared=own + _sum(_counted(one.workload) for one in once.values()),
        dedicated=own + _sum(_counted(one.workload) for one in copies),
    )


def _used(services: Mapping[str, ServicePlan], names: tuple[str, ...]) -> dict[str, ServicePlan]:
    """The services of these names, and those that they use in turn."""
    found: dict[str, ServicePlan] = {}
    waiting = list(names)
    while waiting:
        service = services[waiting.pop()]
        if service.name not in found:
            found[service.name] = service
            waiting.extend(service.uses)
    return found
