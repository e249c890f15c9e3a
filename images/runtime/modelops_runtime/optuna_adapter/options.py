"""Part of `optuna_adapter`: the further arguments of a sampler, as a run gives them.

Optuna takes any value for most of its arguments and fails at the first ask, or never. Here each
option has a type and bounds, and none is passed over. Arguments that are functions, that Optuna
will remove, or that a run says elsewhere (the seed, the startup trials) are no options.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops_runtime.algorithms.protocol import Refused
from modelops_runtime.contracts.parameters import Scalar


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def wanted(self) -> str:
        """What is to be written, for a message."""
        return "true or false"

    def allows(self, value: Scalar) -> bool:
        """Whether this is a value of it."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of at least this."""

    least: int

    def wanted(self) -> str:
        """What is to be written, for a message."""
        return f"a whole number of at least {self.least}"

    def allows(self, value: Scalar) -> bool:
        """Whether this is a value of it."""
        return type(value) is int and value >= self.least


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these words."""

    words: tuple[str, ...]

    def wanted(self) -> str:
        """What is to be written, for a message."""
        return " or ".join(self.words)

    def allows(self, value: Scalar) -> bool:
        """Whether this is a value of it."""
        return value in self.words


Option = Flag | Whole | OneOf


def check_options(sampler: str, known: Mapping[str, Option], given: Mapping[str, Scalar]) -> None:
    """Check that a sampler has the options that are given.

    Raises:
        Refused: it has not, or not with this value.
    """
    for name, value in sorted(given.items()):
        if name not in known:
            offered = ", ".join(f"`{one}`" for one in sorted(known)) or "none"
            raise Refused(f"the sampler `{sampler}` has no option `{name}`; it has: {offered}")
        if not known[name].allows(value):
            raise Refused(
                f"the option `{name}` of the sampler `{sampler}` is {value!r}: it is to be"
                f" {known[name].wanted()}"
            )
