"""Rules about the network."""

from modelops.diagnostics.rule import Rule

RULES: tuple[Rule, ...] = ()
