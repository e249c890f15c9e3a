"""`json`: the findings as a list of objects, for programs of people's own.

Keys stand in a fixed order and are always there: `code severity message label help location notes`.
Lines and columns count from 1, columns in characters, and the end is exclusive. `location.file` is
a path below the project root, or the option of the command line that a finding is about,
without its value.
"""

from modelops.diagnostics.diagnostic import Diagnostic, Note
from modelops.diagnostics.formats.finding import file_of, json_document
from modelops.provenance import Span


def json_text(diagnostics: tuple[Diagnostic, ...]) -> str:
    """All findings in the order given; `[]` for none."""
    return json_document([_finding(one) for one in diagnostics])


def _finding(one: Diagnostic) -> dict[str, object]:
    return {
        "code": one.rule.code,
        "severity": str(one.severity),
        "message": one.message,
        "label": one.label,
        "help": one.help,
        "location": _location(one.at),
        "notes": [_note(note) for note in one.notes],
    }


def _note(note: Note) -> dict[str, object]:
    return {"message": note.message, "location": _location(note.at)}


def _location(span: Span) -> dict[str, object]:
    return {
        "file": file_of(span),
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
