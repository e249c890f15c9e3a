"""VER001: a Namespace that does not make the cluster enforce the restricted Pod Security Standard.

The other security checks see what is compiled; the label also holds what anybody else adds.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import ver
from modelops.verify.paths import map_at
from modelops.verify.placement import NAMESPACE, Placement, finding

LABEL = "pod-security.kubernetes.io/enforce"


def open_namespace(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every Namespace without the label."""
    for placed in placement.of(NAMESPACE):
        if map_at(placed.body, "metadata", "labels").get(LABEL) != "restricted":
            path = ("metadata", "labels", LABEL)
            yield finding(
                ver.VER001, placed, path, "must be restricted", f"label it {LABEL}: restricted"
            )
