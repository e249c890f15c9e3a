"""The peers of network policies: in which namespaces they are, and which of them are named."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelops.provenance import DataPath
from modelops.verify.paths import map_at, maps_at, text_at, texts_at
from modelops.verify.placement import Placed
from modelops.verify.references.reference import Reference, core

NAME_LABEL = "kubernetes.io/metadata.name"
"""The label that Kubernetes puts on every namespace: its name."""


class Peer(NamedTuple):
    """One peer of a network policy.

    Attributes:
        path: where it stands.
        pods: its `podSelector`.
        namespaces: the names that its `namespaceSelector` allows, with their places; None where
            it selects in another way; the policy's own namespace where it has no such selector.
    """

    path: DataPath
    pods: Mapping[str, Any]
    namespaces: tuple[tuple[DataPath, str], ...] | None


def peers(placed: Placed) -> Iterator[Peer]:
    """Yield the peers of a NetworkPolicy, of both directions; addresses are no peers."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for outer, rule in maps_at(placed.body, "spec", direction):
            for inner, peer in maps_at(rule, side):
                if "ipBlock" not in peer:
                    yield _peer((*outer, *inner), peer, placed.identity.namespace)


def network_policy_references(placed: Placed) -> Iterator[Reference]:
    """Yield the namespaces that peers name."""
    for peer in peers(placed):
        for path, name in peer.namespaces or ():
            if name != placed.identity.namespace:
                yield Reference(path, core("Namespace", "", name))


def _peer(path: DataPath, peer: Mapping[str, Any], own: str) -> Peer:
    pods = map_at(peer, "podSelector")
    if "namespaceSelector" not in peer:
        return Peer(path, pods, (((*path, "podSelector"), own),))
    selector = map_at(peer, "namespaceSelector")
    names = tuple(_names(selector, (*path, "namespaceSelector")))
    return Peer(path, pods, names or None)


def _names(selector: Mapping[str, Any], path: DataPath) -> Iterator[tuple[DataPath, str]]:
    if name := text_at(selector, "matchLabels", NAME_LABEL):
        yield (*path, "matchLabels", NAME_LABEL), name
    for step, wanted in maps_at(selector, "matchExpressions"):
        if wanted.get("key") == NAME_LABEL and wanted.get("operator") == "In":
            for name in texts_at(wanted, "values"):
                yield (*path, *step, "values"), name
