"""AVL007: a probe at a port that its container does not declare."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.provenance import DataPath
from modelops.verify.paths import map_at, maps_at, shown, text_at
from modelops.verify.placement import Placement, PodTemplate, finding
from modelops.verify.security import containers

PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
WAYS = ("httpGet", "tcpSocket", "grpc")


def unexposed_probe(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every port that is probed and not opened."""
    for environment in placement.environments:
        for pods in environment.pods.values():
            for pod in pods:
                for path, port, declared in _unexposed(pod):
                    text = f"the container has no TCP port {shown(port)}"
                    remedy = f"its ports: {', '.join(map(str, declared)) or 'none'}"
                    full = (*pod.spec_path, *path)
                    yield finding(avl.AVL007, pod.owner, full, text, remedy)


def _unexposed(pod: PodTemplate) -> Iterator[tuple[DataPath, object, list[object]]]:
    for path, container in containers(pod):
        ports = [
            port
            for _, port in maps_at(container, "ports")
            if text_at(port, "protocol") in {"", "TCP"}
        ]
        declared = [port[key] for port in ports for key in ("name", "containerPort") if key in port]
        for probe in PROBES:
            for way in WAYS:
                asked = map_at(container, probe, way)
                if asked and asked.get("port") not in declared:
                    yield (*path, probe, way, "port"), asked.get("port"), declared
