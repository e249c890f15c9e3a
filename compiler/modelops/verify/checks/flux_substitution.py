"""GIT006: `${…}` in generated text, which Flux's variable substitution would replace.

Substitution may be switched on for a Kustomization by someone else; a shell script in a ConfigMap
then loses its variables without a word. `$${…}` is left alone by it.
"""

import re
from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.verify.paths import search, shown
from modelops.verify.placement import Placement, finding

VARIABLE = re.compile(r"(?<!\$)(?:\$\$)*(\$\{[^}]{0,40}\}?)")
"""An odd number of dollar signs before the brace: each pair stands for one."""

HELP = "write the value itself; in a shell script, $NAME without braces"


def flux_substitution(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every key and string that holds a variable."""
    for placed in placement.objects:
        if not placed.is_ordinary:
            for path, text in search(placed.body, _substituted):
                yield finding(git.GIT006, placed, path, text, HELP)


def _substituted(key: object, value: object) -> str:
    for what in (value, key):
        if isinstance(what, str) and "${" in what:
            variable = VARIABLE.search(what)
            if variable:
                return f"Flux would substitute {shown(variable[1])}"
    return ""
