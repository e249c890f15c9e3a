"""Part of `render`: volumes that outlive pods."""

from modelops.model.fields import bytes_text
from modelops.planned import ClaimPlan, WorkspacePlan
from modelops.render.metadata import Housed, Object, kept, of_unit


def storage(workspace: WorkspacePlan) -> list[Object]:
    """One PersistentVolumeClaim for each planned claim."""
    return [claim(workspace, planned) for planned in workspace.claims]


def claim(unit: Housed, planned: ClaimPlan) -> Object:
    """One PersistentVolumeClaim; Flux keeps one whose data must not vanish with a file."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": of_unit(unit, planned.name, annotations=kept(planned.keep)),
        "spec": {
            "accessModes": ["ReadWriteMany" if planned.shared else "ReadWriteOnce"],
            "storageClassName": planned.storage_class,
            "resources": {"requests": {"storage": bytes_text(planned.size)}},
        },
    }
