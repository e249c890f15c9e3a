"""STO006: scratch space of a pod that may fill its node's disk."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sto
from modelops.verify.paths import maps_at, value_at
from modelops.verify.placement import Placement, finding

HELP = "give the volume a sizeLimit"


def unsized_scratch(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every emptyDir without a limit."""
    for environment in placement.environments:
        for pods in environment.pods.values():
            for pod in pods:
                for path, volume in maps_at(pod.spec, "volumes"):
                    scratch = volume.get("emptyDir")
                    if "emptyDir" in volume and not value_at(scratch, "sizeLimit"):
                        full = (*pod.spec_path, *path, "emptyDir", "sizeLimit")
                        yield finding(sto.STO006, pod.owner, full, "there is none", HELP)
