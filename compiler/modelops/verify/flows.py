"""Part of the stage `verify`: what NetworkPolicies let through, as an engine would decide it.

Source: the reference of NetworkPolicy in networking.k8s.io/v1. A pod that no policy of a direction
selects may do everything in it; else a connection needs one rule of one policy. Named ports match
nothing, for Cilium takes none; what only Cilium's own policies allow is not seen here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelops.verify.paths import map_at, maps_at, text_at, texts_at
from modelops.verify.placement import Placed, PlacedEnvironment
from modelops.verify.references.network import NAME_LABEL
from modelops.verify.selectors import Labels, selects

KIND = ("networking.k8s.io", "NetworkPolicy")
LOWEST, HIGHEST = -(2**31), 2**31 - 1
"""Of what the API can say of a port at all: an int32."""


class End(NamedTuple):
    """One end of a connection: pods with these labels, in a namespace."""

    namespace: str
    labels: Labels


class Port(NamedTuple):
    """Where a connection goes."""

    number: int
    protocol: str = "TCP"


class Range(NamedTuple):
    """Ports from the first to the last."""

    first: int
    last: int
    protocol: str


class Rule(NamedTuple):
    """One rule of one direction: where it lets connections go, and with whom.

    Attributes:
        ports: None where it is for all; a named port is none.
        peers: the peers that are pods (an address never is one); None where it is for all.
    """

    ports: tuple[Range, ...] | None
    peers: tuple[Mapping[str, Any], ...] | None


class Policy(NamedTuple):
    """What one policy says of the pods that it selects; None of a direction: it is not about it."""

    pods: Mapping[str, Any]
    ingress: tuple[Rule, ...] | None
    egress: tuple[Rule, ...] | None


class Way(NamedTuple):
    """One direction between two ends: the rules that admit the other; None: all may pass."""

    rules: tuple[Rule, ...] | None

    def lets(self, port: Port) -> bool:
        """Whether connections to this port pass."""
        return self.rules is None or any(_admits_port(rule, port) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Policies:
    """The NetworkPolicies of an environment by namespace, and the labels of its namespaces."""

    by_namespace: Mapping[str, tuple[Policy, ...]]
    namespaces: Mapping[str, Labels]


def policies(environment: PlacedEnvironment) -> Policies:
    """Every policy, read once, and every namespace that is ours."""
    found: dict[str, list[Policy]] = {}
    for placed in environment.of(KIND):
        found.setdefault(placed.identity.namespace, []).append(_policy(placed))
    return Policies(
        {namespace: tuple(many) for namespace, many in found.items()},
        {
            name: {**map_at(home.body, "metadata", "labels"), NAME_LABEL: name}
            for name, home in environment.namespaces.items()
        },
    )


def _policy(placed: Placed) -> Policy:
    spec = map_at(placed.body, "spec")
    types = _types(spec)
    return Policy(
        map_at(spec, "podSelector"),
        tuple(_rules(spec, "ingress", "from")) if "Ingress" in types else None,
        tuple(_rules(spec, "egress", "to")) if "Egress" in types else None,
    )


def _types(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """What a policy speaks of; where it does not say, ingress, and egress if it has any."""
    said = texts_at(spec, "policyTypes")
    return said or ("Ingress", *(("Egress",) if "egress" in spec else ()))


def _rules(spec: Mapping[str, Any], direction: str, side: str) -> Iterator[Rule]:
    for _, rule in maps_at(spec, direction):
        ports = tuple(_ranges(rule))
        peers = tuple(peer for _, peer in maps_at(rule, side) if "ipBlock" not in peer)
        yield Rule(ports if rule.get("ports") else None, peers if rule.get(side) else None)


def _ranges(rule: Mapping[str, Any]) -> Iterator[Range]:
    for _, one in maps_at(rule, "ports"):
        first = one.get("port", LOWEST)
        last = one.get("endPort", one.get("port", HIGHEST))
        if isinstance(first, int) and isinstance(last, int):
            yield Range(first, last, text_at(one, "protocol") or "TCP")


def way_out(known: Policies, source: End, target: End) -> Way:
    """What the source's policies let out to the target."""
    return _way(known, (policy.egress for policy in _judging(known, source)), source, target)


def way_in(known: Policies, source: End, target: End) -> Way:
    """What the target's policies let in from the source."""
    return _way(known, (policy.ingress for policy in _judging(known, target)), target, source)


def _judging(known: Policies, own: End) -> Iterator[Policy]:
    for policy in known.by_namespace.get(own.namespace, ()):
        if selects(policy.pods, own.labels):
            yield policy


def _way(
    known: Policies, directions: Iterable[tuple[Rule, ...] | None], own: End, other: End
) -> Way:
    judging = [rules for rules in directions if rules is not None]
    every = (rule for rules in judging for rule in rules)
    admitting = tuple(rule for rule in every if _admits_peer(known, own, other, rule))
    return Way(admitting if judging else None)


def _admits_port(rule: Rule, port: Port) -> bool:
    return rule.ports is None or any(
        protocol == port.protocol and first <= port.number <= last
        for first, last, protocol in rule.ports
    )


def _admits_peer(known: Policies, own: End, other: End, rule: Rule) -> bool:
    return rule.peers is None or any(
        selects(map_at(peer, "podSelector"), other.labels)
        and _in_namespace(known, own, other, peer)
        for peer in rule.peers
    )


def _in_namespace(known: Policies, own: End, other: End, peer: Mapping[str, Any]) -> bool:
    if "namespaceSelector" not in peer:
        return own.namespace == other.namespace
    labels = known.namespaces.get(other.namespace) or {NAME_LABEL: other.namespace}
    return selects(map_at(peer, "namespaceSelector"), labels)
