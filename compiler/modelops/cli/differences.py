"""What `--check` says: how a folder of generated files differs from what was made, and the cure.

Differences come in. Where there are some, they are said as what a command did is, the one command
that mends them on the standard error, and the command ends. Compares nothing itself.
"""

from collections.abc import Iterator

import click

from modelops.cli.exit_status import ExitStatus
from modelops.cli.report import said_on, say
from modelops.cli.terminal import styled, tell_error
from modelops.diagnostics.rulebook import git
from modelops.disk import GENERATED, Differences, Limit, diff_excerpt

MOST_NAMED = 20
"""Files named of each sort; the rest is counted."""

HUES = {"+": "green", "-": "red", "@": "cyan"}


def refuse_differences(differences: Differences, remedy: str) -> None:
    """Return where a folder is current; of `generated/`, what else is the rule GIT001.

    Args:
        differences: what `compare` found.
        remedy: the command that makes the folder current.

    Raises:
        click.exceptions.Exit: it is not; everything has been told.
    """
    if differences.current:
        return
    say("\n".join(_named(differences)))
    excerpt = diff_excerpt(differences, Limit())
    if excerpt:
        say("\n" + "\n".join(_hued(line) for line in excerpt.splitlines()))
    code = git.GIT001.code if differences.folder == GENERATED else ""
    tell_error("\n".join(_cure(differences, remedy)), code)
    raise click.exceptions.Exit(ExitStatus.WRONG)


def _named(differences: Differences) -> Iterator[str]:
    """Every file that differs, by how."""
    sorts = {
        "modified": differences.modified,
        "missing": differences.missing,
        "extra": differences.extra,
        "untracked": differences.untracked,
    }
    for sort, paths in sorts.items():
        for path in paths[:MOST_NAMED]:
            yield f"{sort + ':':<11}{differences.folder}/{path}"
        if len(paths) > MOST_NAMED:
            yield f"{sort + ':':<11}... and {len(paths) - MOST_NAMED} more"


def _cure(differences: Differences, remedy: str) -> Iterator[str]:
    folder = f"`{differences.folder}/`"
    if differences.changes:
        yield f"{folder} is out of date: run `{remedy}` and commit what it writes."
    if differences.untracked:
        yield f"{folder} holds what modelops did not write: move or delete the untracked files."


def _hued(line: str) -> str:
    return styled(line, said_on(), fg=HUES.get(line[:1]))
