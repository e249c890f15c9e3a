"""`concise`: a line for each finding, `file:line:column: error[CODE] message`, as editors read it.

For people, so nothing in a message steers the terminal, and a message stays on its line.
"""

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.formats.finding import file_of
from modelops.diagnostics.text import printable


def concise_text(diagnostics: tuple[Diagnostic, ...]) -> str:
    """All findings in the order given, with a line's end each; "" for none."""
    return "".join(f"{printable(_line(one))}\n" for one in diagnostics)


def _line(one: Diagnostic) -> str:
    message = " ".join(one.message.splitlines())
    place = f"{file_of(one.at)}:{one.at.line}:{one.at.column}"
    return f"{place}: {one.severity}[{one.rule.code}] {message}"
