"""Part of `run_report`: the scale of the losses, which pictures and text share."""

import math
from collections.abc import Sequence

WIDE = 30.0
"""From this ratio of the greatest loss to the least on, a logarithmic scale shows more."""


def is_logarithmic(losses: Sequence[float]) -> bool:
    """Whether the losses are to stand on a logarithmic scale."""
    return bool(losses) and min(losses) > 0 and max(losses) / min(losses) >= WIDE


def height(loss: float, losses: Sequence[float]) -> float:
    """Where a loss stands between the least of them, zero, and the greatest, one."""
    scaled = math.log if is_logarithmic(losses) else float
    low, high = scaled(min(losses)), scaled(max(losses))
    return (scaled(loss) - low) / (high - low) if high > low else 0.5
