"""`modelops status`: what runs of an environment, in its cluster or on this machine.

Changes nothing: what should be otherwise is changed in the files.
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from time import sleep

import click

from modelops.cli import local_status, stages
from modelops.cli.exit_status import ExitStatus
from modelops.cli.kubectl import Kubectl
from modelops.cli.progress import is_watched
from modelops.cli.project import chosen, completing, project_root, sources_of, targets_in
from modelops.cli.report import report
from modelops.cli.targets import Target, one_unit, target_of
from modelops.cli.terminal import put, put_bytes, tell_error
from modelops.processes import ProcessFailure

INTERVAL = 5.0
"""Seconds from one look at the cluster to the next."""

TOP = b"\x1b[H\x1b[J"
"""To the first line, and nothing below it: ECMA-48, CUP and ED."""

EPILOG = """\
\b
Examples:
  modelops status dev                   every unit of an environment
  modelops status dev sir               one of them: all that is known
  modelops status dev/runs/sir --logs   the same, and what its pods say
  modelops status dev --watch
  modelops status dev sir --json
  modelops status dev sir --local       a run on this machine
"""


@click.command("status", epilog=EPILOG)
@click.argument("target", metavar="ENV[/UNIT]", shell_complete=completing(targets_in))
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--watch", "again", is_flag=True, help="Look again every few seconds, until Ctrl-C.")
@click.option("--logs", "with_logs", is_flag=True, help="And the last lines of the pods.")
@click.option("--json", "as_json", is_flag=True, help="For programs; with --watch one line each.")
@click.option(
    "--context", default="", metavar="CTX", help="Of the kubeconfig, not its current one."
)
@click.option("--local", "is_local", is_flag=True, help="What `modelops run --local` runs here.")
def command(  # noqa: PLR0913 -- one parameter for each option
    *,
    target: str,
    name: str | None,
    again: bool,
    with_logs: bool,
    as_json: bool,
    context: str,
    is_local: bool,
) -> None:
    """Show what runs, in the cluster or on this machine.

    Of each unit: what Flux is at, which pods are ready, how a search goes, and what is wrong. It is
    read through kubectl, with the rights of whoever calls.
    """
    root = project_root()
    wanted = target_of(target, name)
    chosen(root, [wanted.environment])
    if is_local:
        if context:
            raise click.UsageError("--local looks at this machine, which has no --context.")
        look = local_status.looking(root, wanted, with_logs=with_logs, as_json=as_json)
    else:
        look = _looking(root, wanted, Kubectl(context), with_logs=with_logs, as_json=as_json)
    if again:
        _watch(look)
    else:
        put(look(indent=2, width=_width()))


def _looking(
    root: Path, wanted: Target, kubectl: Kubectl, *, with_logs: bool, as_json: bool
) -> Callable[..., str]:
    """A look at the cluster, as text."""
    # Here: completion and `--help` need nothing of the plan.
    from modelops.cli import cluster_status, status_text  # noqa: PLC0415
    from modelops.status import watched  # noqa: PLC0415

    sources = sources_of(root, (wanted.environment,))
    outcome = stages.planned(sources)
    if outcome.value is None or outcome.failed:
        report(outcome.diagnostics, sources)
        raise click.exceptions.Exit(ExitStatus.WRONG)
    (plan,) = outcome.value.environments
    environment = watched(plan)
    unit = one_unit(environment, wanted)

    def look(*, indent: int | None, width: int) -> str:
        units = (unit,) if unit else environment.units
        found = cluster_status.readings(kubectl, environment, units)
        logs = list(cluster_status.logs(kubectl, found)) if with_logs else []
        if as_json:
            said = {"logs": logs} if with_logs else {}
            return json.dumps(
                {**status_text.document(environment.name, found), **said}, indent=indent
            )
        text = (
            status_text.page(found[0], environment.name, kubectl.prefix, width)
            if unit
            else status_text.overview(environment, found, width)
        )
        return "\n\n".join([text, *logs])

    return look


def _watch(look: Callable[..., str]) -> None:
    """Look until an interrupt; a cluster that does not answer may do so the next time."""
    redrawn = is_watched(sys.stdout)
    while True:
        try:
            text = look(indent=None, width=_width())
        except ProcessFailure as error:
            tell_error(str(error))
        else:
            if redrawn:
                put_bytes(TOP)
            put(text)
        sleep(INTERVAL)


def _width() -> int:
    return shutil.get_terminal_size().columns
