"""Part of `planned`: network flows: who may talk to whom, at which ports."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelops import names
from modelops.planned.dask import PortRange


@dataclass(frozen=True, slots=True)
class PodsPeer:
    """Pods of a component in the same namespace."""

    component: str
    product: str = names.DASK


@dataclass(frozen=True, slots=True)
class NamespacePeer:
    """Pods of another namespace, all of them where no labels are given."""

    namespace: str
    pod_labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddressPeer:
    """Addresses outside the cluster, less the excluded ranges."""

    cidr: str
    excluded: tuple[str, ...] = ()


class Entity(StrEnum):
    """What only Cilium can name."""

    HOST = "host"
    API_SERVER = "kube-apiserver"


Peer = PodsPeer | NamespacePeer | AddressPeer


class Protocol(StrEnum):
    """A transport protocol of a port."""

    TCP = "TCP"
    UDP = "UDP"


@dataclass(frozen=True, slots=True)
class AllowedPorts:
    """Ports of one protocol."""

    ports: PortRange
    protocol: Protocol = Protocol.TCP


@dataclass(frozen=True, slots=True)
class Flow:
    """Connections that may be made with any of the peers at any of the ports."""

    peers: tuple[Peer, ...]
    ports: tuple[AllowedPorts, ...]


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """One NetworkPolicy.

    Attributes:
        component: whose pods it is for; "" for every pod of the namespace.
        ingress, egress: what is allowed; None where the policy does not speak of the direction.
        product: what the component is a part of.
    """

    name: str
    component: str
    ingress: tuple[Flow, ...] | None
    egress: tuple[Flow, ...] | None
    product: str = names.DASK


@dataclass(frozen=True, slots=True)
class NeighbourPolicy:
    """A NetworkPolicy in another unit's namespace: the other half of a flow.

    Who makes the connection makes both halves, so that adding a unit edits no other.
    """

    namespace: str
    policy: PolicyPlan


@dataclass(frozen=True, slots=True)
class EntityPolicyPlan:
    """One CiliumNetworkPolicy: egress that plain NetworkPolicies cannot express.

    Attributes:
        component: whose pods it is for; "" for every pod of the namespace.
        cidrs: further addresses that the same ports may be reached at.
        product: what the component is a part of.
    """

    name: str
    component: str
    entity: Entity
    cidrs: tuple[str, ...]
    ports: tuple[AllowedPorts, ...]
    product: str = names.DASK
