"""`modelops list`: environments and their workspaces at a glance."""

from typing import TYPE_CHECKING

import click

from modelops import names
from modelops.cli import stages
from modelops.cli.options import environments_argument
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import settled
from modelops.cli.table import table
from modelops.cli.terminal import put
from modelops.documents import Preview
from modelops.planned import CpuScale, FixedScale, QueueScale

if TYPE_CHECKING:
    from modelops.model import Configured, ConfiguredEnvironment, WorkspaceSpec

HEAD = ("WORKSPACE", "PROFILE", "WORKERS", "IMAGE", "NAMESPACE")

EPILOG = """\
\b
Examples:
  modelops list
  modelops list prod
"""


@click.command("list", epilog=EPILOG)
@environments_argument
def command(*, environments: tuple[str, ...]) -> None:
    """List environments and their workspaces."""
    root = project_root()
    sources = sources_of(root, chosen(root, environments))
    configuration = settled(stages.configured(sources, Preview()), sources)
    put("\n\n".join(_block(environment) for environment in configuration.environments))


def _block(environment: "ConfiguredEnvironment") -> str:
    """One environment: its tier and file, and a row for each workspace."""
    configured = environment.environment
    folder = configured.source.rpartition("/")[0]
    head = f"{environment.name} ({configured.spec.tier}): {configured.source}"
    if not environment.workspaces:
        return f"{head}\n  no workspaces in {folder}/workspaces/"
    rows = [_row(environment.name, workspace) for workspace in environment.workspaces]
    return f"{head}, workspaces/WORKSPACE.yaml\n{table(HEAD, rows, '  ')}"


def _row(environment: str, workspace: "Configured[WorkspaceSpec]") -> tuple[str, ...]:
    return (
        workspace.name,
        ", ".join(workspace.profiles) or "-",
        _workers(workspace.spec),
        workspace.spec.workers.image,
        names.workspace_namespace(environment, workspace.name),
    )


def _workers(spec: "WorkspaceSpec") -> str:
    """`3`, or `0-20 queue`."""
    match stages.scale(spec.workers):
        case FixedScale(replicas=replicas):
            return str(replicas)
        case QueueScale(fewest=fewest, most=most):
            return f"{fewest}-{most} queue"
        case CpuScale(fewest=fewest, most=most):
            return f"{fewest}-{most} cpu"
