"""What several formats say alike of a finding: its place, advice and identity, and JSON for all.

Knows no format; decides nothing that a reader of one format could not expect of another.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from modelops.diagnostics.diagnostic import Diagnostic
from modelops.diagnostics.text import is_option
from modelops.provenance import Span


def file_of(span: Span) -> str:
    """The file; of the command line the option without its value, which may be secret."""
    return span.file.partition("=")[0] if is_option(span) else span.file


def advised(diagnostic: Diagnostic) -> str:
    """The message, and the remedies below it."""
    return "\n".join([diagnostic.message, *diagnostic.help.splitlines()])


def fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """For each finding what says that it is the same one after other lines moved.

    Made of code, file and message; where those are alike, of how many such came before, because
    code hosts drop the second of two equal ones.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    for one in diagnostics:
        key = (one.rule.code, file_of(one.at), one.message)
        parts = json.dumps([*key, seen[key]])
        seen[key] += 1
        yield sha256(parts.encode()).hexdigest()


def json_document(value: object) -> str:
    """JSON as it is written in every format, keys in the order given."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
