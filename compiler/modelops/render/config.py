"""Part of `render`: the runtime's configuration as a ConfigMap."""

from modelops.planned import WorkspacePlan
from modelops.render.metadata import Object, of_unit


def config(workspace: WorkspacePlan) -> list[Object]:
    """One ConfigMap with one file; immutable, for a change makes one of another name."""
    planned = workspace.config
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": of_unit(workspace, planned.name),
            "immutable": True,
            "data": {planned.file: planned.text},
        }
    ]
