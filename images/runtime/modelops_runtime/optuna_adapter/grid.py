"""Part of `optuna_adapter`: all points of a grid, each under one number, in an order of the seed.

Optuna's own grid makes a list of all points before the first, cannot be told from outside of its
loop without raising, and repeats points where several are tried at once. Here a point is computed
from its number alone, so that a grid may be of any size and each point has one trial.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from optuna import Study
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial

from modelops_runtime.algorithms.protocol import Refused
from modelops_runtime.contracts.identity import uint64
from modelops_runtime.contracts.parameters import ParameterSet, Scalar
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    Space,
)
from modelops_runtime.optuna_adapter.distributions import encoded

ROUNDS = 4
"""Of the exchange that orders the points: from four on, no order of them shows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The points of a grid.

    Attributes:
        axes: the values of each parameter of the space.
        seed: of their order.
    """

    space: Space
    axes: tuple[Sequence[Scalar], ...]
    seed: int

    @property
    def size(self) -> int:
        """How many points it has."""
        return math.prod(len(axis) for axis in self.axes)

    def point(self, number: int) -> ParameterSet:
        """The point of a number, counted from zero; each point has one."""
        rest = shuffled(number, self.size, self.seed)
        values: dict[str, Scalar] = {}
        for parameter, axis in zip(self.space, self.axes, strict=True):
            rest, place = divmod(rest, len(axis))
            values[parameter.name] = axis[place]
        return ParameterSet(values)


def grid(space: Space, points: int | None, seed: int) -> Grid:
    """The grid of a space.

    Args:
        space: what it is of.
        points: how many values a parameter that is no whole number has; None: not said.
        seed: of the order.

    Raises:
        Refused: a parameter has any number of values.
    """
    return Grid(space, tuple(_axis(parameter, points) for parameter in space), seed)


def shuffled(number: int, size: int, seed: int) -> int:
    """Another number below the size, a different one for each.

    A Feistel network over the least even number of bits that is enough, walked until it comes back
    below the size (Black and Rogaway, Ciphers with arbitrary finite domains, 2002).
    """
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    while True:
        number = _exchanged(number, half, seed)
        if number < size:
            return number


def _exchanged(number: int, half: int, seed: int) -> int:
    mask = (1 << half) - 1
    left, right = number >> half, number & mask
    for step in range(ROUNDS):
        left, right = right, left ^ (_word(f"{seed}:{step}:{right}", half) & mask)
    return left << half | right


def _word(text: str, bits: int) -> int:
    """As many bits as are wanted, or more, that a text always leads to."""
    words = [uint64(f"{text}:{index}") for index in range(bits // 64 + 1)]
    return sum(word << 64 * index for index, word in enumerate(words))


def _axis(parameter: Parameter, points: int | None) -> Sequence[Scalar]:
    match parameter:
        case CategoricalParameter():
            return parameter.choices
        case IntParameter():
            return range(parameter.low, parameter.high + 1)
        case FloatParameter() if parameter.low == parameter.high:
            return (parameter.low,)
        case FloatParameter() if points is None:
            raise Refused(
                f"the sampler `grid` tries each value, and `{parameter.name}` has any number of"
                " them: set the option `points` to how many to try, or choose another sampler"
            )
        case FloatParameter():
            return _spaced(parameter, points)


def _spaced(parameter: FloatParameter, points: int) -> tuple[float, ...]:
    """So many values from bound to bound, at equal distances on the parameter's scale."""
    low, high = parameter.low, parameter.high
    parts = [index / (points - 1) for index in range(1, points - 1)]
    if parameter.log:
        inner = [math.exp(math.log(low) * (1 - part) + math.log(high) * part) for part in parts]
    else:
        inner = [low * (1 - part) + high * part for part in parts]
    return (low, *(min(max(value, low), high) for value in inner), high)


class GridSampler(BaseSampler):
    """Gives each trial the point of its number."""

    def __init__(self, points: Grid) -> None:
        self._points = points

    def infer_relative_search_space(
        self, study: Study, trial: FrozenTrial
    ) -> dict[str, BaseDistribution]:
        """Unused: the space is known."""
        raise NotImplementedError

    def sample_relative(
        self, study: Study, trial: FrozenTrial, search_space: dict[str, BaseDistribution]
    ) -> dict[str, Any]:
        """The point, as far as it varies."""
        del study
        point = encoded(self._points.space, self._points.point(trial.number))
        return {name: point[name] for name in search_space}

    def sample_independent(
        self,
        study: Study,
        trial: FrozenTrial,
        param_name: str,
        param_distribution: BaseDistribution,
    ) -> Any:  # noqa: ANN401 -- as Optuna has it
        """Unused: each parameter that varies is one of the point."""
        raise NotImplementedError
