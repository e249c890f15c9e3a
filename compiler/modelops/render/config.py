"""Part of `render`: the configurations of a workspace: the runtime's, and the components'."""

from modelops.planned import ConfigPlan, WorkspacePlan
from modelops.render.metadata import Object, of_unit


def config(workspace: WorkspacePlan) -> list[Object]:
    """The runtime's configuration."""
    return [_map(workspace, workspace.config)]


def context(workspace: WorkspacePlan) -> list[Object]:
    """What components are told; nothing where there is nothing to tell."""
    planned = workspace.context
    return [_map(workspace, planned)] if planned else []


def _map(workspace: WorkspacePlan, planned: ConfigPlan) -> Object:
    """One ConfigMap with one file; immutable, for a change makes one of another name."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": of_unit(workspace, planned.name),
        "immutable": True,
        "data": {planned.file: planned.text},
    }
