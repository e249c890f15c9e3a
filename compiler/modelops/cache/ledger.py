"""What is kept of a project's last compile, as values and as bytes.

Part of `cache`. Hashes of files, never their content: what stands in `generated/` is the content.
Pure; bytes of another shape than ours are None, as if they were not there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelops.diagnostics import Diagnostic, Note, Severity
from modelops.diagnostics.rulebook import RULES
from modelops.disk import Remembered
from modelops.parts import Known, Login
from modelops.provenance import Span

MISSHAPEN = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading JSON of another shape can raise."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a unit's file or of what is shared, with a key of all that it follows from."""

    key: str
    known: Known


@dataclass(frozen=True, slots=True)
class Ledger:
    """A compile that succeeded.

    Attributes:
        compiler: the fingerprint of the compiler that did it.
        common: what came of what is shared; None before the first compile.
        leaves: by the unit's file.
        folders: what was known of the folders of `generated/`.
    """

    compiler: str
    common: Kept | None
    leaves: Mapping[str, Kept]
    folders: Mapping[str, Remembered]


@dataclass(frozen=True, slots=True)
class Settled:
    """A compile after which `generated/` was just as it should be.

    Attributes:
        run: the key of all that was compiled.
        look: a stamp of all of `generated/` that it was about.
        files: how many files it made.
        units: of how many units' files.
        found: what it had to tell.
    """

    run: str
    look: str
    files: int
    units: int
    found: tuple[Diagnostic, ...]


NO_LEDGER = Ledger("", None, {}, {})


def ledger_content(ledger: Ledger) -> bytes:
    """The bytes of a ledger."""
    return _json(
        {
            "compiler": ledger.compiler,
            "common": ledger.common and _kept(ledger.common),
            "leaves": {leaf: _kept(kept) for leaf, kept in ledger.leaves.items()},
            "folders": {
                folder: [known.stamp, known.digests] for folder, known in ledger.folders.items()
            },
        }
    )


def read_ledger(content: bytes) -> Ledger | None:
    """The ledger that `ledger_content` was given."""
    try:
        root = json.loads(content)
        return Ledger(
            str(root["compiler"]),
            root["common"] and _read_kept(root["common"]),
            {leaf: _read_kept(kept) for leaf, kept in root["leaves"].items()},
            {
                folder: Remembered(stamp, _texts(digests))
                for folder, (stamp, digests) in root["folders"].items()
            },
        )
    except MISSHAPEN:
        return None


def settled_content(settled: Settled) -> bytes:
    """The bytes of a settled compile."""
    found = [_diagnostic(each) for each in settled.found]
    return _json([settled.run, settled.look, settled.files, settled.units, found])


def read_settled(content: bytes) -> Settled | None:
    """What `settled_content` was given."""
    try:
        run, look, files, units, found = json.loads(content)
        diagnostics = tuple(_read_diagnostic(each) for each in found)
        return Settled(str(run), str(look), int(files), int(units), diagnostics)
    except MISSHAPEN:
        return None


# --- what came of a file -------------------------------------------------------------------------


def _kept(kept: Kept) -> list[Any]:
    known = kept.known
    found = [_diagnostic(each) for each in known.found]
    return [kept.key, known.files, found, known.claims, known.shares, known.reads, known.logins]


def _read_kept(row: list[Any]) -> Kept:
    key, files, found, claims, shares, reads, logins = row
    return Kept(
        str(key),
        Known(
            _texts(files),
            tuple(_read_diagnostic(each) for each in found),
            tuple(claims),
            _counts(shares),
            tuple(reads),
            tuple(Login(str(identity), _texts(credential)) for identity, credential in logins),
        ),
    )


def _texts(texts: Mapping[str, str]) -> Mapping[str, str]:
    """A map as it is.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(texts, dict):
        raise TypeError(texts)
    return texts


def _counts(counts: Mapping[str, int]) -> Mapping[str, int]:
    """Numbers by name.

    Raises:
        TypeError, ValueError: it is something else.
    """
    return {str(name): int(count) for name, count in dict(counts).items()}


# --- diagnostics ---------------------------------------------------------------------------------


def _diagnostic(each: Diagnostic) -> list[Any]:
    return [
        each.rule.code,
        each.message,
        _span(each.at),
        each.help,
        each.label,
        [[_span(note.at), note.message] for note in each.notes],
        each.severity.value,
        [_span(span) for span in each.hidden],
        each.owner,
    ]


def _read_diagnostic(row: list[Any]) -> Diagnostic:
    code, message, at, help_, label, notes, severity, hidden, owner = row
    return Diagnostic(
        RULES[code],
        message,
        Span(*at),
        help_,
        label,
        tuple(Note(Span(*place), text) for place, text in notes),
        Severity(severity),
        tuple(Span(*span) for span in hidden),
        owner,
    )


def _span(span: Span) -> list[Any]:
    return [span.file, span.line, span.column, span.end_line, span.end_column]


def _json(value: Any) -> bytes:  # noqa: ANN401 -- whatever JSON can hold
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
