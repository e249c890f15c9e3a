"""Rules about storage."""

from modelops.diagnostics.rule import Rule

RULES: tuple[Rule, ...] = ()
