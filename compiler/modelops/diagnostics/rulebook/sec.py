"""Rules about secrets, references and pod security."""

from modelops.diagnostics.rule import Rule

RULES: tuple[Rule, ...] = ()
