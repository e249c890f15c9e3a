"""Part of `simulation`: how many tiny simulations one unit of scheduling runs.

A scheduler handles some hundred units a second, whatever they do. Models that take milliseconds
are put together until a unit takes as long as makes its scheduling not matter, or its results are
as large as may travel at once. All of it is decided from what was measured in the same run.
"""

from dataclasses import dataclass

from modelops_runtime.contracts.simulation import Simulated, SimulationResult
from modelops_runtime.contracts.table import INLINE_CAP, InlineTable

LONG = 0.25
"""Seconds that a unit takes at least, if it can be made longer: with a hundred workers, a scheduler
then has four hundred units a second to handle."""

LARGE = 4 * INLINE_CAP
"""Bytes of the tables that travel with one unit, roughly."""

SOME = 1000
"""Simulations that are begun and unread, where nobody says how many: whoever adds workers sees by
them that more are needed."""

PER_WORKER = 4
"""Units for each worker, at least: one runs, others wait nearby, and none is left with the last."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What has become of several simulations.

    Attributes:
        results: in their order.
        seconds: that all of them took together; 0.0 where it is not known.
    """

    results: tuple[SimulationResult, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """What one simulation takes, on the average of those that were last measured.

    Attributes:
        seconds: of it.
        size: bytes of the tables that travel with its result.
    """

    seconds: float
    size: float

    @property
    def together(self) -> int:
        """How many make one unit of a good length."""
        by_time = LONG / max(self.seconds, LONG / SOME)
        by_size = LARGE / max(self.size, 1.0)
        return max(1, int(min(by_time, by_size)))


ALONE = Pace(LONG, 0.0)
"""The pace as long as nothing is known: each runs by itself."""


def measured(pace: Pace | None, batch: Batch) -> Pace:
    """The pace, now that this batch has ended; half of it by the batch, if that was measured."""
    if not batch.seconds:
        return pace or ALONE
    count = len(batch.results)
    now = Pace(batch.seconds / count, sum(map(_travelling, batch.results)) / count)
    if pace is None:
        return now
    return Pace((pace.seconds + now.seconds) / 2, (pace.size + now.size) / 2)


def batch_size(pace: Pace, window: int, workers: int) -> int:
    """How many to put into a unit, so that no worker goes without while others have several."""
    return max(1, min(pace.together, window // (PER_WORKER * max(workers, 1))))


def window_of(asked: int | None, pace: Pace, workers: int) -> int:
    """How many may be begun and unread."""
    if asked is not None:
        return asked
    return max(SOME, pace.together * PER_WORKER * max(workers, 1))


def _travelling(result: SimulationResult) -> int:
    if not isinstance(result, Simulated):
        return len(result.diagnostics.text)
    tables = (output.table for output in result.outputs)
    return sum(table.size for table in tables if isinstance(table, InlineTable))
