"""Part of `status`: what there should be of each unit, by the names that the plan gave it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelops.planned import (
    ClaimVolume,
    ClusterPlan,
    CpuScale,
    EnvironmentPlan,
    FixedScale,
    PostgresBinding,
    QueueScale,
    RunPlan,
    ScratchVolume,
    ServerPlan,
    ServicePlan,
    WorkspacePlan,
)

LABELS = "app.kubernetes.io/part-of=modelops"
"""The selector of everything that the compiler writes, pods among it."""

STATEFUL_SET, CLUSTER = "StatefulSet", "Cluster"
"""The kinds that serve stores."""

RESULTS = "results"
"""The volume of a worker pod that results are on."""


class Kept(StrEnum):
    """What results live as long as."""

    POD = "pod"
    VOLUME = "volume"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class WatchedRun:
    """One run.

    Attributes:
        source: its file.
        stages: the Flux Kustomization of each, by the stage's name, in order.
        store: kind and name of what serves it; None where nothing of ours does.
        component: of the pods that lead the search; `init` of those that fill the store.
        replicas: how many lead the search.
        trials: how many are wanted.
        scheduler, dashboard: the Service of the workspace's scheduler and its port for people.
        results: the folder that they are written to in the workers' pods, or its address in a
            container.
        kept: what they live as long as.
        binding: how its pods reach the store; None where there is none.
    """

    name: str
    source: str
    namespace: str
    workspace: str
    stages: Mapping[str, str]
    store: tuple[str, str] | None
    component: str
    init: str
    replicas: int
    trials: int
    plane: str
    scheduler: str
    dashboard: int
    results: str
    kept: Kept
    binding: PostgresBinding | None


@dataclass(frozen=True, slots=True)
class WatchedWorkspace:
    """One workspace.

    Attributes:
        kustomization: the Flux Kustomization that applies it.
        scheduler, workers: Deployments.
        fewest, most: how many worker pods there may be.
        components: further Deployments.
        dashboard: the scheduler's port for people.
    """

    name: str
    source: str
    namespace: str
    kustomization: str
    scheduler: str
    workers: str
    fewest: int
    most: int
    components: tuple[str, ...]
    dashboard: int


@dataclass(frozen=True, slots=True)
class WatchedService:
    """One service.

    Attributes:
        kustomization: the Flux Kustomization that applies it.
        workload: its Deployment.
    """

    name: str
    source: str
    namespace: str
    kustomization: str
    workload: str


WatchedUnit = WatchedRun | WatchedWorkspace | WatchedService


@dataclass(frozen=True, slots=True)
class WatchedEnvironment:
    """Everything that should run of an environment.

    Attributes:
        flux: the namespace of its Kustomizations.
        root: the Kustomization that applies the others.
    """

    name: str
    tier: str
    flux: str
    root: str
    workspaces: tuple[WatchedWorkspace, ...]
    runs: tuple[WatchedRun, ...]
    services: tuple[WatchedService, ...]

    @property
    def units(self) -> tuple[WatchedUnit, ...]:
        """All of them: workspaces, runs, services, each sorted by name."""
        return (*self.workspaces, *self.runs, *self.services)


def watched(plan: EnvironmentPlan) -> WatchedEnvironment:
    """What an environment should consist of."""
    applied = {each.unit: each.name for each in plan.flux.kustomizations}
    planes = {each.name: each for each in plan.workspaces}
    return WatchedEnvironment(
        name=plan.name,
        tier=str(plan.tier),
        flux=plan.flux.namespace,
        root=plan.flux.root,
        workspaces=tuple(_workspace(each, applied) for each in plan.workspaces),
        runs=tuple(
            _run(plan.name, each, planes[each.labels["modelops.io/workspace"]], applied)
            for each in plan.runs
        ),
        services=tuple(_service(each, applied) for each in plan.services),
    )


def namespaces(units: Iterable[WatchedUnit]) -> tuple[str, ...]:
    """Where their pods are: of a run also where its simulations are, sorted."""
    planes = {unit.plane for unit in units if isinstance(unit, WatchedRun)}
    return tuple(sorted({unit.namespace for unit in units} | planes))


def _workspace(plan: WorkspacePlan, applied: Mapping[str, str]) -> WatchedWorkspace:
    fewest, most = _bounds(plan.workers.scale)
    return WatchedWorkspace(
        name=plan.name,
        source=plan.source,
        namespace=plan.namespace,
        kustomization=applied[plan.unit],
        scheduler=plan.scheduler.name,
        workers=plan.workers.name,
        fewest=fewest,
        most=most,
        components=tuple(each.name for each in plan.components),
        dashboard=plan.scheduler.dashboard_port,
    )


def _bounds(scale: FixedScale | QueueScale | CpuScale) -> tuple[int, int]:
    if isinstance(scale, FixedScale):
        return scale.replicas, scale.replicas
    return scale.fewest, scale.most


def _run(
    environment: str, plan: RunPlan, plane: WorkspacePlan, applied: Mapping[str, str]
) -> WatchedRun:
    folder, kept = _results(plane)
    return WatchedRun(
        name=plan.name,
        source=plan.source,
        namespace=plan.namespace,
        workspace=plane.name,
        stages={str(stage): applied[unit] for stage, unit in plan.units.items()},
        store=_store(plan),
        component=plan.workers.pod.component,
        init=plan.store_init.tables.component if plan.store_init else "",
        replicas=plan.workers.replicas,
        trials=plan.trials,
        plane=plan.dask.namespace,
        scheduler=plane.scheduler.name,
        dashboard=plane.scheduler.dashboard_port,
        results=f"{folder}/runs/{environment}/{plan.name}",
        kept=kept,
        binding=plan.binding,
    )


def _results(plane: WorkspacePlan) -> tuple[str, Kept]:
    """Where workers keep results, and what these live as long as."""
    if plane.workers.results_address:
        return plane.workers.results_address, Kept.CONTAINER
    volumes = (each for each in plane.workers.pod.volumes if each.name == RESULTS)
    volume = next(each for each in volumes if isinstance(each, ClaimVolume | ScratchVolume))
    return volume.mount_path, Kept.VOLUME if isinstance(volume, ClaimVolume) else Kept.POD


def _store(plan: RunPlan) -> tuple[str, str] | None:
    match plan.store:
        case ServerPlan(name=name):
            return STATEFUL_SET, name
        case ClusterPlan(name=name):
            return CLUSTER, name
    return None


def _service(plan: ServicePlan, applied: Mapping[str, str]) -> WatchedService:
    return WatchedService(
        name=plan.name,
        source=plan.source,
        namespace=plan.namespace,
        kustomization=applied[plan.unit],
        workload=plan.workload.name,
    )
