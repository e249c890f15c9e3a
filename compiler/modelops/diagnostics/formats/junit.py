"""`junit`: a test report, which nearly every CI service shows.

Each file with findings is a suite, each finding a case of it. An error is a failure; a warning is a
case that passed and says something, so that a report fails exactly where the command does. A run
without findings is one case that passed.
"""

import re
from collections.abc import Mapping

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.formats.finding import advised, file_of

_ESCAPED = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML 1.0 document can hold, escaped or not (its production `Char`)."""

_PASSED = '    <testcase classname="modelops" name="no problems" time="0"/>\n'


def junit_xml(diagnostics: tuple[Diagnostic, ...]) -> str:
    """All findings in the order given, by file."""
    files: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        files.setdefault(file_of(one.at), []).append(one)
    suites = [_suite(file, findings) for file, findings in files.items()]
    body = "".join(suites) or _element("testsuite", _counts("modelops", 1, 0), _PASSED, "  ")
    failures = sum(one.is_error for one in diagnostics)
    root = _element("testsuites", _counts("modelops", len(diagnostics) or 1, failures), body, "")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{root}'


def _suite(file: str, findings: list[Diagnostic]) -> str:
    counts = _counts(file, len(findings), sum(one.is_error for one in findings))
    return _element("testsuite", counts, "".join(_case(one) for one in findings), "  ")


def _counts(name: str, tests: int, failures: int) -> dict[str, str]:
    return {"name": name, "tests": str(tests), "failures": str(failures), "errors": "0"}


def _case(one: Diagnostic) -> str:
    place = {"file": file_of(one.at), "line": str(one.at.line)}
    name = f"{one.rule.code} at {one.at.line}:{one.at.column}"
    named = {"classname": file_of(one.at), "name": name, "time": "0", **place}
    return _element("testcase", named, _verdict(one), "    ")


def _verdict(one: Diagnostic) -> str:
    """What an error is and how to mend it; what a warning says."""
    said = _escaped(f"{one.severity}[{one.rule.code}] {advised(one)}")
    if not one.is_error:
        return f"      <system-out>{said}</system-out>\n"
    head = _attributes({"message": one.message, "type": str(one.severity)})
    return f"      <failure{head}>{said}</failure>\n"


def _element(name: str, attributes: Mapping[str, str], body: str, indent: str) -> str:
    return f"{indent}<{name}{_attributes(attributes)}>\n{body}{indent}</{name}>\n"


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {key}="{_escaped(value)}"' for key, value in attributes.items())


def _escaped(text: str) -> str:
    """Text for an attribute or an element; what XML cannot hold is replaced."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text).translate(_ESCAPED)
