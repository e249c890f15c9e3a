"""NET005: a policy's peer in namespaces by a label that no namespace carries.

Judged is the label's key alone: a value that no namespace has yet may come with the next file, and
a key that none has is a mistake. By its name a namespace is `dangling_reference`'s.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import net
from modelops.provenance import DataPath
from modelops.verify.flows import KIND
from modelops.verify.paths import map_at, maps_at, shown, text_at
from modelops.verify.placement import (
    NAMESPACE,
    Placed,
    PlacedEnvironment,
    Placement,
    finding,
)
from modelops.verify.references.network import NAME_LABEL

HELP = f"select namespaces by `{NAME_LABEL}`, which every one carries"


def unlabelled_namespace(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every label that is asked for and that no namespace of ours has."""
    for environment in placement.environments:
        carried = frozenset(_carried(environment))
        for placed in environment.of(KIND):
            for path, key in _asked(placed):
                if key not in carried:
                    text = f"no namespace carries the label {shown(key)}"
                    yield finding(net.NET005, placed, path, text, HELP)


def _carried(environment: PlacedEnvironment) -> Iterator[str]:
    yield NAME_LABEL
    for placed in environment.of(NAMESPACE):
        if environment.by_identity[placed.identity] is placed:
            yield from map_at(placed.body, "metadata", "labels")


def _asked(placed: Placed) -> Iterator[tuple[DataPath, str]]:
    """Every label that a peer's namespaces must carry, and where that stands."""
    for direction, side in (("ingress", "from"), ("egress", "to")):
        for outer, rule in maps_at(placed.body, "spec", direction):
            for inner, peer in maps_at(rule, side):
                selector = map_at(peer, "namespaceSelector")
                for step, key in _keys(selector) if selector else ():
                    yield (*outer, *inner, "namespaceSelector", *step), key


def _keys(selector: Mapping[str, Any]) -> Iterator[tuple[DataPath, str]]:
    for key in map_at(selector, "matchLabels"):
        yield ("matchLabels", key), key
    for step, wanted in maps_at(selector, "matchExpressions"):
        if text_at(wanted, "operator") in {"In", "Exists"}:
            yield (*step, "key"), text_at(wanted, "key")
