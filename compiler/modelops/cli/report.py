"""Diagnostics on the standard error, and the end of a command whose input is wrong.

Outcomes of stages come in; their values leave, or an exit.
"""

import sys
from typing import TypeVar

import click

from modelops.cli.exit_status import ExitStatus
from modelops.cli.stages import Sources
from modelops.cli.terminal import colour, tell
from modelops.diagnostics import Diagnostic, Outcome
from modelops.diagnostics.text import full_text

T = TypeVar("T")


def report(diagnostics: tuple[Diagnostic, ...], sources: Sources) -> None:
    """Tell the diagnostics, where there are any."""
    text = full_text(diagnostics, sources, colour(sys.stderr))
    if text:
        tell(text.rstrip("\n"))


def settled(outcome: Outcome[T], sources: Sources) -> T:
    """The value of an outcome; everything that was found has been told.

    Raises:
        click.exceptions.Exit: the input is wrong.
    """
    report(outcome.diagnostics, sources)
    if outcome.value is None or outcome.failed:
        raise click.exceptions.Exit(ExitStatus.WRONG)
    return outcome.value
