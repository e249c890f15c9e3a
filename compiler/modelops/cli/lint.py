"""`modelops lint`: what people wrote that changes nothing.

Nothing here is wrong: a profile may be kept for later, a default for the next workspace. So this is
a command to ask, and no rule that warns. All environments are looked at even where some are named,
because what one does not use another may.
"""

import json
import sys
from typing import TYPE_CHECKING

import click

from modelops.cli.exit_status import ExitStatus
from modelops.cli.options import environments_argument
from modelops.cli.project import chosen, project_root, sources_of
from modelops.cli.report import settled
from modelops.cli.terminal import put, styled
from modelops.disk import SOURCES, shown

if TYPE_CHECKING:
    from modelops.cli.unused import Idle

EPILOG = """\
\b
Examples:
  modelops lint
  modelops lint dev                what dev's own files say in vain
  modelops lint --check            exit code 1 where anything is found
"""


@click.command("lint", epilog=EPILOG)
@environments_argument
@click.option("--check", is_flag=True, help="End with 1 where anything is found; for CI.")
@click.option("--json", "as_json", is_flag=True, help="The findings as one JSON document.")
def command(*, environments: tuple[str, ...], check: bool, as_json: bool) -> None:
    """List what is written and changes nothing.

    Settings of base.yaml, of profiles and of environments that every object overrides, settings of
    environments that repeat what lies below, profiles and images that no unit uses. With
    environments named, only findings in their own folders. Ends with 0 whatever is found, unless
    with --check.
    """
    # Here, because they import the stages: `--help` and completion do not wait for them.
    from modelops.cli.unused import unused  # noqa: PLC0415
    from modelops.pipeline import arrange, configure  # noqa: PLC0415

    root = project_root()
    named = chosen(root, environments)
    sources = sources_of(root, ())
    configuration = settled(configure(sources), sources)
    layered = arrange(sources).value
    folders = tuple(f"{SOURCES}/{name}/" for name in named)
    every = unused(layered, configuration) if layered else ()
    found = [one for one in every if not folders or one.at.file.startswith(folders)]
    put(json.dumps(_document(found), indent=2) if as_json else _text(found))
    if check and found:
        raise click.exceptions.Exit(ExitStatus.WRONG)


def _text(found: list["Idle"]) -> str:
    """Each finding with its place, and how many there are."""
    if not found:
        return "everything that is written changes something"
    lines = [
        line
        for one in found
        for line in (styled(shown(str(one.at)), sys.stdout, bold=True), f"  {shown(one.message)}")
    ]
    count = f"{len(found)} finding{'s' * (len(found) != 1)}"
    return "\n".join([*lines, "", count])


def _document(found: list["Idle"]) -> dict[str, object]:
    return {
        "findings": [
            {
                "why": one.why.value,
                "what": one.what,
                "message": one.message,
                "at": {"file": one.at.file, "line": one.at.line, "column": one.at.column},
            }
            for one in found
        ]
    }
