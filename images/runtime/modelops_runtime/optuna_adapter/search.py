"""Part of `optuna_adapter`: a search that one process owns, in its memory.

What is to outlive the process, its owner writes down and restores from.
"""

import math
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from modelops_runtime.algorithms.adapter import LEASE, Clock
from modelops_runtime.algorithms.protocol import Conflict, Past, Proposal, Telling
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.trial import TrialResult
from modelops_runtime.optuna_adapter.distributions import distributions
from modelops_runtime.optuna_adapter.method import Method
from modelops_runtime.optuna_adapter.tellings import (
    Told,
    check_meant,
    never_proposed,
    told,
    told_again,
)
from modelops_runtime.optuna_adapter.trials import Trials, outcome, trial_of


@dataclass(slots=True)
class _InFlight:
    """A trial that was proposed and not told.

    Attributes:
        proposal: as it is next; its attempt counts how often it was proposed.
        ends: when its lease does, by the clock.
        reports: the loss after each group of replicates.
        pruned: whether it was ended for them.
    """

    proposal: Proposal
    ends: float
    reports: dict[int, float] = field(default_factory=dict)
    pruned: bool = False

    def lease(self, ends: float) -> Proposal:
        """Propose it: what was reported before is reported again."""
        given = self.proposal
        self.proposal = replace(given, attempt=given.attempt + 1)
        self.ends, self.reports, self.pruned = ends, {}, False
        return given


@dataclass(frozen=True, slots=True)
class _Ended:
    parameters: ParameterSet
    told: Told


class OptunaSearch:
    """A search in memory. Any thread may call it."""

    def __init__(self, method: Method, clock: Clock, lease: float = LEASE) -> None:
        self._method = method
        self._clock = clock
        self._lease = lease
        self._trials = Trials(method)
        self._in_flight: dict[int, _InFlight] = {}
        self._ended: dict[int, _Ended] = {}
        self._lock = threading.RLock()

    def ask(self, count: int) -> Sequence[Proposal]:
        """Points of which the lease has ended, then new ones; see the protocol."""
        with self._lock:
            now = self._clock()
            given = [lapsed.lease(now + self._lease) for lapsed in self._lapsed(now)[:count]]
            given.extend(self._new(now) for _ in range(self._left(count - len(given))))
            return given

    def renew(self, numbers: Iterable[int]) -> Sequence[int]:
        """Begin leases anew; those for which there is none any more."""
        with self._lock:
            ends = self._clock() + self._lease
            lost = []
            for number in numbers:
                if number in self._in_flight:
                    self._in_flight[number].ends = ends
                else:
                    lost.append(number)
            return lost

    def release(self, numbers: Iterable[int]) -> None:
        """Give trials back; see the protocol."""
        with self._lock:
            for number in numbers:
                if number in self._in_flight:
                    self._in_flight[number].ends = -math.inf

    def report(self, number: int, step: int, loss: float) -> bool:
        """The loss over the replicates so far; whether to stop the trial."""
        with self._lock:
            if number in self._ended:
                return False
            trial = self._one_in_flight(number)
            trial.reports[step] = loss
            trial.pruned = trial.pruned or self._trials.prunes(number, trial.reports)
            return trial.pruned

    def tell(self, number: int, result: TrialResult) -> Telling:
        """What became of a trial; see the protocol."""
        with self._lock:
            if number in self._ended:
                ended = self._ended[number]
                check_meant(number, ended.parameters, result)
                return told_again(number, ended.told, result)
            trial = self._one_in_flight(number)
            check_meant(number, trial.proposal.parameters, result)
            self._trials.end(number, outcome(result, pruned=trial.pruned), trial.reports)
            self._end(number, trial.proposal.parameters, result)
            return Telling.ACCEPTED

    def finished(self) -> bool:
        """Whether all trials are told."""
        with self._lock:
            return len(self._ended) >= self._method.trials

    def restore(self, past: Iterable[Past]) -> None:
        """Begin where an earlier process ended; see the protocol."""
        with self._lock:
            if len(self._trials):
                raise Conflict("the search has begun: nothing can be restored any more")
            known = distributions(self._method.space)
            for trial in past:
                check_next(len(self._trials), trial)
                self._trials.add(trial_of(self._method.space, known, trial))
                self._remember(trial)

    def close(self) -> None:
        """Nothing is held open."""

    def _remember(self, past: Past) -> None:
        asked = past.proposal
        if past.result is not None:
            self._end(asked.number, asked.parameters, past.result)
            return
        again = replace(asked, attempt=asked.attempt + 1)
        self._in_flight[asked.number] = _InFlight(again, -math.inf, dict(past.reports), past.pruned)

    def _lapsed(self, now: float) -> list[_InFlight]:
        return [trial for _, trial in sorted(self._in_flight.items()) if trial.ends <= now]

    def _left(self, count: int) -> int:
        return max(0, min(count, self._method.trials - len(self._trials)))

    def _new(self, now: float) -> Proposal:
        point = self._trials.propose()
        trial = _InFlight(Proposal(point.number, point.parameters, 0, point.state), -math.inf)
        self._in_flight[point.number] = trial
        return trial.lease(now + self._lease)

    def _one_in_flight(self, number: int) -> _InFlight:
        try:
            return self._in_flight[number]
        except KeyError:
            raise never_proposed(number) from None

    def _end(self, number: int, parameters: ParameterSet, result: TrialResult) -> None:
        self._in_flight.pop(number, None)
        self._ended[number] = _Ended(parameters, told(result))


def check_next(number: int, past: Past) -> None:
    """Check that a history goes on with the trial of this number.

    Raises:
        Conflict: it does not.
    """
    if past.proposal.number != number:
        raise Conflict(f"trial {number} is missing: the next one is {past.proposal.number}")
