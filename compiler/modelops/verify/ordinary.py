"""Part of the stage `verify`: a quick test that spares most objects a walk through their values.

Two checks look at every single value. This asks once, in Rust, whether an object can interest them
at all; what they then say is theirs alone, and a test holds that they find nothing in what is
ordinary.
"""

from typing import Final

from jsonschema_rs import Draft202012Validator

from modelops.manifests import Body

LARGEST: Final = 2**53
"""The integer up to which JavaScript knows every one (IEEE 754 double precision)."""

LOST_KEYS: Final = ("__proto__", "constructor")
"""Keys that JavaScript's own objects have, and that a map from JSON loses or trips over."""

ORDINARY = Draft202012Validator(
    {
        "$ref": "#/$defs/value",
        "$defs": {
            "value": {
                "type": ["array", "boolean", "integer", "object", "string"],
                "minimum": -LARGEST,
                "maximum": LARGEST,
                "not": {"type": "string", "pattern": r"\$\{"},
                "properties": dict.fromkeys(LOST_KEYS, False),
                "patternProperties": {r"\$\{": False},
                "additionalProperties": {"$ref": "#/$defs/value"},
                "items": {"$ref": "#/$defs/value"},
            }
        },
    }
)


def is_ordinary(body: Body) -> bool:
    """Whether an object has no null, fraction, huge integer, lost key or variable anywhere."""
    return ORDINARY.is_valid(body)
