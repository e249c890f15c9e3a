"""Part of stage `load`: what a plain scalar means, by the core schema of YAML 1.2.

A word without quotes comes in; None, a truth value, a number or the word itself leaves. `no`, `on`,
`1:20`, `1_000` and dates are text, as YAML 1.2 says; one exception of our own: a decimal integer
with a leading zero (`012`) is text too, because people who write one mean its digits. Quoted
scalars never come here.
"""

import math
import re
from dataclasses import dataclass

NUMBER_LIMIT = 1000
"""Characters of a number. Python refuses to print integers of more than 4300 digits, and a
hexadecimal number of this length has 1204."""

WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(
        (f"{sign}.{inf}" for sign in ("", "+") for inf in ("inf", "Inf", "INF")), math.inf
    ),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}

NUMBER_START = frozenset("+-.0123456789")
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Refused:
    """A number that is written correctly and cannot be kept; `reason` continues `the number …`."""

    reason: str


Scalar = str | int | float | bool | None


def resolved(text: str) -> Scalar | Refused:
    """The value of a plain scalar."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_START:
        return text
    return _number(text)


def _number(text: str) -> Scalar | Refused:
    """The value of what may be a number: it begins like one."""
    whole = INTEGER.fullmatch(text) or OCTAL_OR_HEX.fullmatch(text)
    if not whole and (LEADING_ZERO.fullmatch(text) or not FLOAT.fullmatch(text)):
        return text
    if len(text) > NUMBER_LIMIT:
        return Refused(f"has {len(text)} characters; at most {NUMBER_LIMIT} can be read")
    if whole:
        return _integer(text)
    value = float(text)
    return Refused("is too large for a floating-point number") if math.isinf(value) else value


def _integer(text: str) -> int:
    """The value of an integer in any of the three notations."""
    bases = {"0o": 8, "0x": 16}
    return int(text, bases.get(text[:2], 10))
