"""Part of `render`: who may talk to whom, from the plan's policies.

Ports are numbers throughout, for Cilium takes no names. In the API an empty list of peers or ports
means *all* of them, so a flow without any is refused as a mistake of ours.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    NeighbourPolicy,
    Peer,
    PodsPeer,
    PolicyPlan,
    PortRange,
    WorkspacePlan,
)
from modelops.render.metadata import Housed, Object, numeral, of_unit, selected

NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""The label that Kubernetes itself gives every namespace."""


class Netted(Housed, Protocol):
    """A unit's plan with its network flows."""

    @property
    def policies(self) -> tuple[PolicyPlan, ...]: ...  # noqa: D102 -- told above

    @property
    def entity_policies(self) -> tuple[EntityPolicyPlan, ...]: ...  # noqa: D102 -- told above


@dataclass(frozen=True, slots=True)
class _Abroad:
    """A unit's labels in the namespace of another."""

    namespace: str
    labels: Mapping[str, str]
    product: str


def neighbour_policy(unit: Housed, one: NeighbourPolicy) -> Object:
    """A unit's half of a flow that lies in another namespace."""
    return network_policy(_Abroad(one.namespace, unit.labels, unit.product), one.policy)


def network(unit: Netted) -> list[Object]:
    """The NetworkPolicies, then what only Cilium can say."""
    return [
        *(network_policy(unit, policy) for policy in unit.policies),
        *(_entity_policy(unit, policy) for policy in unit.entity_policies),
    ]


def workspace_network(workspace: WorkspacePlan) -> list[Object]:
    """The policies of a workspace's namespace, then its half of the flows to services."""
    abroad = (neighbour_policy(workspace, one) for one in workspace.neighbours)
    return [*network(workspace), *abroad]


def network_policy(unit: Housed, policy: PolicyPlan) -> Object:
    """One NetworkPolicy of a unit's namespace."""
    types = {"Ingress": policy.ingress, "Egress": policy.egress}
    ingress = [_rule("from", flow) for flow in policy.ingress or ()]
    egress = [_rule("to", flow) for flow in policy.egress or ()]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": of_unit(unit, policy.name, policy.component, product=_product(policy)),
        "spec": {
            "podSelector": selected(policy.component, policy.product),
            "policyTypes": [name for name, flows in types.items() if flows is not None],
            **({"ingress": ingress} if ingress else {}),
            **({"egress": egress} if egress else {}),
        },
    }


def _rule(direction: str, flow: Flow) -> Object:
    if not flow.peers or not flow.ports:
        raise ValueError("a flow without peers or ports would allow all of them")
    return {
        direction: [_peer(peer) for peer in flow.peers],
        "ports": [
            {"protocol": allowed.protocol.value, "port": allowed.ports.first, **_end(allowed.ports)}
            for allowed in flow.ports
        ],
    }


def _end(ports: PortRange) -> Object:
    """The end of a range; nothing where it is one port."""
    return {"endPort": ports.last} if ports.last > ports.first else {}


def _peer(peer: Peer) -> Object:
    match peer:
        case PodsPeer(component, product):
            return {"podSelector": selected(component, product)}
        case NamespacePeer(namespace, labels):
            pods = {"podSelector": {"matchLabels": dict(labels)}} if labels else {}
            return {"namespaceSelector": {"matchLabels": {NAMESPACE_NAME: namespace}}, **pods}
        case AddressPeer(cidr, excluded):
            less = {"except": list(excluded)} if excluded else {}
            return {"ipBlock": {"cidr": cidr, **less}}
        case _:
            assert_never(peer)


def _entity_policy(unit: Housed, policy: EntityPolicyPlan) -> Object:
    if not policy.ports:
        raise ValueError("a policy without ports would allow all of them")
    to_entity = {"toEntities": [policy.entity.value], "toPorts": _cilium_ports(policy.ports)}
    to_cidrs = {"toCIDR": list(policy.cidrs), "toPorts": _cilium_ports(policy.ports)}
    return {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": of_unit(unit, policy.name, policy.component, product=_product(policy)),
        "spec": {
            "endpointSelector": selected(policy.component, policy.product),
            "egress": [to_entity, *([to_cidrs] if policy.cidrs else [])],
        },
    }


def _cilium_ports(ports: Iterable[AllowedPorts]) -> list[Object]:
    """Cilium writes a port as text, and the end of a range as a number."""
    return [
        {
            "ports": [
                {
                    "port": numeral(allowed.ports.first),
                    "protocol": allowed.protocol.value,
                    **_end(allowed.ports),
                }
                for allowed in ports
            ]
        }
    ]


def _product(policy: PolicyPlan | EntityPolicyPlan) -> str:
    """A policy for every pod of a namespace is the unit's, of whatever product that is."""
    return policy.product if policy.component else ""
