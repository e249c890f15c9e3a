"""One environment, decided: what its units share, the Flux graph, and what is given."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from modelops import names
from modelops.diagnostics import Tier
from modelops.manifests import Given, Identity
from modelops.model import Configuration, ConfiguredEnvironment
from modelops.model.cluster import Cluster, Provider
from modelops.plan.azure import infra
from modelops.plan.facts import postgres, providers
from modelops.plan.images import pull_secrets
from modelops.plan.run import generated as store_secrets
from modelops.plan.run import run
from modelops.plan.run_stages import stages, workspace_kustomization
from modelops.plan.scope import RunScope, UnitScope, runs_of, services_of, workspaces_of
from modelops.plan.secret_store import secret_store
from modelops.plan.secrets import fetched_secrets, generated_secrets
from modelops.plan.service import needs, service, shared_namespace
from modelops.plan.service_stage import after, given_to_exposed, service_stage
from modelops.plan.store import binding
from modelops.plan.unit import minor
from modelops.plan.workspace import workspace
from modelops.planned import (
    EnvironmentPlan,
    FluxPlan,
    GeneratedSecret,
    HealthCheck,
    KustomizationPlan,
    PlatformPlan,
    PriorityClassPlan,
    SharedNamespacePlan,
    StorageClassPlan,
    WorkspacePlan,
)

S = TypeVar("S", bound=UnitScope[Any])

RETRY_INTERVAL = 120
PLATFORM_TIMEOUT = 300
WORKSPACE_TIMEOUT = 900
"""Seconds: a node pool may have to grow from zero before the scheduler is healthy."""


def environment(configuration: Configuration, configured: ConfiguredEnvironment) -> EnvironmentPlan:
    """Everything about one environment; its references have been checked."""
    scopes = tuple(workspaces_of(configuration, configured))
    workspaces = tuple(workspace(scope) for scope in scopes)
    run_scopes = tuple(runs_of(configuration, configured))
    runs = tuple(run(scope) for scope in run_scopes)
    service_scopes = tuple(services_of(configuration, configured))
    services = tuple(service(scope) for scope in service_scopes)
    shared = shared_namespace(service_scopes, map(needs, services))
    platform = _platform(configured, shared)
    of_runs = (one for pair in zip(run_scopes, runs, strict=True) for one in stages(*pair))
    return EnvironmentPlan(
        name=configured.name,
        source=configured.environment.source,
        tier=Tier(configured.environment.spec.tier),
        kubernetes=minor(configured.environment.spec.cluster.kubernetes_version),
        platform=platform,
        workspaces=workspaces,
        flux=_flux(
            configured,
            platform,
            workspaces,
            (*of_runs, *(service_stage(configured.name, one) for one in services)),
        ),
        given=Given(
            frozenset(
                (
                    *_given(configured),
                    *_given_secrets(scopes, generated_secrets),
                    *_given_secrets(service_scopes, generated_secrets),
                    *_given_secrets(run_scopes, store_secrets),
                    *given_to_exposed(configured, workspaces, services),
                    *_given_to_stores(run_scopes),
                )
            )
        ),
        runs=runs,
        services=services,
        infra=infra(configuration, configured),
    )


def _platform(
    configured: ConfiguredEnvironment, shared: SharedNamespacePlan | None
) -> PlatformPlan:
    name = configured.name
    return PlatformPlan(
        unit=names.platform_unit(name),
        source=configured.environment.source,
        labels={"modelops.io/env": name, "modelops.io/kind": "platform"},
        priority_classes=(
            PriorityClassPlan(
                names.priority_class(name, "batch"),
                value=1_000,
                preempts=False,
                description="Dask workers: they wait for room.",
            ),
            PriorityClassPlan(
                names.priority_class(name, "control"),
                value=100_000,
                preempts=True,
                description="Dask schedulers: losing one loses all its work.",
            ),
        ),
        storage_classes=_our_classes(name, configured.environment.spec.cluster),
        shared=shared,
        secret_store=secret_store(configured),
    )


def _retained(environment: str, cluster: Cluster) -> str:
    return cluster.storage_classes.retained or names.retained_class(environment)


def _our_classes(environment: str, cluster: Cluster) -> tuple[StorageClassPlan, ...]:
    """Made of Azure disks, so on AKS alone; elsewhere a retained class is named or not there."""
    retained = _retained(environment, cluster)
    ours = cluster.provider == Provider.AKS and retained.startswith(names.OUR_CLASS_PREFIX)
    return (StorageClassPlan(retained),) if ours else ()


def _flux(
    configured: ConfiguredEnvironment,
    made: PlatformPlan,
    workspaces: tuple[WorkspacePlan, ...],
    others: tuple[KustomizationPlan, ...],
) -> FluxPlan:
    name, flux = configured.name, configured.environment.spec.flux
    platform = KustomizationPlan(
        name=names.flux_kustomization(name, "platform"),
        file="platform.yaml",
        unit=names.platform_unit(name),
        source=configured.environment.source,
        depends_on=(),
        health_checks=tuple(_health_without_vault(made)),
        wait=made.secret_store is None,
        timeout=PLATFORM_TIMEOUT,
    )
    units = (platform, *(_workspace_kustomization(name, one) for one in workspaces), *others)
    return FluxPlan(
        unit=names.flux_unit(name),
        bootstrap_unit=names.bootstrap_unit(name),
        source_file=configured.environment.source,
        root=names.flux_kustomization(name, "root"),
        namespace=flux.namespace,
        source=flux.source,
        url=flux.url,
        branch=flux.branch,
        secret=flux.secret,
        interval=flux.interval,
        retry_interval=RETRY_INTERVAL,
        service_account=flux.service_account,
        kustomizations=tuple(sorted(units, key=lambda unit: unit.name)),
    )


def _health_without_vault(platform: PlatformPlan) -> Iterator[HealthCheck]:
    """A vault that lets nobody in yet is to hold up those who read it, and nobody else."""
    if platform.secret_store is not None:
        for one in platform.priority_classes:
            yield HealthCheck("scheduling.k8s.io/v1", "PriorityClass", "", one.name)


def _workspace_kustomization(environment: str, plan: WorkspacePlan) -> KustomizationPlan:
    """Ready with its scheduler: workers may wait for nodes, and an autoscaler may want none."""
    scheduler = HealthCheck("apps/v1", "Deployment", plan.namespace, plan.scheduler.name)
    return KustomizationPlan(
        name=workspace_kustomization(environment, plan.name),
        file=f"ws-{plan.name}.yaml",
        unit=plan.unit,
        source=plan.source,
        depends_on=after(environment, plan.uses),
        health_checks=(scheduler,),
        wait=False,
        timeout=WORKSPACE_TIMEOUT,
    )


def _given(configured: ConfiguredEnvironment) -> Iterator[Identity]:
    """What the cluster has, and what the environment's file declares it to have."""
    spec = configured.environment.spec
    cluster, flux = spec.cluster, spec.flux
    for namespace in (
        providers.DNS_NAMESPACE,
        providers.KEDA_NAMESPACE[cluster.provider],
        flux.namespace,
        *((cluster.monitoring.namespace,) if cluster.monitoring else ()),
    ):
        yield Identity("", "Namespace", "", namespace)
    yield Identity("", "ServiceAccount", flux.namespace, flux.service_account)
    if flux.secret is not None:
        yield Identity("", "Secret", flux.namespace, flux.secret)
    classes = cluster.storage_classes
    retained = {classes.retained} if classes.retained else set()
    ours = {one.name for one in _our_classes(configured.name, cluster)}
    for name in (
        *providers.BUILT_IN_STORAGE_CLASSES[cluster.provider],
        *({classes.standard, *retained, classes.shared} - ours),
    ):
        yield Identity("storage.k8s.io", "StorageClass", "", name)


def _given_to_stores(scopes: tuple[RunScope, ...]) -> Iterator[Identity]:
    """What CloudNativePG makes, and where it runs."""
    for scope in scopes:
        store = binding(scope)
        if store is not None and store.product == names.OPERATED[0]:
            yield Identity("", "Secret", scope.namespace, store.secret)
            yield Identity("", "Namespace", "", postgres.OPERATOR_NAMESPACE)


def _given_secrets(
    scopes: Iterable[S], generated_of: Callable[[S], tuple[GeneratedSecret, ...]]
) -> Iterator[Identity]:
    """Secrets that exist, are pulled with, or are made in the cluster by a Job."""
    for scope in scopes:
        existing = (name for name, secret in scope.spec.secrets.items() if secret.existing)
        generated = (secret.name for secret in generated_of(scope))
        for name in (*existing, *generated, *pull_secrets(scope)):
            yield Identity("", "Secret", scope.namespace, name)
        for fetched in fetched_secrets(scope):
            if fetched.store != _our_store(scope):
                yield Identity("external-secrets.io", "ClusterSecretStore", "", fetched.store)


def _our_store(scope: UnitScope[Any]) -> str | None:
    """The store of secrets that the platform has: no cluster has it of itself."""
    azure = scope.environment.spec.azure
    return azure.key_vault.secret_store if azure else None
