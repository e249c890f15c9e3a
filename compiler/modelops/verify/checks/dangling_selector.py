"""VER002: a selector that selects no pod: traffic, budgets and rules for nobody.

Judged are Services, disruption budgets, network policies (Kubernetes' and Cilium's) and their
peers in namespaces of ours, topology spread and affinity between pods, and the selector by which
a workload knows its own pods. Empty selectors select everything and are fine.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import ver
from modelops.provenance import DataPath
from modelops.verify.paths import map_at, maps_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, PodTemplate, finding
from modelops.verify.references.network import peers
from modelops.verify.selectors import is_empty, selected, selects

HELP = "a selector's labels must all stand in the labels of a pod template"
CILIUM_SOURCES = ("k8s:", "any:")
"""How Cilium says where a label comes from; both mean Kubernetes' labels here."""

CILIUM_NAMESPACE = "io.kubernetes.pod.namespace"


class Selection(NamedTuple):
    """One selector of one object, and the namespace in which it looks for pods."""

    path: DataPath
    namespace: str
    selector: Mapping[str, Any]


def dangling_selector(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every selector that no pod template answers to."""
    for environment in placement.environments:
        for placed in environment.objects:
            of_kind = OF_KIND.get(placed.kind)
            for selection in of_kind(placed) if of_kind else ():
                if _is_dangling(environment, selection):
                    text = f"selects no pod in {selection.namespace}"
                    yield finding(ver.VER002, placed, selection.path, text, HELP)
        for pods in environment.pods.values():
            for pod in pods:
                yield from _pod(environment, pod)


def _is_dangling(environment: PlacedEnvironment, selection: Selection) -> bool:
    home, selector = selection.namespace, selection.selector
    is_ours = home in environment.namespaces or home in environment.pods
    if is_empty(selector) or not is_ours:
        return False
    operated = environment.operated.get(home, ())
    if any(selects(selector, labels) for labels in operated):
        return False
    return next(selected(environment, home, selector), None) is None


def _pod(environment: PlacedEnvironment, pod: PodTemplate) -> Iterator[Diagnostic]:
    own = map_at(pod.owner.body, "spec", "selector")
    if own and not selects(own, pod.labels):
        text = "does not select the object's own pods"
        yield finding(ver.VER002, pod.owner, ("spec", "selector"), text, HELP)
    for selection in _neighbours(pod):
        if _is_dangling(environment, selection):
            text = f"selects no pod in {selection.namespace}"
            yield finding(ver.VER002, pod.owner, selection.path, text, HELP)


def _neighbours(pod: PodTemplate) -> Iterator[Selection]:
    home = pod.owner.identity.namespace
    for path, spread in maps_at(pod.spec, "topologySpreadConstraints"):
        full = (*pod.spec_path, *path, "labelSelector")
        yield Selection(full, home, map_at(spread, "labelSelector"))
    for side in ("podAffinity", "podAntiAffinity"):
        required = (*("affinity", side), "requiredDuringSchedulingIgnoredDuringExecution")
        for path, term in maps_at(pod.spec, *required):
            if "namespaces" not in term and "namespaceSelector" not in term:
                full = (*pod.spec_path, *path, "labelSelector")
                yield Selection(full, home, map_at(term, "labelSelector"))


def _service(placed: Placed) -> Iterator[Selection]:
    labels = map_at(placed.body, "spec", "selector")
    yield Selection(("spec", "selector"), placed.identity.namespace, {"matchLabels": labels})


def _budget(placed: Placed) -> Iterator[Selection]:
    selector = map_at(placed.body, "spec", "selector")
    yield Selection(("spec", "selector"), placed.identity.namespace, selector)


def _network_policy(placed: Placed) -> Iterator[Selection]:
    selector = map_at(placed.body, "spec", "podSelector")
    yield Selection(("spec", "podSelector"), placed.identity.namespace, selector)
    for peer in peers(placed):
        for _, namespace in peer.namespaces or ():
            yield Selection((*peer.path, "podSelector"), namespace, peer.pods)


def _cilium_policy(placed: Placed) -> Iterator[Selection]:
    yield _endpoints(placed, ("spec", "endpointSelector"), map_at(placed.body, "spec"))
    for direction, side in (("ingress", "fromEndpoints"), ("egress", "toEndpoints")):
        for outer, rule in maps_at(placed.body, "spec", direction):
            for inner, peer in maps_at(rule, side):
                yield _endpoints(placed, (*outer, *inner), {"endpointSelector": peer})


def _endpoints(placed: Placed, path: DataPath, node: Mapping[str, Any]) -> Selection:
    selector = map_at(node, "endpointSelector")
    labels = {_plain(key): value for key, value in map_at(selector, "matchLabels").items()}
    namespace = str(labels.pop(CILIUM_NAMESPACE, placed.identity.namespace))
    expressions = [
        {**wanted, "key": _plain(str(wanted.get("key")))}
        for _, wanted in maps_at(selector, "matchExpressions")
    ]
    plain = {"matchLabels": labels, "matchExpressions": expressions}
    return Selection(path, namespace, plain)


def _plain(key: str) -> str:
    for source in CILIUM_SOURCES:
        key = key.removeprefix(source)
    return key


OF_KIND: Mapping[tuple[str, str], Callable[[Placed], Iterator[Selection]]] = {
    ("", "Service"): _service,
    ("cilium.io", "CiliumNetworkPolicy"): _cilium_policy,
    ("networking.k8s.io", "NetworkPolicy"): _network_policy,
    ("policy", "PodDisruptionBudget"): _budget,
}
