"""Part of stage `validate`: which rule an error breaks, and who has the words for it.

An error and what it is about come in; the rule, a sentence and a remedy leave.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from modelops.diagnostics import Rule
from modelops.diagnostics.rulebook import RULES, cfg
from modelops.validate.fault import Fault, Said
from modelops.validate.keys import missing, missing_tag, unknown, wrong_tag
from modelops.validate.shape import Pattern
from modelops.validate.values import (
    LIMITS,
    NEEDED,
    not_allowed,
    not_finite,
    out_of_range,
    too_long,
    too_short,
    unexplained,
    wrong_form,
    wrong_type,
)

WORDED: Mapping[str, Callable[[Fault], Said]] = {
    **dict.fromkeys(NEEDED, wrong_type),
    **dict.fromkeys(LIMITS, out_of_range),
    "enum": not_allowed,
    "finite_number": not_finite,
    "literal_error": not_allowed,
    "missing": missing,
    "string_pattern_mismatch": wrong_form,
    "string_too_long": too_long,
    "string_too_short": too_short,
    "too_short": too_short,
    "union_tag_invalid": wrong_tag,
    "union_tag_not_found": missing_tag,
}
"""Who has words for which of pydantic's error types."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a person is told; `help` has one remedy a line."""

    rule: Rule
    message: str
    help: str


def words(fault: Fault, homes: Mapping[str, tuple[Pattern, ...]]) -> Words:
    """The rule that a fault breaks, what is wrong, and what to do.

    Args:
        fault: the error.
        homes: where each key of the kind may stand.
    """
    if fault.type == "extra_forbidden":
        return Words(cfg.CFG001, *unknown(fault, homes))
    if fault.type not in RULES:
        return Words(cfg.CFG011, *WORDED.get(fault.type, unexplained)(fault))
    if _is_shapeless(fault):
        return Words(cfg.CFG011, *wrong_type(fault))
    return _refused(fault)


def _is_shapeless(fault: Fault) -> bool:
    """Whether a refusal of one value met what is no single value at all."""
    is_model = fault.target.slot is not None and fault.target.slot.model is not None
    return not isinstance(fault.value, str | int | float) and not is_model


def _refused(fault: Fault) -> Words:
    """What the model itself says; the value stands in it as it was typed, and no longer."""
    message = fault.context["message"].replace(f"`{fault.value}`", f"`{fault.typed}`")
    return Words(RULES[fault.type], message, fault.context["help"])
