"""Arguments and options that several commands take, and what they mean.

What was typed comes in, values leave: the named environments, the preview. Errors in `--set` are
told as diagnostics, because they have a place; the exit code says that the invocation was wrong.
"""

import click

from modelops.cli import stages
from modelops.cli.exit_status import ExitStatus
from modelops.cli.project import completing, environments_in, profiles_in
from modelops.cli.report import FORMAT, report
from modelops.diagnostics.formats import Format
from modelops.documents import Preview

environments_argument = click.argument(
    "environments", nargs=-1, metavar="[ENV]...", shell_complete=completing(environments_in)
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="TARGET:PATH=VALUE",
    help="Preview a value above all layers; TARGET is `environment` or a unit,"
    " such as `workspaces/NAME`. May be repeated.",
)
profile_option = click.option(
    "--profile",
    "profiles",
    multiple=True,
    metavar="NAME",
    shell_complete=completing(profiles_in),
    help="Preview with this profile instead of those that files choose. May be repeated.",
)


def _remembered(ctx: click.Context, _param: click.Parameter, value: str) -> None:
    """Keep the format where whatever tells diagnostics finds it."""
    ctx.meta[FORMAT] = Format(value)


format_option = click.option(
    "--format",
    type=click.Choice([str(form) for form in Format]),
    default=str(Format.FULL),
    show_default=True,
    expose_value=False,
    callback=_remembered,
    help="How findings are told: `full` and `concise` for people, on stderr; the others for"
    " programs, on stdout.",
)


def preview(settings: tuple[str, ...], profiles: tuple[str, ...]) -> Preview:
    """What `--set` and `--profile` add to the files.

    Raises:
        click.exceptions.Exit: a setting cannot be read; its diagnostics have been told.
    """
    if not settings:
        return Preview(profiles=profiles)
    outcome = stages.settings(settings)
    report(outcome.diagnostics, {})
    if outcome.value is None:
        raise click.exceptions.Exit(ExitStatus.INVOCATION)
    return Preview(outcome.value, profiles)
