"""Diagnostics in the format that was asked for, and the end of a command whose input is wrong.

Outcomes of stages come in; their values leave, or an exit. What people read goes to the standard
error. A document for a program has the standard output for itself, so that it can be redirected;
what a command would say there moves to the standard error.
"""

import sys
from typing import TextIO, TypeVar

import click

from modelops.cli.exit_status import ExitStatus
from modelops.cli.stages import Sources
from modelops.cli.terminal import colour, put, put_bytes, tell
from modelops.diagnostics import Diagnostic, Outcome, worst_first
from modelops.diagnostics.formats import Format, concise_text, document, is_document
from modelops.diagnostics.text import full_text

T = TypeVar("T")

FORMAT = "modelops.format"
"""The name of the format in the context of a call; set by `--format`."""


def chosen_format() -> Format:
    """What `--format` says; `full` in a command without it."""
    form: Format = click.get_current_context().meta.get(FORMAT, Format.FULL)
    return form


def report(diagnostics: tuple[Diagnostic, ...], sources: Sources) -> None:
    """Tell people the diagnostics, where there are any."""
    found = worst_first(diagnostics)
    concise = chosen_format() is Format.CONCISE
    text = concise_text(found) if concise else full_text(found, sources, colour(sys.stderr))
    if text:
        tell(text.rstrip("\n"))


def settled(outcome: Outcome[T], sources: Sources) -> T:
    """The value of an outcome; everything that was found has been told.

    Raises:
        click.exceptions.Exit: the input is wrong.
    """
    form = chosen_format()
    if is_document(form):
        # UTF-8, whatever the terminal: a JSON or XML reader knows nothing of terminals.
        put_bytes(document(form, outcome.diagnostics).encode("utf-8", "replace"))
    else:
        report(outcome.diagnostics, sources)
    if outcome.value is None or outcome.failed:
        raise click.exceptions.Exit(ExitStatus.WRONG)
    return outcome.value


def say(text: str) -> None:
    """What a command did, as a line: to the standard output, unless a document has that."""
    (tell if is_document(chosen_format()) else put)(text)


def said_on() -> TextIO:
    """Where `say` says it."""
    return sys.stderr if is_document(chosen_format()) else sys.stdout
