"""The Flux Kustomizations of a run: one for each stage that has anything to apply."""

from collections.abc import Iterator

from modelops import names
from modelops.plan.scope import RunScope, used_names
from modelops.planned import (
    ClusterPlan,
    HealthCheck,
    KustomizationPlan,
    RunPlan,
    ServerPlan,
    Stage,
)
from modelops.provenance import carried

TIMEOUT = 900
"""Seconds: a node pool may have to grow from zero before a stage is done."""

WAITED_FOR = frozenset({Stage.BASE, Stage.SECRETS, Stage.STORE_INIT})
"""Stages whose end matters, and comes: the last one outlives any timeout, and the volume of backups
in the third is not bound before its first Job."""


def stages(scope: RunScope, plan: RunPlan) -> Iterator[KustomizationPlan]:
    """In order; each depends on the one before, and on the workspace."""
    environment = scope.environment.name
    beside = workspace_kustomization(environment, scope.spec.workspace)
    before = (
        names.flux_kustomization(environment, "platform"),
        *(service_kustomization(environment, name) for name in used_names(scope.spec)),
    )
    for stage, unit in plan.units.items():
        short = carried(f"run-{plan.name}-{stage}", plan.name)
        name = names.flux_kustomization(environment, short)
        yield KustomizationPlan(
            name=name,
            file=f"{short}.yaml",
            unit=unit,
            source=plan.source,
            depends_on=tuple(sorted({*before, beside})),
            health_checks=tuple(_health(plan)) if stage is Stage.STORE else (),
            wait=stage in WAITED_FOR,
            timeout=TIMEOUT,
        )
        before = (name,)


def workspace_kustomization(environment: str, workspace: str) -> str:
    """The Flux Kustomization of a workspace: `dev-ws-malaria`."""
    return names.flux_kustomization(environment, carried(f"ws-{workspace}", workspace))


def service_kustomization(environment: str, service: str) -> str:
    """The Flux Kustomization of a service: `dev-svc-mlflow`."""
    return names.flux_kustomization(environment, carried(f"svc-{service}", service))


def _health(plan: RunPlan) -> Iterator[HealthCheck]:
    """The store itself, where it is the run's."""
    match plan.store:
        case ServerPlan(name=name):
            yield HealthCheck("apps/v1", "StatefulSet", plan.namespace, name)
        case ClusterPlan(name=name):
            yield HealthCheck("postgresql.cnpg.io/v1", "Cluster", plan.namespace, name)
