"""What stands in git already, for the rules about changes (AVL009, GIT007, STO003).

The root, the environments and `--base` come in; the older files leave. Without git there are none,
and a note where somebody asked for them, or where a shallow clone may have cut them off: these
rules only say more, and never change a byte.
"""

from collections.abc import Mapping
from pathlib import Path

import click

from modelops.cli.project import environments_in
from modelops.cli.terminal import tell_note
from modelops.disk import GENERATED, Committed, NoHistory, committed

BASE = "modelops.base"
"""Where the context of a call keeps the revision that was asked for."""


def _remembered(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    ctx.meta[BASE] = value


base_option = click.option(
    "--base",
    expose_value=False,
    callback=_remembered,
    metavar="REVISION",
    help="Find what cannot be changed in place since this branch left REVISION; by default"
    " the main branch. Needs git.",
)


def before(root: Path, named: tuple[str, ...]) -> Committed | None:
    """`generated/` where the branch began, of the named environments or of all."""
    base: str | None = click.get_current_context().meta[BASE]
    found = committed(root, GENERATED, named or tuple(environments_in(root)), base)
    if isinstance(found, NoHistory):
        if base or found.is_shallow:
            against = f"`{base}`" if base else "the main branch"
            more = "; fetch more of its history" if found.is_shallow else ""
            tell_note(f"not compared with {against}: {found.reason}{more}.")
        return None
    return found


def earlier_files(root: Path, named: tuple[str, ...]) -> Mapping[str, bytes]:
    """The files that were committed there."""
    found = before(root, named)
    return found.read(found.listed()) if found else {}
