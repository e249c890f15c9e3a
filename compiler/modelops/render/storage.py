"""Part of `render`: the volumes that all workers of a workspace write to."""

from modelops.model.fields import bytes_text
from modelops.planned import ClaimPlan, WorkspacePlan
from modelops.render.metadata import KEPT, Object, of_workspace


def storage(workspace: WorkspacePlan) -> list[Object]:
    """One PersistentVolumeClaim for each planned claim."""
    return [_claim(workspace, claim) for claim in workspace.claims]


def _claim(workspace: WorkspacePlan, claim: ClaimPlan) -> Object:
    """Kept by Flux: nobody's results vanish with a file in a pull request."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": of_workspace(workspace, claim.name, annotations=KEPT),
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": claim.storage_class,
            "resources": {"requests": {"storage": bytes_text(claim.size)}},
        },
    }
