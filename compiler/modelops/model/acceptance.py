"""Warnings that a file accepts, each with the reason."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from modelops.diagnostics.rulebook import RULES, cfg
from modelops.model.fields import FrozenMap, refuse


def _warning_code(code: str) -> str:
    rule = RULES.get(code)
    if rule is None:
        refuse(cfg.CFG011, f"`{code}` is no rule", "list the rules with `modelops rule`")
    if not rule.acceptable:
        refuse(cfg.CFG011, f"{code} is an error, and errors cannot be accepted", rule.remedy)
    return code


_WARNINGS = [rule.code for rule in RULES.values() if rule.acceptable]

Accept = FrozenMap[
    Annotated[
        str,
        AfterValidator(_warning_code),
        WithJsonSchema({"type": "string", "enum": _WARNINGS}),
    ],
    Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)],
]
"""Warnings that this file accepts, each with the reason."""
