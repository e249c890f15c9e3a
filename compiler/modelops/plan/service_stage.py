"""The Flux Kustomization of a service, and what an environment with exposed workloads is given."""

from collections.abc import Iterable, Iterator

from modelops import names
from modelops.manifests import Identity
from modelops.model import ConfiguredEnvironment
from modelops.plan.run_stages import TIMEOUT, service_kustomization
from modelops.planned import (
    HealthCheck,
    HttpRoutePlan,
    IngressPlan,
    KustomizationPlan,
    ServicePlan,
    WorkloadPlan,
    WorkspacePlan,
)


def service_stage(environment: str, plan: ServicePlan) -> KustomizationPlan:
    """Ready with its Deployment, after the services that it uses."""
    deployment = HealthCheck("apps/v1", "Deployment", plan.namespace, plan.workload.name)
    return KustomizationPlan(
        name=service_kustomization(environment, plan.name),
        file=f"svc-{plan.name}.yaml",
        unit=plan.unit,
        source=plan.source,
        depends_on=after(environment, plan.uses),
        health_checks=(deployment,),
        wait=False,
        timeout=TIMEOUT,
    )


def after(environment: str, services: Iterable[str]) -> tuple[str, ...]:
    """The Kustomizations of the platform and of these services."""
    platform = names.flux_kustomization(environment, "platform")
    return tuple(sorted((platform, *(service_kustomization(environment, one) for one in services))))


def given_to_exposed(
    configured: ConfiguredEnvironment,
    workspaces: Iterable[WorkspacePlan],
    services: Iterable[ServicePlan],
) -> Iterator[Identity]:
    """What exposed workloads name: classes and Gateways of the cluster, certificates to come."""
    ingress = configured.environment.spec.cluster.ingress
    if ingress is not None and ingress.namespace is not None:
        yield Identity("", "Namespace", "", ingress.namespace)
    components = (one for workspace in workspaces for one in workspace.components)
    for plan in (*components, *(one.workload for one in services)):
        yield from _given(plan)


def _given(plan: WorkloadPlan) -> Iterator[Identity]:
    match plan.exposure:
        case IngressPlan(class_name=class_name, certificate=certificate):
            yield Identity("networking.k8s.io", "IngressClass", "", class_name)
            if certificate:
                yield Identity("", "Secret", plan.namespace, certificate)
        case HttpRoutePlan(gateway=gateway, gateway_namespace=namespace):
            yield Identity("", "Namespace", "", namespace)
            yield Identity("gateway.networking.k8s.io", "Gateway", namespace, gateway)
