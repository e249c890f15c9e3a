"""Part of `search`: an algorithm whose store may be away for a while."""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from modelops_runtime.algorithms.protocol import (
    AdaptiveAlgorithm,
    Past,
    Proposal,
    Telling,
    Unavailable,
)
from modelops_runtime.contracts.trial import TrialResult
from modelops_runtime.search.clock import Clock

LONGEST = 90.0
"""Seconds: shorter than a lease, or everything that runs would be somebody else's by then."""

PAUSE = 1.0

LOG = logging.getLogger(__name__)

Answer = TypeVar("Answer")


class PatientAlgorithm:
    """The same algorithm; what its store did not answer is asked again for a while."""

    def __init__(self, algorithm: AdaptiveAlgorithm, clock: Clock) -> None:
        self._algorithm = algorithm
        self._clock = clock

    def ask(self, count: int) -> Sequence[Proposal]:
        """See the protocol."""
        return self._patiently(lambda: self._algorithm.ask(count))

    def renew(self, numbers: Iterable[int]) -> Sequence[int]:
        """See the protocol."""
        mine = list(numbers)
        return self._patiently(lambda: self._algorithm.renew(mine))

    def release(self, numbers: Iterable[int]) -> None:
        """See the protocol."""
        mine = list(numbers)
        self._patiently(lambda: self._algorithm.release(mine))

    def report(self, number: int, step: int, loss: float) -> bool:
        """See the protocol."""
        return self._patiently(lambda: self._algorithm.report(number, step, loss))

    def tell(self, number: int, result: TrialResult) -> Telling:
        """See the protocol."""
        return self._patiently(lambda: self._algorithm.tell(number, result))

    def finished(self) -> bool:
        """See the protocol."""
        return self._patiently(self._algorithm.finished)

    def restore(self, past: Iterable[Past]) -> None:
        """See the protocol."""
        self._algorithm.restore(past)

    def close(self) -> None:
        """See the protocol."""
        self._algorithm.close()

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        """The answer.

        Raises:
            Unavailable: there was none in time.
        """
        until = self._clock.now() + LONGEST
        while True:
            try:
                return call()
            except Unavailable as error:
                if self._clock.now() >= until:
                    raise
                LOG.warning("the store of the trials does not answer", extra={"why": str(error)})
            self._clock.sleep(PAUSE)
