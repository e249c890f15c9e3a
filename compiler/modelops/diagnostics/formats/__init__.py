"""Diagnostics in the forms that other programs read: one module a form.

Findings come in, a document leaves as text that ends with its last line; a run without findings has
one too. Places are files below the project root, so a document reads the same on any machine. What
people read on a terminal is `full` (the module `text`) and `concise`, a line for each finding.
Nothing here prints, and nothing here knows the time or the version of the tool.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from modelops.diagnostics.diagnostic import Diagnostic, worst_first
from modelops.diagnostics.formats import github, gitlab, json_, junit, sarif
from modelops.diagnostics.formats.concise import concise_text

__all__ = ["Format", "concise_text", "document", "is_document"]


class Format(StrEnum):
    """How findings are told: for people, or as a document for a program."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"
    SARIF = "sarif"
    JUNIT = "junit"


_DOCUMENTS: Mapping[Format, Callable[[tuple[Diagnostic, ...]], str]] = {
    Format.JSON: json_.json_text,
    Format.GITHUB: github.commands,
    Format.GITLAB: gitlab.code_quality,
    Format.SARIF: sarif.sarif_log,
    Format.JUNIT: junit.junit_xml,
}


def is_document(form: Format) -> bool:
    """Whether a program reads it, so that nothing else may stand beside it."""
    return form in _DOCUMENTS


def document(form: Format, diagnostics: Iterable[Diagnostic]) -> str:
    """All findings, worst first, in a form for which `is_document` holds; "" is one of `github`."""
    return _DOCUMENTS[form](worst_first(diagnostics))
