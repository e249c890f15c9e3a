"""`gitlab`: a Code Quality report, which GitLab shows in a merge request.

The fields are those that GitLab reads (docs.gitlab.com, Code Quality, report format); it compares
the fingerprints of two branches to say what a change adds and mends.
"""

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.formats.finding import advised, file_of, fingerprints, json_document
from modelops.diagnostics.rule import Severity

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def code_quality(diagnostics: tuple[Diagnostic, ...]) -> str:
    """All findings in the order given; `[]` for none."""
    together = zip(diagnostics, fingerprints(diagnostics), strict=True)
    return json_document([_issue(one, fingerprint) for one, fingerprint in together])


def _issue(one: Diagnostic, fingerprint: str) -> dict[str, object]:
    return {
        "description": advised(one),
        "check_name": one.rule.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[one.severity],
        "location": {"path": file_of(one.at), "lines": {"begin": one.at.line}},
    }
