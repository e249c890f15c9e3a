"""VER002: a Service that sends to a port which no container of its pods declares.

Kubernetes would accept it and refuse every connection. A Service whose selector selects nothing is
`dangling_selector`'s.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import ver
from modelops.verify.paths import map_at, maps_at, shown, text_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, PodTemplate, finding
from modelops.verify.security import containers
from modelops.verify.selectors import selected

Port = tuple[object, str]
"""A container's port by number or by name, and its protocol."""


def dangling_port(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every target port that no selected pod has."""
    for environment in placement.environments:
        for placed in environment.of(("", "Service")):
            yield from _service(environment, placed)


def _service(environment: PlacedEnvironment, placed: Placed) -> Iterator[Diagnostic]:
    labels = map_at(placed.body, "spec", "selector")
    namespace = placed.identity.namespace
    pods = tuple(selected(environment, namespace, {"matchLabels": labels})) if labels else ()
    declared = [port for pod in pods for port in _ports(pod)]
    for path, port in maps_at(placed.body, "spec", "ports") if pods else ():
        target = port.get("targetPort", port.get("port"))
        protocol = text_at(port, "protocol") or "TCP"
        if (target, protocol) not in declared:
            key = "targetPort" if "targetPort" in port else "port"
            text = f"no container of the selected pods has the {protocol} port {shown(target)}"
            remedy = f"their ports: {', '.join(f'{name} ({kind})' for name, kind in declared)}"
            yield finding(ver.VER002, placed, (*path, key), text, remedy)


def _ports(pod: PodTemplate) -> Iterator[Port]:
    for _, container in containers(pod):
        for _, port in maps_at(container, "ports"):
            protocol = text_at(port, "protocol") or "TCP"
            yield port.get("containerPort"), protocol
            if name := text_at(port, "name"):
                yield name, protocol
