"""`modelops cloud`: what Azure answered, brought back to where compiles read it."""

from pathlib import Path
from typing import BinaryIO

import click

from modelops import names
from modelops.cli.project import chosen, completing, environments_in, project_root
from modelops.cli.report import settled
from modelops.cli.terminal import put, tell_warning
from modelops.disk import GENERATED, put_if_other, shown
from modelops.documents import SOURCE_LIMIT
from modelops.manifests import digest
from modelops.parts.cut import cloud_file

STDIN = "<stdin>"

EPILOG = """\
\b
Examples:
  uv run modelops-infra outputs dev | uv run modelops cloud import dev
  modelops cloud import dev outputs.json
"""


@click.group("cloud")
def command() -> None:
    """Take over what Azure answered."""


@command.command("import", epilog=EPILOG)
@click.argument("environment", metavar="ENV", shell_complete=completing(environments_in))
@click.argument("outputs", type=click.File("rb"), default="-", metavar="[FILE|-]")
def import_(*, environment: str, outputs: BinaryIO) -> None:
    """Write environments/ENV/cloud.yaml from the outputs of its Pulumi stack.

    The JSON of `pulumi stack output --json` comes from FILE or the standard input. Nothing is
    written unless all of it is right. A warning says when Azure was made from other inputs than
    those in generated/.
    """
    # Here, because they import the stages: `--help` and completion do not wait for them.
    from modelops.cli.stack_outputs import answered, source_text  # noqa: PLC0415 -- as above

    root = project_root()
    (name,) = chosen(root, (environment,))
    _refuse_typing(outputs, name)
    file, content = shown(_called(outputs)), outputs.read(SOURCE_LIMIT + 1)
    told = settled(answered(name, file, content), {file: content})
    _warn_of_other_inputs(root, name, told.digest)
    path = cloud_file(name)
    written = put_if_other(root / path, source_text(name, told.facts))
    put(f"wrote {path}" if written else f"{path} is up to date")


def _called(outputs: BinaryIO) -> str:
    """The name of what is read, for people."""
    name = getattr(outputs, "name", STDIN)
    return name if isinstance(name, str) else STDIN


def _refuse_typing(outputs: BinaryIO, environment: str) -> None:
    """Nobody types a stack's outputs: whoever sees nothing happen forgot to hand them in."""
    if outputs.isatty():
        raise click.UsageError(
            "no outputs come in: name a FILE, or write uv run modelops-infra outputs"
            f" {environment} | uv run modelops cloud import {environment}"
        )


def _warn_of_other_inputs(root: Path, environment: str, made_from: str) -> None:
    """Say it where the stack is not what a compile would have made of it now."""
    from modelops.render.azure import FILE  # noqa: PLC0415 -- as above

    file = f"{GENERATED}/{names.infra_unit(environment)}/{FILE}"
    try:
        now = digest((root / file).read_bytes())
    except OSError:
        now = ""
    if now != made_from:
        tell_warning(
            f"the stack was made from other inputs than {file}:"
            f" `uv run modelops-infra up {environment}`, and take its outputs over again"
        )
