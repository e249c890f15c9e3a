"""`modelops list`: environments and their units at a glance."""

from typing import TYPE_CHECKING

import click

from modelops import names
from modelops.cli import stages
from modelops.cli.capacity import capacity_json, capacity_text
from modelops.cli.options import environments_argument
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import settled
from modelops.cli.table import table
from modelops.cli.terminal import put
from modelops.documents import Preview
from modelops.planned import CpuScale, FixedScale, QueueScale

if TYPE_CHECKING:
    from modelops.model import (
        Configured,
        ConfiguredEnvironment,
        RunSpec,
        ServiceSpec,
        Unit,
        WorkspaceSpec,
    )

WORKSPACES = ("WORKSPACE", "PROFILE", "WORKERS", "IMAGE", "NAMESPACE")
RUNS = ("RUN", "PROFILE", "WORKSPACE", "TRIALS", "WORKERS", "STORE", "NAMESPACE")
SERVICES = ("SERVICE", "PROFILE", "PODS", "IMAGE", "NAMESPACE")

EPILOG = """\
\b
Examples:
  modelops list
  modelops list prod
  modelops list workshops --capacity
"""


@click.command("list", epilog=EPILOG)
@environments_argument
@click.option(
    "--capacity",
    is_flag=True,
    help="What each unit asks for, against quotas and pools, and what sharing services saves.",
)
@click.option("--json", "as_json", is_flag=True, help="With --capacity: as JSON.")
def command(*, environments: tuple[str, ...], capacity: bool, as_json: bool) -> None:
    """List environments and their units."""
    if as_json and not capacity:
        raise click.UsageError("--json is a form of --capacity: give both.")
    root = project_root()
    sources = sources_of(root, chosen(root, environments))
    if capacity:
        demanded = settled(stages.demanded(sources), sources)
        put(capacity_json(demanded) if as_json else capacity_text(demanded))
        return
    configuration = settled(stages.configured(sources, Preview()), sources)
    put("\n\n".join(_block(environment) for environment in configuration.environments))


def _block(environment: "ConfiguredEnvironment") -> str:
    """One environment: its tier and file, and a row for each of its units."""
    configured, name = environment.environment, environment.name
    folder = configured.source.rpartition("/")[0]
    cloud = ", cloud.yaml" if environment.cloud else ""
    head = f"{name} ({configured.spec.tier}): {configured.source}{cloud}"
    if not environment.units:
        return f"{head}\n  no workspaces in {folder}/workspaces/"
    tables = (
        ("workspaces", WORKSPACES, [_workspace(name, one) for one in environment.workspaces]),
        ("runs", RUNS, [_run(name, one) for one in environment.runs]),
        ("services", SERVICES, [_service(name, one) for one in environment.services]),
    )
    there = [each for each in tables if each[-1]]
    places = [f"{folder}/{titles[0]}.yaml" for folder, titles, _ in there]
    rows = "\n\n".join(table(titles, rows, "  ") for _, titles, rows in there)
    return f"{head}, {', '.join(places)}\n{rows}"


def _begin(unit: "Unit") -> tuple[str, str]:
    """What every row begins with: the unit's name and its profiles."""
    return unit.name, ", ".join(unit.profiles) or "-"


def _run(environment: str, run: "Configured[RunSpec]") -> tuple[str, ...]:
    spec = run.spec
    return (
        *_begin(run),
        spec.workspace,
        f"{spec.trials} x {spec.replicates}",
        f"{spec.workers.replicas} {spec.workers.mode}",
        "none" if spec.store.kind == "none" else f"{spec.store.kind} {spec.store.mode}",
        names.run_namespace(environment, run.name),
    )


def _service(environment: str, service: "Configured[ServiceSpec]") -> tuple[str, ...]:
    spec = service.spec
    scaling = spec.autoscaling
    fixed = 1 if spec.replicas is None else spec.replicas
    pods = f"{scaling.min}-{scaling.max} cpu" if scaling else str(fixed)
    return (*_begin(service), pods, spec.image, names.services_namespace(environment))


def _workspace(environment: str, workspace: "Configured[WorkspaceSpec]") -> tuple[str, ...]:
    return (
        *_begin(workspace),
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
