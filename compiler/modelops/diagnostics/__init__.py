"""What the compiler says to people: values with a code, a place and a remedy.

Every stage returns an `Outcome`: its value, or None, and everything it found. `rulebook` is the
closed list of codes; `text` turns diagnostics into what a terminal shows. Nothing here prints.
"""

from modelops.diagnostics.diagnostic import Diagnostic, Note, Outcome, as_told, worst_first
from modelops.diagnostics.rule import Rule, Severity, Tier
from modelops.diagnostics.suggest import did_you_mean

__all__ = [
    "Diagnostic",
    "Note",
    "Outcome",
    "Rule",
    "Severity",
    "Tier",
    "as_told",
    "did_you_mean",
    "worst_first",
]
