"""The field types that the models share: quantities, durations, fractions, labels, names, maps.

Each type parses what a person may write into one exact value, refuses the rest with a rule's code
and a remedy, serialises to its canonical text, and describes itself for the exported schemas. The
models use these and no bare `str` or `int` where the field means more.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from modelops import names
from modelops.diagnostics import Rule
from modelops.diagnostics.rulebook import cfg, dsk, nam, sec
from modelops.provenance import carried

K = TypeVar("K")
V = TypeVar("V")


class Spec(BaseModel):
    """The base of all that a person may write: frozen, camelCase, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=False
    )


def refuse(rule: Rule, message: str, remedy: str) -> NoReturn:
    """Raise the pydantic error that `validate` turns into a diagnostic of this rule."""
    raise PydanticCustomError(rule.code, "{message}", {"message": message, "help": remedy})


def _frozen(mapping: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(mapping))


def _thawed(mapping: Mapping[K, V]) -> dict[K, V]:
    return dict(mapping)


FrozenMap = Annotated[
    Mapping[K, V],
    AfterValidator(_frozen),
    PlainSerializer(_thawed),
    Field(default_factory=lambda: MappingProxyType({})),
]
"""A map keyed by name, in the order written, that nobody can change."""

# --- numbers -------------------------------------------------------------------------------------

Count = Annotated[int, Strict(), Field(ge=0, le=100_000)]
"""How many of something; the upper bound catches slips of the keyboard."""

Positive = Annotated[int, Strict(), Field(ge=1, le=100_000)]
Port = Annotated[int, Strict(), Field(ge=1, le=65_535)]
Uid = Annotated[int, Strict(), Field(ge=1, le=4_294_967_294)]
"""A numeric user; 0 is root, which Pod Security *restricted* refuses."""

Flag = Annotated[bool, Strict()]
Share = Annotated[float, Strict(), Field(gt=0, le=1, allow_inf_nan=False)]
"""A fraction of a whole, above 0 and at most 1."""

Headroom = Annotated[float, Strict(), Field(ge=0, lt=1, allow_inf_nan=False)]


def _saturation(value: object) -> object:
    return float("inf") if value in ("inf", ".inf") else value


Saturation = Annotated[
    float,
    Field(strict=True, gt=0),
    BeforeValidator(_saturation),
    PlainSerializer(lambda value: "inf" if value == float("inf") else value),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "enum": ["inf", ".inf"]},
            ]
        }
    ),
]
"""Dask's `worker-saturation`: tasks sent ahead to a worker for each of its threads, or `inf`."""

# --- quantities ----------------------------------------------------------------------------------

_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,3})?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_LARGEST = 2**63 - 1


def quantity(text: str) -> Fraction | None:
    """The exact value of a Kubernetes quantity, or None where it is none.

    Grammar of k8s.io/apimachinery/pkg/api/resource: sign, decimal number, one suffix.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return None
    number, suffix = Fraction(match[1].rstrip(".")), match[2] or ""
    if suffix in _BINARY:
        return number * Fraction(1024 ** _BINARY[suffix])
    power = _DECIMAL[suffix] if suffix in _DECIMAL else int(suffix[1:])
    return number * Fraction(f"1e{power}")


def _as_text(value: object) -> str | None:
    """What was typed, for a value that YAML may have read as a number."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _exact(value: object, rule: Rule, example: str) -> Fraction:
    text = _as_text(value)
    amount = quantity(text) if text is not None else None
    if amount is None:
        refuse(rule, f"`{value}` is not a Kubernetes quantity", f"write it like {example}")
    if amount < 0 or amount > _LARGEST:
        refuse(rule, f"`{value}` is out of range", f"write it like {example}")
    return amount


def _millicores(value: object) -> int:
    milli = _exact(value, cfg.CFG011, '"2" or 500m') * 1000
    if milli.denominator != 1:
        refuse(cfg.CFG011, f"`{value}` is finer than a thousandth of a CPU", "round it to 1m")
    if not milli:
        refuse(cfg.CFG011, f"`{value}` is no CPU at all", "ask for at least 1m")
    return int(milli)


_UNITLESS = 1 << 20
"""Below 1 MiB a plain number of bytes is a forgotten unit."""


def _bytes(value: object) -> int:
    text = _as_text(value) or ""
    amount = _exact(value, dsk.DSK002, "8Gi or 512Mi")
    if text.endswith("m"):
        refuse(
            dsk.DSK002,
            f"`{text}` is {float(amount):g} bytes to Kubernetes: `m` means a thousandth",
            f"write {text[:-1]}Mi for mebibytes, or {text[:-1]}M for megabytes",
        )
    if amount.denominator != 1:
        refuse(dsk.DSK002, f"`{text}` is not a whole number of bytes", "use a smaller unit")
    if not amount:
        refuse(dsk.DSK002, f"`{text}` is nothing at all", "ask for at least 1Mi")
    if amount < _UNITLESS:
        refuse(dsk.DSK002, f"`{text}` is {amount} bytes: the unit is missing", f"write {text}Gi")
    return int(amount)


def cpu_text(millicores: int) -> str:
    """Canonical text of a CPU quantity: `500m`, `2`."""
    text = f"{millicores}m" if millicores % 1000 else str(millicores // 1000)
    return carried(text, millicores)


def bytes_text(amount: int) -> str:
    """Canonical text of a byte quantity: the largest exact unit, binary before decimal."""
    for suffix, power in reversed(_BINARY.items()):
        if amount and amount % 1024**power == 0:
            return carried(f"{amount // 1024**power}{suffix}", amount)
    for suffix, power in reversed(_DECIMAL.items()):
        if amount and power > 0 and amount % 10**power == 0:
            return carried(f"{amount // 10**power}{suffix}", amount)
    return carried(str(amount), amount)


_QUANTITY_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "pattern": rf"^{_QUANTITY.pattern}$"},
        {"type": "number", "exclusiveMinimum": 0},
    ]
}

Cpu = Annotated[
    int,
    BeforeValidator(_millicores),
    PlainSerializer(cpu_text),
    WithJsonSchema(_QUANTITY_SCHEMA | {"examples": ["500m", "2"]}),
]
"""CPUs in thousandths."""

Bytes = Annotated[
    int,
    BeforeValidator(_bytes),
    PlainSerializer(bytes_text),
    WithJsonSchema(
        _QUANTITY_SCHEMA
        | {"not": {"type": "string", "pattern": "m$"}, "examples": ["512Mi", "8Gi"]}
    ),
]
"""Memory or storage in bytes."""

# --- durations -----------------------------------------------------------------------------------

_DURATION = re.compile(r"(?=\d)(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")


def _seconds(value: object) -> int:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        refuse(cfg.CFG011, f"`{value}` is not a duration", "write it like 90s, 15m or 12h")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def duration_text(seconds: int) -> str:
    """Canonical text of a duration, as Go and so Flux write it: `1h0m0s`, `1m30s`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    shorter = f"{minutes}m{left}s" if minutes else f"{left}s"
    return carried(f"{hours}h{minutes}m{left}s" if hours else shorter, seconds)


Duration = Annotated[
    int,
    BeforeValidator(_seconds),
    PlainSerializer(duration_text),
    WithJsonSchema(
        {"type": "string", "pattern": r"^(?=\d)(\d+h)?(\d+m)?(\d+s)?$", "examples": ["90s", "15m"]}
    ),
]
"""Whole seconds."""

# --- text ----------------------------------------------------------------------------------------

Text = Annotated[str, StringConstraints(max_length=4096)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=253)]


def _pattern_schema(pattern: re.Pattern[str], limit: int | None = None) -> dict[str, Any]:
    length = {} if limit is None else {"maxLength": limit}
    return {"type": "string", "pattern": f"^{pattern.pattern}$"} | length


def _object_name(value: str) -> str:
    if not names.is_object_name(value):
        refuse(
            cfg.CFG011,
            f"`{value}` is no name that Kubernetes takes",
            "use lower-case letters, digits, dashes and dots, with a letter or digit at both ends",
        )
    return value


ObjectName = Annotated[
    str,
    AfterValidator(_object_name),
    WithJsonSchema(_pattern_schema(names.SUBDOMAIN, names.SUBDOMAIN_LIMIT)),
]
"""A Secret, class or other object (RFC 1123 subdomain)."""


def _label_name(value: str) -> str:
    if names.NAMESPACE.fullmatch(value) is None:
        refuse(
            cfg.CFG011,
            f"`{value}` is no name that Kubernetes takes here",
            "use at most 63 lower-case letters, digits and dashes",
        )
    return value


Namespace = Annotated[
    str, AfterValidator(_label_name), WithJsonSchema(_pattern_schema(names.NAMESPACE))
]
PoolName = Namespace
"""A node pool: its name is also the value of a node label."""


def _env_name(value: str) -> str:
    if names.ENV_NAME.fullmatch(value) is None:
        refuse(
            sec.SEC006,
            f"`{value}` is no name for an environment variable",
            "use letters, digits and underscores, not beginning with a digit",
        )
    return value


EnvName = Annotated[str, AfterValidator(_env_name), WithJsonSchema(_pattern_schema(names.ENV_NAME))]

SourceText = Annotated[str, WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""A scalar kept as it was typed: `no`, `012`, `1e3` and `true` stay text.

`validate` gives fields of this type the source text of the scalar instead of its YAML value; maps
and lists are refused.
"""


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float) or value in (float("inf"), -float("inf")):
        refuse(cfg.CFG011, f"`{value}` is no text, number, true or false", "write one value")
    return value


Scalar = Annotated[
    str | int | float | bool,
    BeforeValidator(_scalar),
    WithJsonSchema({"type": ["boolean", "number", "string"]}),
]
"""One value, of the type that YAML reads it as."""


HostName = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$",
        max_length=253,
    ),
]
"""A DNS name of at least two parts."""


def _label_key(value: str) -> str:
    if not names.is_label_key(value):
        refuse(
            nam.NAM007,
            f"`{value}` is no label key that Kubernetes takes",
            "use [prefix/]name: at most 63 letters, digits, dashes, underscores and dots",
        )
    return value


def _label_value(value: str) -> str:
    if not names.is_label_value(value):
        refuse(
            nam.NAM007,
            f"`{value}` is no label value that Kubernetes takes",
            "use at most 63 letters, digits, dashes, underscores and dots, with a letter or digit "
            "at both ends",
        )
    return value


_LABEL_KEY = re.compile(rf"(?:{names.SUBDOMAIN.pattern}/)?{names.LABEL_NAME.pattern}")
LabelKey = Annotated[str, AfterValidator(_label_key), WithJsonSchema(_pattern_schema(_LABEL_KEY))]
LabelValue = Annotated[
    str, AfterValidator(_label_value), WithJsonSchema(_pattern_schema(names.LABEL_VALUE))
]
Labels = FrozenMap[LabelKey, LabelValue]
