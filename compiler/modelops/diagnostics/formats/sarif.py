"""`sarif`: a SARIF 2.1.0 log, for GitHub code scanning and other viewers.

The first location of a result is the line that people wrote; the places of its notes, and the
generated file that a message is about, are related ones. Holds no time and no version, so the same
findings give the same bytes. Rules are those that the results break.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.formats.finding import advised, file_of, fingerprints, json_document
from modelops.diagnostics.rule import Rule
from modelops.diagnostics.text import is_option
from modelops.provenance import Span

MOST_RESULTS = 5_000
"""What GitHub code scanning keeps of one run; it refuses a run of more than 25,000."""

MOST_LOCATIONS = 1_000
"""What GitHub code scanning takes of one result."""

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_GENERATED = re.compile(r"\bgenerated/[\w./-]+\.(?:yaml|json)\b")

_Json = dict[str, object]


def sarif_log(diagnostics: tuple[Diagnostic, ...]) -> str:
    """A log of one run: the first findings, in the order given."""
    kept = diagnostics[:MOST_RESULTS]
    rules = sorted({one.rule.code: one.rule for one in kept}.items())
    index = {code: position for position, (code, _) in enumerate(rules)}
    driver = {"name": "modelops", "rules": [_descriptor(rule) for _, rule in rules]}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(len(diagnostics) - len(kept))],
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(one, index[one.rule.code], fingerprint)
            for one, fingerprint in zip(kept, fingerprints(kept), strict=True)
        ],
    }
    return json_document({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _invocation(left_out: int) -> _Json:
    """That the run came to its end, and how much of what it found is not in the log."""
    said = f"{left_out} more findings are left out: a log holds {MOST_RESULTS}, the worst first."
    notification = {"level": "warning", "message": {"text": said}}
    notifications = {"toolExecutionNotifications": [notification]} if left_out else {}
    return {"executionSuccessful": True, **notifications}


def _descriptor(rule: Rule) -> _Json:
    """What the rule book has of a rule."""
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": _help(rule), "markdown": _help_in_markdown(rule)},
        "defaultConfiguration": {"level": str(rule.severity)},
    }


def _help(rule: Rule) -> str:
    return f"{rule.why}\n\nRefused:\n{rule.failing}\nAccepted:\n{rule.passing}\n{rule.remedy}"


def _help_in_markdown(rule: Rule) -> str:
    examples = {"Refused": rule.failing, "Accepted": rule.passing}
    shown = "\n\n".join(f"**{name}**\n\n{_example(text)}" for name, text in examples.items())
    return f"{rule.why}\n\n{shown}\n\n**What to do**\n\n{rule.remedy}"


def _example(text: str) -> str:
    """A file in a fence; what no file can show is told in words."""
    return f"```yaml\n{text.rstrip()}\n```" if text.startswith("# ") else text.rstrip()


def _result(one: Diagnostic, rule_index: int, fingerprint: str) -> _Json:
    related = {json_document(each): each for each in _related(one)}  # the schema: each once
    return {
        "ruleId": one.rule.code,
        "ruleIndex": rule_index,
        "level": str(one.severity),
        "message": {"text": advised(one)},
        "locations": [_location(one.at)],
        **({"relatedLocations": list(related.values())[: MOST_LOCATIONS - 1]} if related else {}),
        "partialFingerprints": {"finding/v1": fingerprint},
    }


def _related(one: Diagnostic) -> Iterator[_Json]:
    """The places of the notes, then the generated files that the message names."""
    for note in one.notes:
        yield _location(note.at) | {"message": {"text": note.message}}
    for file in dict.fromkeys(_GENERATED.findall(one.message)):
        said = {"message": {"text": "the generated file"}}
        yield {"physicalLocation": {"artifactLocation": _artifact(file)}, **said}


def _location(span: Span) -> _Json:
    """A stretch of a file; of the command line the option, which stands in no file."""
    if is_option(span):
        return {"logicalLocations": [{"fullyQualifiedName": file_of(span), "kind": "parameter"}]}
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": region}}


def _artifact(file: str) -> _Json:
    """A path below the project root as a relative reference."""
    return {"uri": quote(file, errors="replace")}
