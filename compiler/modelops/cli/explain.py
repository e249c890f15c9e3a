"""`modelops explain`: why a value is what it is.

What the arguments are decides which form explains it: each form is a module of its own, loaded when
it is needed.
"""

import click

from modelops.cli.options import preview, profile_option, set_option
from modelops.cli.project import completing, project_root, targets_in
from modelops.cli.terminal import put

EPILOG = """\
\b
Settings, from the layers' side:
  modelops explain dev/workspaces/malaria workers.processes
  modelops explain dev/workspaces/malaria workers          every setting below
  modelops explain dev 'cluster.pools.cpu.labels."a.b/c"'  the environment itself
  modelops explain dev/workspaces/malaria workers --profile debug

\b
Fields of generated files, and what a line of input feeds:
  modelops explain generated/dev/workspaces/malaria/workers.yaml spec.replicas
  modelops explain --source environments/base.yaml:26
"""


@click.command("explain", epilog=EPILOG)
@click.argument(
    "target",
    metavar="[ENV[/UNIT]|FILE]",
    required=False,
    shell_complete=completing(targets_in),
)
@click.argument("path", metavar="[PATH]", required=False)
@click.option("--source", metavar="FILE:LINE", help="Every generated field that this line feeds.")
@click.option("--json", "as_json", is_flag=True, help="The same as one JSON document.")
@set_option
@profile_option
def command(
    *,
    target: str | None,
    path: str | None,
    source: str | None,
    as_json: bool,
    settings: tuple[str, ...],
    profiles: tuple[str, ...],
) -> None:
    """Say why a value is what it is.

    PATH leads to a value, with dots between keys as they are written; a map means every value in
    it. For a setting: the line that won, and what each layer said, from the models' default up to
    the command line. For a field of a generated file: the lines that decided it, the formula where
    it was derived, or the reason where it is always so.
    """
    # Here, because they import the stages: `--help` and completion do not wait for them.
    from modelops.cli.explain_field import (  # noqa: PLC0415
        explain_field,
        explain_source,
        is_generated,
    )
    from modelops.cli.explain_setting import Form, explain  # noqa: PLC0415

    form = Form.JSON if as_json else Form.TEXT
    root = project_root()
    previewed = preview(settings, profiles)
    if source is not None:
        _refuse_beside("--source", target, *settings, *profiles)
        put(explain_source(root, source, form))
    elif target is None or path is None:
        raise click.UsageError("say what to explain: ENV/workspaces/NAME PATH, or FILE PATH.")
    elif is_generated(target):
        _refuse_beside("a generated file", *settings, *profiles)
        put(explain_field(root, target, path, form))
    else:
        put(explain(root, target, path, previewed, form))


def _refuse_beside(what: str, *others: str | None) -> None:
    """What is committed comes from files alone, so previews explain settings only."""
    if any(others):
        raise click.UsageError(f"{what} is explained alone: leave the other arguments out.")
