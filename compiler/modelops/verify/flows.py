"""Part of the stage `verify`: what NetworkPolicies let through, as an engine would decide it.

Source: the reference of NetworkPolicy in networking.k8s.io/v1. A pod that no policy of a direction
selects may do everything in it; else a connection needs one rule of one policy. Named ports match
nothing, for Cilium takes none; what only Cilium's own policies allow is not seen here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelops.manifests import Identity
from modelops.verify.paths import map_at, maps_at, text_at, texts_at
from modelops.verify.placement import Placed, PlacedEnvironment
from modelops.verify.references.network import NAME_LABEL
from modelops.verify.selectors import Labels, selects

KIND = ("networking.k8s.io", "NetworkPolicy")
Rule = Mapping[str, Any]


class End(NamedTuple):
    """One end of a connection: pods with these labels, in a namespace."""

    namespace: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Port:
    """Where a connection goes."""

    number: int
    protocol: str = "TCP"


@dataclass(frozen=True, slots=True)
class Policies:
    """The NetworkPolicies of an environment by namespace, and the labels of its namespaces."""

    by_namespace: Mapping[str, tuple[Placed, ...]]
    namespaces: Mapping[str, Labels]


def policies(environment: PlacedEnvironment) -> Policies:
    """Every policy, and every namespace that is ours."""
    found: dict[str, list[Placed]] = {}
    for placed in environment.objects:
        if (placed.identity.group, placed.identity.kind) == KIND:
            found.setdefault(placed.identity.namespace, []).append(placed)
    return Policies(
        {namespace: tuple(many) for namespace, many in found.items()},
        {
            identity.name: map_at(placed.body, "metadata", "labels")
            for identity, placed in environment.by_identity.items()
            if identity == Identity("", "Namespace", "", identity.name)
        },
    )


def lets_out(known: Policies, source: End, target: End, port: Port) -> bool:
    """Whether the source's policies let the connection out."""
    return _lets(known, source, target, port, ("Egress", "egress", "to"))


def lets_in(known: Policies, source: End, target: End, port: Port) -> bool:
    """Whether the target's policies let the connection in."""
    return _lets(known, target, source, port, ("Ingress", "ingress", "from"))


def _lets(known: Policies, own: End, other: End, port: Port, way: tuple[str, str, str]) -> bool:
    kind, direction, side = way
    judging = [
        policy
        for policy in known.by_namespace.get(own.namespace, ())
        if kind in _types(policy)
        and selects(map_at(policy.body, "spec", "podSelector"), own.labels)
    ]
    rules = (rule for one in judging for _, rule in maps_at(one.body, "spec", direction))
    return not judging or any(
        _admits_port(rule, port) and _admits_peer(known, own, other, rule, side) for rule in rules
    )


def _types(policy: Placed) -> Iterable[str]:
    """What a policy speaks of; where it does not say, ingress, and egress if it has any."""
    said = texts_at(policy.body, "spec", "policyTypes")
    has_egress = "egress" in map_at(policy.body, "spec")
    return said or ("Ingress", *(("Egress",) if has_egress else ()))


def _admits_port(rule: Rule, port: Port) -> bool:
    return not rule.get("ports") or any(
        (text_at(one, "protocol") or "TCP") == port.protocol and _in_range(one, port.number)
        for _, one in maps_at(rule, "ports")
    )


def _in_range(ports: Mapping[str, Any], number: int) -> bool:
    first = ports.get("port", number)
    last = ports.get("endPort", first)
    return isinstance(first, int) and isinstance(last, int) and first <= number <= last


def _admits_peer(known: Policies, own: End, other: End, rule: Rule, side: str) -> bool:
    return not rule.get(side) or any(
        _in_namespace(known, own, other, peer)
        and selects(map_at(peer, "podSelector"), other.labels)
        for peer in _pod_peers(rule, side)
    )


def _pod_peers(rule: Rule, side: str) -> Iterator[Mapping[str, Any]]:
    """The peers that are pods: an address never is one."""
    return (peer for _, peer in maps_at(rule, side) if "ipBlock" not in peer)


def _in_namespace(known: Policies, own: End, other: End, peer: Mapping[str, Any]) -> bool:
    if "namespaceSelector" not in peer:
        return own.namespace == other.namespace
    labels = {**known.namespaces.get(other.namespace, {}), NAME_LABEL: other.namespace}
    return selects(map_at(peer, "namespaceSelector"), labels)
