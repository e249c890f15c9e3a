"""Network flows that units of every kind have: DNS, the API server, what lies outside.

The policies are exact: each names both ends and the ports. What crosses namespaces needs both
halves, each in its own namespace. Source: Kubernetes' NetworkPolicy and Cilium's documentation.
"""

from collections.abc import Iterator

from modelops.model.cluster import NetworkEngine
from modelops.plan.facts import providers
from modelops.plan.scope import AnyScope
from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    Entity,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    PolicyPlan,
    PortRange,
    Protocol,
    SecretsPlan,
)
from modelops.provenance import derived

DNS = (
    AllowedPorts(PortRange(53, 53), Protocol.UDP),
    AllowedPorts(PortRange(53, 53), Protocol.TCP),
)
EVERYWHERE = "0.0.0.0/0"


def closed() -> tuple[PolicyPlan, ...]:
    """What every namespace begins with: nothing is allowed but to look up names."""
    return (
        PolicyPlan("default-deny", "", (), ()),
        PolicyPlan("allow-dns", "", None, (_dns(),)),
    )


def at_port(port: int) -> tuple[AllowedPorts, ...]:
    """One TCP port."""
    return (AllowedPorts(PortRange(port, port)),)


def outside(port: int) -> Flow:
    """Addresses outside the cluster; private ones need to be named."""
    return Flow((AddressPeer(EVERYWHERE, providers.PRIVATE_ADDRESSES),), at_port(port))


def scraper(scope: AnyScope, port: int) -> Iterator[Flow]:
    """What reads metrics, where the environment says that something does."""
    monitoring = scope.cluster.monitoring
    if monitoring is not None:
        yield Flow((NamespacePeer(monitoring.namespace, {}),), at_port(port))


def local_dns(scope: AnyScope) -> Iterator[EntityPolicyPlan]:
    """DNS on the node itself, where AKS LocalDNS answers: only Cilium can name the node."""
    features = scope.cluster.features
    if features.local_dns:
        name = derived("the cluster has LocalDNS", "allow-local-dns", features.local_dns)
        yield EntityPolicyPlan(name, "", Entity.HOST, (providers.LOCAL_DNS,), DNS)


def api_server(scope: AnyScope, component: str, product: str) -> Iterator[PolicyPlan]:
    """The way of some pods to the API server, whose address nothing here knows."""
    if not _cilium(scope):
        flow = Flow((AddressPeer(EVERYWHERE),), _api_server_ports(scope))
        yield PolicyPlan(component, component, None, (flow,), product)


def named_api_server(scope: AnyScope, component: str, product: str) -> Iterator[EntityPolicyPlan]:
    """The same where Cilium knows the API server by name."""
    if _cilium(scope):
        name, ports = f"{component}-api-server", _api_server_ports(scope)
        yield EntityPolicyPlan(name, component, Entity.API_SERVER, (), ports, product)


def bootstrap(scope: AnyScope, secrets: SecretsPlan, product: str) -> Iterator[PolicyPlan]:
    """The Job that makes Secrets talks to the API server."""
    if secrets.bootstrap is not None:
        yield from api_server(scope, secrets.bootstrap.pod.component, product)


def named_bootstrap(
    scope: AnyScope, secrets: SecretsPlan, product: str
) -> Iterator[EntityPolicyPlan]:
    """The same where Cilium knows the API server by name."""
    if secrets.bootstrap is not None:
        yield from named_api_server(scope, secrets.bootstrap.pod.component, product)


def _cilium(scope: AnyScope) -> bool:
    return scope.cluster.features.network_policy == NetworkEngine.CILIUM


def _dns() -> Flow:
    pods = (NamespacePeer(providers.DNS_NAMESPACE, labels) for labels in providers.DNS_POD_LABELS)
    return Flow((*pods, *(AddressPeer(cidr) for cidr in providers.NODE_LOCAL_DNS)), DNS)


def _api_server_ports(scope: AnyScope) -> tuple[AllowedPorts, ...]:
    return tuple(
        AllowedPorts(PortRange(port, port))
        for port in providers.API_SERVER_PORTS[scope.cluster.provider]
    )
