"""Contracts: a parameter set, the point at which a model is simulated."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from modelops_runtime.contracts.identity import content_id
from modelops_runtime.contracts.names import checked_name
from modelops_runtime.contracts.violation import ContractViolation

Scalar = bool | int | float | str
"""What a parameter may be. Types count: `1`, `1.0` and `True` are three values."""

KIND = "parameters/1"

LEAST_INT, GREATEST_INT = -(2**63), 2**63 - 1
"""Of a parameter that is a whole number: what a column of a result table holds."""


@dataclass(frozen=True, slots=True)
class ParameterSet:
    """A value for each parameter of a model.

    Two sets are equal where their ids are: mappings would be so already where a number and a truth
    value are alike.

    Attributes:
        values: by name, sorted by it; numbers are finite, and there is only one zero.
        id: stable across processes, machines and versions of Python.
    """

    values: Mapping[str, Scalar] = field(compare=False)
    id: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make the values canonical, and the id of them.

        Raises:
            ContractViolation: a name or a value is none that a parameter may have.
        """
        named = {checked_name(name, "a parameter"): value for name, value in self.values.items()}
        values = {name: _canonical(name, value) for name, value in sorted(named.items())}
        object.__setattr__(self, "values", MappingProxyType(values))
        object.__setattr__(self, "id", content_id(KIND, values))

    def __reduce__(self) -> tuple[type["ParameterSet"], tuple[dict[str, Scalar]]]:
        """Pickled as its values: a read-only mapping cannot be."""
        return ParameterSet, (dict(self.values),)


def _canonical(name: str, value: object) -> Scalar:
    """The value as the plain scalar that it is.

    Raises:
        ContractViolation: it is none.
    """
    match value:
        case bool():
            return value
        case int() if LEAST_INT <= value <= GREATEST_INT:
            return int(value)
        case float() if math.isfinite(value):
            return float(value) + 0.0  # the sum of both zeros is the positive one
        case str() if _is_unicode(value):
            return str.__str__(value)
    raise ContractViolation(f"parameter `{name}` is {value!r}: {_wanted(value)}")


def _wanted(value: object) -> str:
    match value:
        case int():
            return "a whole number has to fit into 64 bits"
        case float():
            return "a number has to be finite"
        case str():
            return "a text has to be valid Unicode"
    return f"{type(value).__qualname__} is no type of a parameter"


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
