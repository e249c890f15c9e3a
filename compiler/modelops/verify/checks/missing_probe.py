"""AVL006: a container of a lasting workload of which nobody can tell whether it is ready."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.verify.paths import map_at, maps_at
from modelops.verify.placement import Placement, finding

LASTING = frozenset({"DaemonSet", "Deployment", "StatefulSet"})
HELP = "give the container a readinessProbe"


def missing_probe(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every container without a readiness probe.

    What runs to its end needs none, and what listens nowhere gets no requests.
    """
    for environment in placement.environments:
        for pods in environment.pods.values():
            for pod in pods:
                lasting = pod.owner.identity.kind in LASTING
                for path, container in maps_at(pod.spec, "containers") if lasting else ():
                    if container.get("ports") and not map_at(container, "readinessProbe"):
                        full = (*pod.spec_path, *path, "readinessProbe")
                        yield finding(avl.AVL006, pod.owner, full, "there is none", HELP)
