"""`modelops validate`: every stage that can find something wrong, and nothing written.

Starts no process: what the last stage does with valid manifests cannot depend on the input.
"""

import click

from modelops.cli import stages
from modelops.cli.history import base_option, earlier_files
from modelops.cli.options import (
    environments_argument,
    format_option,
    preview,
    profile_option,
    set_option,
)
from modelops.cli.progress import counted_units, progress
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import say, settled
from modelops.diagnostics import Diagnostic
from modelops.diagnostics.text import counted
from modelops.manifests import Manifests

EPILOG = """\
\b
Examples:
  modelops validate
  modelops validate dev staging
  modelops validate dev --set workspaces/malaria:workers.resources.memory=4Gi
  modelops validate --format sarif > modelops.sarif      for code scanning
"""


@click.command("validate", epilog=EPILOG)
@environments_argument
@set_option
@profile_option
@format_option
@base_option
def command(
    *, environments: tuple[str, ...], settings: tuple[str, ...], profiles: tuple[str, ...]
) -> None:
    """Say everything that is wrong with environments/.

    Checks the named environments, or all, up to the manifests, and writes nothing.
    """
    root = project_root()
    named = chosen(root, environments)
    previewed = preview(settings, profiles)
    sources = sources_of(root, named)
    with progress(f"validating… {counted_units(sources)}"):
        outcome = stages.judged(sources, previewed, earlier_files(root, named))
    say(_verdict(settled(outcome, sources), outcome.diagnostics))


def _verdict(manifests: Manifests, diagnostics: tuple[Diagnostic, ...]) -> str:
    """`dev, prod: 7 workspaces, no problems`."""
    names = ", ".join(environment.name for environment in manifests.environments)
    units = {unit.source for environment in manifests.environments for unit in environment.units}
    found = counted(diagnostics) or "no problems"
    return f"{names or 'no environments'}: {counted_units(units)}, {found}"
