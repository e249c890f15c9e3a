"""Part of `render`: which units an environment has, and which files a unit has.

A file whose component has nothing to say is left out: no autoscaling, no secrets, no claims.
"""

from collections.abc import Callable, Iterable, Iterator

from modelops.manifests import Component, EnvironmentManifests, Unit
from modelops.planned import (
    EnvironmentPlan,
    FluxPlan,
    PlatformPlan,
    RunPlan,
    ServicePlan,
    WorkspacePlan,
)
from modelops.render.accounts import accounts
from modelops.render.autoscaling import autoscaling
from modelops.render.azure import inputs
from modelops.render.config import config, context
from modelops.render.flux import git_repository, kustomization, root_kustomization
from modelops.render.metadata import Object
from modelops.render.namespace import namespace
from modelops.render.network import network, workspace_network
from modelops.render.platform import (
    priority_classes,
    secret_store,
    shared_namespace,
    storage_classes,
)
from modelops.render.pull_secret import pull_check
from modelops.render.run_stages import RUN_FILES
from modelops.render.scheduler import scheduler
from modelops.render.secrets import secrets
from modelops.render.storage import storage
from modelops.render.workers import workers
from modelops.render.workload import workload

WORKSPACE_FILES: dict[str, Callable[[WorkspacePlan], list[Object]]] = {
    "accounts.yaml": accounts,
    "autoscaling.yaml": autoscaling,
    "config.yaml": config,
    "context.yaml": context,
    "namespace.yaml": namespace,
    "network.yaml": workspace_network,
    "pull-secret.yaml": lambda plan: pull_check(plan, plan.pull_check),
    "scheduler.yaml": scheduler,
    "secrets.yaml": secrets,
    "storage.yaml": storage,
    "workers.yaml": workers,
}
"""The files of a workspace's unit and what is in them."""

SERVICE_FILES: dict[str, Callable[[ServicePlan], list[Object]]] = {
    "network.yaml": network,
    "pull-secret.yaml": lambda plan: pull_check(plan, plan.pull_check),
    "secrets.yaml": secrets,
    "service.yaml": lambda plan: workload(plan.workload),
}
"""The files of a service's unit and what is in them."""


def environment(plan: EnvironmentPlan) -> EnvironmentManifests:
    """All units of one environment, sorted by name."""
    units = [
        _bootstrap(plan.flux),
        _flux(plan.flux),
        _platform(plan.platform),
        *(_service(service) for service in plan.services),
        *(_workspace(workspace) for workspace in plan.workspaces),
        *(unit for run in plan.runs for unit in _run(run)),
    ]
    return EnvironmentManifests(
        name=plan.name,
        source=plan.source,
        kubernetes=plan.kubernetes,
        units=tuple(sorted(units, key=lambda unit: unit.name)),
        given=plan.given,
        tier=plan.tier,
        documents=(inputs(plan.infra),) if plan.infra else (),
    )


def _components(files: Iterable[tuple[str, list[Object]]]) -> tuple[Component, ...]:
    written = (Component(file, tuple(objects)) for file, objects in files if objects)
    return tuple(sorted(written, key=lambda component: component.file))


def _workspace(plan: WorkspacePlan) -> Unit:
    files = ((file, objects(plan)) for file, objects in WORKSPACE_FILES.items())
    components = ((f"component-{one.name}.yaml", workload(one)) for one in plan.components)
    return Unit(plan.unit, plan.source, _components((*files, *components)))


def _service(plan: ServicePlan) -> Unit:
    files = ((file, objects(plan)) for file, objects in SERVICE_FILES.items())
    return Unit(plan.unit, plan.source, _components(files))


def _run(plan: RunPlan) -> Iterator[Unit]:
    """One unit for each stage that has anything to apply."""
    for stage, unit in plan.units.items():
        files = ((file, objects(plan)) for file, objects in RUN_FILES[stage].items())
        yield Unit(unit, plan.source, _components(files))


def _platform(plan: PlatformPlan) -> Unit:
    files = (
        ("priority-classes.yaml", priority_classes(plan)),
        ("secret-store.yaml", secret_store(plan)),
        ("services.yaml", shared_namespace(plan)),
        ("storage-classes.yaml", storage_classes(plan)),
    )
    return Unit(plan.unit, plan.source, _components(files))


def _flux(plan: FluxPlan) -> Unit:
    components = (
        Component(planned.file, (kustomization(plan, planned),), planned.source)
        for planned in plan.kustomizations
    )
    ordered = tuple(sorted(components, key=lambda component: component.file))
    return Unit(plan.unit, plan.source_file, ordered)


def _bootstrap(plan: FluxPlan) -> Unit:
    files = (
        ("root.yaml", [root_kustomization(plan)]),
        ("source.yaml", [git_repository(plan)]),
    )
    return Unit(plan.bootstrap_unit, plan.source_file, _components(files))
