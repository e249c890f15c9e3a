"""`github`: workflow commands, which GitHub Actions shows beside the lines of a pull request.

A step may make ten annotations of each severity (actions/toolkit, docs/problem-matchers.md), so the
worst are annotated and a notice counts the rest. No finding makes no command.
"""

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.formats.finding import advised
from modelops.diagnostics.rule import Severity
from modelops.diagnostics.text import is_option
from modelops.provenance import Span

MOST_ANNOTATED = 10
"""Of each severity, in one step."""

_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_TEXT | str.maketrans({":": "%3A", ",": "%2C"})


def commands(diagnostics: tuple[Diagnostic, ...]) -> str:
    """A line for each of the first findings of each severity, and one that counts the others."""
    shown = [
        one
        for severity in Severity
        for one in [each for each in diagnostics if each.severity is severity][:MOST_ANNOTATED]
    ]
    more = len(diagnostics) - len(shown)
    plural = "s" * (more != 1)
    tail = f"::notice::{more} more finding{plural} not annotated\n" if more else ""
    return "".join(_command(one) for one in shown) + tail


def _command(one: Diagnostic) -> str:
    properties = _place(one.at) | {"title": one.rule.code}
    said = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in properties.items())
    return f"::{one.severity} {said}::{advised(one).translate(_IN_TEXT)}\n"


def _place(span: Span) -> dict[str, str]:
    """Where the annotation stands; GitHub refuses columns where it has several lines."""
    if is_option(span):
        return {}
    lines = {"file": span.file, "line": str(span.line)}
    if span.end_line > span.line:
        return lines | {"endLine": str(span.end_line)}
    return lines | {"col": str(span.column), "endColumn": str(span.end_column)}
