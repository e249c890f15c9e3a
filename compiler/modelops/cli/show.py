"""`modelops show`: what is in effect for one object, and where each value came from.

Reads the configuration only: nothing is planned, and other objects' values are not looked at.
"""

import sys
import textwrap
from typing import TYPE_CHECKING

import click

from modelops.cli import display
from modelops.cli.objects import choose, configured, effective
from modelops.cli.options import preview, profile_option, set_option
from modelops.cli.project import completing, project_root, targets_in
from modelops.cli.terminal import put, styled

if TYPE_CHECKING:
    from modelops.cli.objects import Shown

EPILOG = """\
\b
Examples:
  modelops show dev/workspaces/malaria
  modelops show dev/workspaces/malaria --origins     where does each value come from?
  modelops show dev                                  the environment itself
  modelops show dev/workspaces/malaria --profile debug --set workspaces/malaria:workers.drain=1m
"""


@click.command("show", epilog=EPILOG)
@click.argument("target", metavar="ENV[/UNIT]", shell_complete=completing(targets_in))
@click.option(
    "--origins",
    "with_origins",
    is_flag=True,
    help="Say of each value where it was written, what it overrode, and what is a default.",
)
@set_option
@profile_option
def command(
    *, target: str, with_origins: bool, settings: tuple[str, ...], profiles: tuple[str, ...]
) -> None:
    """Show what is in effect, and where it came from.

    All fields of an environment, of what Azure answered for it (ENV/cloud), or of a unit of it such
    as workspaces/malaria or runs/sir, after all layers, defaults among them, in their canonical
    form, as YAML.
    """
    shown = configured(choose(project_root(), target), preview(settings, profiles))
    put(_text(shown, with_origins=with_origins))


def _text(found: "Shown", *, with_origins: bool) -> str:
    """The object's values below a head that names it."""
    tree = effective(found)
    lines = display.with_origins(tree, found.origins) if with_origins else display.plain(tree)
    head = [f"# {found.source}"]
    if found.profiles:
        head.append(f"# profiles: {', '.join(found.profiles)}")
    if with_origins:
        layers = f"layers, the lowest first: {', '.join(found.layers)}"
        head += textwrap.wrap(layers, display.WIDTH, initial_indent="# ", subsequent_indent="#   ")
    return "\n".join([*map(_dim, head), display.text(lines, _dim)])


def _dim(comment: str) -> str:
    return styled(comment, sys.stdout, fg="bright_black")
