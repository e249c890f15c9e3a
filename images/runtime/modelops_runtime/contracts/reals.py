"""Contracts: the numbers of models and objectives, of whatever library they are."""

import math
from numbers import Real


def as_float(number: Real) -> float:
    """The number as a float; infinite, where it is beyond what one can hold."""
    try:
        return float(number)
    except OverflowError:
        return math.inf
