"""The network flows of a workspace as values: everything is denied but what stands here.

The policies are exact: each names both ends and the ports. What crosses namespaces needs both
halves, each in its own namespace. Source: Kubernetes' NetworkPolicy and Cilium's documentation.
"""

from collections.abc import Iterator

from modelops import names
from modelops.model.cluster import NetworkEngine
from modelops.model.workspace import AutoscalingMode, BundleSource
from modelops.plan.facts import providers
from modelops.plan.images import bundle_registry, registry_port
from modelops.plan.scope import Scope
from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    Entity,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    PodsPeer,
    PolicyPlan,
    PortRange,
    Protocol,
    SchedulerPlan,
    SecretsPlan,
    WorkersPlan,
)
from modelops.provenance import carried, derived

DNS = (
    AllowedPorts(PortRange(53, 53), Protocol.UDP),
    AllowedPorts(PortRange(53, 53), Protocol.TCP),
)


def policies(
    scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan, secrets: SecretsPlan
) -> tuple[PolicyPlan, ...]:
    """Every NetworkPolicy of the workspace's namespace, sorted by name."""
    return tuple(
        sorted(
            (
                PolicyPlan("default-deny", "", (), ()),
                PolicyPlan("allow-dns", "", None, (_dns(),)),
                _scheduler(scope, scheduler, workers),
                _workers(scope, scheduler, workers),
                *_declared(scope),
                *_bootstrap(scope, secrets),
            ),
            key=lambda policy: policy.name,
        )
    )


def entity_policies(scope: Scope, secrets: SecretsPlan) -> tuple[EntityPolicyPlan, ...]:
    """What needs Cilium's own policies: DNS on the node itself, and the API server by name."""
    features = scope.cluster.features
    name = derived("the cluster has LocalDNS", "allow-local-dns", features.local_dns)
    local_dns = EntityPolicyPlan(name, "", Entity.HOST, (providers.LOCAL_DNS,), DNS)
    api_server = EntityPolicyPlan(
        "secret-bootstrap-api-server",
        "secret-bootstrap",
        Entity.API_SERVER,
        (),
        _api_server_ports(scope),
    )
    return (
        *((local_dns,) if features.local_dns else ()),
        *((api_server,) if secrets.bootstrap and _cilium(scope) else ()),
    )


def _cilium(scope: Scope) -> bool:
    return scope.cluster.features.network_policy == NetworkEngine.CILIUM


def _dns() -> Flow:
    pods = (NamespacePeer(providers.DNS_NAMESPACE, labels) for labels in providers.DNS_POD_LABELS)
    return Flow((*pods, *(AddressPeer(cidr) for cidr in providers.NODE_LOCAL_DNS)), DNS)


def _port(port: int) -> tuple[AllowedPorts, ...]:
    return (AllowedPorts(PortRange(port, port)),)


def _worker_ports(workers: WorkersPlan) -> tuple[AllowedPorts, ...]:
    return (AllowedPorts(workers.worker_ports), AllowedPorts(workers.nanny_ports))


def _scheduler(scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan) -> PolicyPlan:
    component = scheduler.pod.component
    to_workers = Flow((PodsPeer(workers.pod.component),), _worker_ports(workers))
    ingress = (
        Flow((PodsPeer(workers.pod.component),), _port(scheduler.comm_port)),
        *_counts_reader(scope, scheduler),
        *_scraper(scope, scheduler.dashboard_port),
    )
    return PolicyPlan(scheduler.name, component, ingress, (to_workers,))


def _counts_reader(scope: Scope, scheduler: SchedulerPlan) -> Iterator[Flow]:
    autoscaling = scope.spec.workers.autoscaling
    if autoscaling is not None and autoscaling.mode == AutoscalingMode.QUEUE:
        provider = scope.cluster.provider
        home = providers.KEDA_NAMESPACE[provider]
        namespace = derived("where the provider runs KEDA", home, autoscaling.mode, provider)
        keda = NamespacePeer(namespace, providers.KEDA_POD_LABELS)
        yield Flow((keda,), _port(scheduler.dashboard_port))


def _scraper(scope: Scope, port: int) -> Iterator[Flow]:
    monitoring = scope.cluster.monitoring
    if monitoring is not None:
        yield Flow((NamespacePeer(monitoring.namespace, {}),), _port(port))


def _workers(scope: Scope, scheduler: SchedulerPlan, workers: WorkersPlan) -> PolicyPlan:
    component = workers.pod.component
    ours = (PodsPeer(scheduler.pod.component), PodsPeer(component))
    return PolicyPlan(
        workers.name,
        component,
        ingress=(
            Flow(ours, _worker_ports(workers)),
            *_scraper(scope, workers.metrics_port),
        ),
        egress=(
            Flow((PodsPeer(scheduler.pod.component),), _port(scheduler.comm_port)),
            Flow((PodsPeer(component),), _worker_ports(workers)),
            *_bundle_registry(scope),
        ),
    )


def _bundle_registry(scope: Scope) -> Iterator[Flow]:
    """Bundles come from outside the cluster; private addresses need `network.egress`."""
    if scope.spec.bundles.source == BundleSource.OCI:
        outside = AddressPeer("0.0.0.0/0", providers.PRIVATE_ADDRESSES)
        registry = bundle_registry(scope)
        port, source = registry_port(registry), scope.spec.bundles.source
        opened = derived("the port of the bundle registry", port, registry, source)
        yield Flow((outside,), _port(opened))


def _declared(scope: Scope) -> Iterator[PolicyPlan]:
    for name, egress in sorted(scope.spec.network.egress.items()):
        ports = tuple(AllowedPorts(PortRange(port, port)) for port in sorted(set(egress.ports)))
        flow = Flow((AddressPeer(egress.cidr),), ports)
        fitted = carried(names.fitted(f"egress-{name}", names.SUBDOMAIN_LIMIT), name)
        yield PolicyPlan(fitted, "", None, (flow,))


def _api_server_ports(scope: Scope) -> tuple[AllowedPorts, ...]:
    return tuple(
        AllowedPorts(PortRange(port, port))
        for port in providers.API_SERVER_PORTS[scope.cluster.provider]
    )


def _bootstrap(scope: Scope, secrets: SecretsPlan) -> Iterator[PolicyPlan]:
    """The Job talks to the API server, whose address nothing here knows."""
    if secrets.bootstrap is not None and not _cilium(scope):
        flow = Flow((AddressPeer("0.0.0.0/0"),), _api_server_ports(scope))
        yield PolicyPlan("secret-bootstrap", "secret-bootstrap", None, (flow,))
