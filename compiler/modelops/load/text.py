"""Part of stage `load`: bytes as text, before anything is known of its syntax.

Bytes come in; text leaves that is UTF-8, not too long, and whose lines every editor counts alike.
Also here: the diagnostic that all of the strict reading speaks in.
"""

import re

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import cfg
from modelops.documents import SOURCE_LIMIT
from modelops.provenance import Span, start_of

BYTE_ORDER_MARK = "\ufeff"

FOREIGN = re.compile(
    "[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\r(?!\n)"
)
"""What YAML's `c-printable` excludes; also what only YAML 1.1 takes for the end of a line (U+0085,
U+2028, U+2029) and a lone CR, because editors and this program would count lines differently."""


def decoded(file: str, raw: bytes) -> str | Diagnostic:
    """The text of `raw`, or the first reason why it cannot be YAML."""
    if len(raw) > SOURCE_LIMIT:
        message = f"the text has {len(raw)} bytes; at most {SOURCE_LIMIT} are read"
        return refusal(start_of(file), message, "split it, or move data out of it")
    try:
        text = raw.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    except UnicodeDecodeError as error:
        at = _at_offset(file, raw[: error.start].decode("utf-8").removeprefix(BYTE_ORDER_MARK))
        message = f"byte {error.start} (0x{raw[error.start]:02x}) is not UTF-8"
        return refusal(at, message, "save the file as UTF-8")
    foreign = FOREIGN.search(text)
    if foreign is None:
        return text
    message = f"the character U+{ord(foreign.group()):04X} cannot stand in YAML"
    remedy = "remove it, or write it as an escape in double quotes"
    return refusal(_at_offset(file, text[: foreign.start()]), message, remedy)


def _at_offset(file: str, before: str) -> Span:
    """The one character that follows `before`."""
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return Span(file, line, column, line, column + 1)


def refusal(at: Span, message: str, remedy: str, *notes: Note) -> Diagnostic:
    """CFG010 at a place."""
    return Diagnostic(cfg.CFG010, message, at, help=remedy, notes=notes)
