"""`modelops show`: what is in effect for one object, and where each value came from.

Reads the configuration only: nothing is planned, and other objects' values are not looked at.
"""

import re
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from modelops.cli import display, stages
from modelops.cli.options import preview, profile_option, set_option
from modelops.cli.project import chosen, completing, project_root, sources_of, targets_in, unknown
from modelops.cli.report import settled
from modelops.cli.terminal import put, styled
from modelops.disk import SOURCES

if TYPE_CHECKING:
    from modelops.model import Configuration, Configured, EnvironmentSpec, WorkspaceSpec

    Shown = Configured[EnvironmentSpec] | Configured[WorkspaceSpec]

ELSEWHERE = frozenset({"defaults"})
"""An environment's layer of other objects: in effect there, and shown there."""

OBJECT = re.compile(rf"{SOURCES}/[^/]+/(?:environment|workspaces/[^/]+)\.yaml")
"""The files that objects are named after."""

EPILOG = """\
\b
Examples:
  modelops show dev/workspaces/malaria
  modelops show dev/workspaces/malaria --origins     where does each value come from?
  modelops show dev                                  the environment itself
  modelops show dev/workspaces/malaria --profile debug --set workspaces/malaria:workers.drain=1m
"""


@click.command("show", epilog=EPILOG)
@click.argument("target", metavar="ENV[/workspaces/NAME]", shell_complete=completing(targets_in))
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

    All fields of a workspace or an environment after all layers, defaults among them, in their
    canonical form, as YAML.
    """
    file = _file(target)
    root = project_root()
    sources = sources_of(root, chosen(root, [file.split("/")[1]]))
    shown = _showable(sources)
    if file not in shown:
        raise click.UsageError(unknown("object", target, shown.values()))
    configuration = settled(stages.configured(sources, preview(settings, profiles)), sources)
    put(_text(_found(configuration, file), with_origins=with_origins))


def _file(target: str) -> str:
    """The file of a target, which may be given instead: `environments/dev/environment.yaml`."""
    path = target.removeprefix(f"{SOURCES}/").removesuffix(".yaml").rstrip("/")
    return f"{SOURCES}/{path if '/' in path else f'{path}/environment'}.yaml"


def _showable(sources: stages.Sources) -> dict[str, str]:
    """The targets there are, by file."""
    return {
        file: file.removeprefix(f"{SOURCES}/").removesuffix(".yaml")
        for file in sources
        if OBJECT.fullmatch(file)
    }


def _found(configuration: "Configuration", file: str) -> "Shown":
    """The object that a file is named after."""
    (environment,) = configuration.environments
    objects: list[Shown] = [environment.environment, *environment.workspaces]
    return next(each for each in objects if each.source == file)


def _text(found: "Shown", *, with_origins: bool) -> str:
    """The object's values below a head that names it."""
    dumped = found.spec.model_dump(mode="json", by_alias=True)
    tree = {key: value for key, value in dumped.items() if key not in ELSEWHERE}
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
