"""Rules about scaling and availability."""

from modelops.diagnostics.rule import Rule

RULES: tuple[Rule, ...] = ()
