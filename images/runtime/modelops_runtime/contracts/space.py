"""Contracts: what a run varies: the parameters of a model, and the values that each may have."""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from modelops_runtime.contracts.names import checked_name
from modelops_runtime.contracts.parameters import (
    GREATEST_INT,
    LEAST_INT,
    ParameterSet,
    Scalar,
)
from modelops_runtime.contracts.violation import ContractViolation


@dataclass(frozen=True, slots=True)
class FloatParameter:
    """A number between two bounds, both of them included.

    Attributes:
        log: whether it is searched on a logarithmic scale.
    """

    name: str
    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        """Check the name and the bounds.

        Raises:
            ContractViolation: there is no number between them, or no logarithm of one.
        """
        checked_name(self.name, "a parameter")
        for bound in ("low", "high"):
            object.__setattr__(self, bound, _real(self.name, getattr(self, bound)))
        _check_bounds(self.name, self.low, self.high)
        if self.log and self.low <= 0:
            raise ContractViolation(
                f"parameter `{self.name}` begins at {self.low}: a logarithmic scale has no zero"
            )

    def allows(self, value: Scalar) -> bool:
        """Whether it may have this value; types count."""
        return isinstance(value, float) and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class IntParameter:
    """A whole number between two bounds, both of them included.

    Attributes:
        log: whether it is searched on a logarithmic scale.
    """

    name: str
    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        """Check the name and the bounds.

        Raises:
            ContractViolation: there is no whole number between them, or no logarithm of one.
        """
        checked_name(self.name, "a parameter")
        for bound in (self.low, self.high):
            _check_whole(self.name, bound)
        _check_bounds(self.name, self.low, self.high)
        if self.log and self.low < 1:
            raise ContractViolation(
                f"parameter `{self.name}` begins at {self.low}: the logarithmic scale of whole"
                " numbers begins at 1"
            )

    def allows(self, value: Scalar) -> bool:
        """Whether it may have this value; types count."""
        return type(value) is int and self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class CategoricalParameter:
    """One of several values; `1`, `1.0` and `True` are three."""

    name: str
    choices: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        """Check the name and make the choices canonical.

        Raises:
            ContractViolation: there is no choice, one is none, or one is given twice.
        """
        checked_name(self.name, "a parameter")
        canonical = tuple(ParameterSet({self.name: one}).values[self.name] for one in self.choices)
        if not canonical:
            raise ContractViolation(f"parameter `{self.name}` has no choices")
        if len({(type(one), one) for one in canonical}) < len(canonical):
            raise ContractViolation(f"parameter `{self.name}` has one choice twice")
        object.__setattr__(self, "choices", canonical)

    def allows(self, value: Scalar) -> bool:
        """Whether it may have this value; types count."""
        return any(type(value) is type(one) and value == one for one in self.choices)


Parameter = FloatParameter | IntParameter | CategoricalParameter

Space = tuple[Parameter, ...]
"""Sorted by name, each name once: as `space` makes it."""


def space(parameters: Iterable[Parameter]) -> Space:
    """The space of these parameters.

    Raises:
        ContractViolation: two have one name.
    """
    ordered = tuple(sorted(parameters, key=lambda parameter: parameter.name))
    for one, other in itertools.pairwise(ordered):
        if one.name == other.name:
            raise ContractViolation(f"parameter `{one.name}` is given twice")
    return ordered


def contains(space: Space, parameters: ParameterSet) -> bool:
    """Whether a set has a value for each parameter of the space, as it may be, and no other."""
    values = parameters.values
    return values.keys() == {parameter.name for parameter in space} and all(
        parameter.allows(values[parameter.name]) for parameter in space
    )


def _real(name: str, bound: object) -> float:
    if isinstance(bound, bool) or not isinstance(bound, int | float) or not math.isfinite(bound):
        raise ContractViolation(f"parameter `{name}` has the bound {bound!r}: no finite number")
    return float(bound)


def _check_whole(name: str, bound: object) -> None:
    if isinstance(bound, bool) or not isinstance(bound, int):
        raise ContractViolation(f"parameter `{name}` has the bound {bound!r}: no whole number")
    if not LEAST_INT <= bound <= GREATEST_INT:
        raise ContractViolation(f"parameter `{name}` has a bound beyond 64 bits")


def _check_bounds(name: str, low: float, high: float) -> None:
    if low > high:
        raise ContractViolation(f"parameter `{name}` goes from {low} to {high}: nothing is between")
