"""Part of `optuna_adapter`: a search that several processes share through Optuna's storage.

Whoever asks takes a turn: it learns what the others have proposed and been told, has the sampler
propose in its own memory, and writes the trials and their leases down in one transaction. So the
points are those that a search in memory would give, no number is given twice or left out, and no
more trials are made than are wanted. Simulating, which takes far longer than all of this, waits for
nobody.
"""

import copy
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from optuna.trial import FrozenTrial, TrialState, create_trial
from sqlalchemy.orm import Session

from modelops_runtime.algorithms.adapter import LEASE, Opener
from modelops_runtime.algorithms.protocol import Past, Proposal, Telling
from modelops_runtime.contracts.trial import TrialResult
from modelops_runtime.optuna_adapter.distributions import decoded, distributions, encoded
from modelops_runtime.optuna_adapter.lease_table import LeaseTable
from modelops_runtime.optuna_adapter.method import Method
from modelops_runtime.optuna_adapter.search import check_next
from modelops_runtime.optuna_adapter.stored import ENDED, StoredTrials, noted, told_of
from modelops_runtime.optuna_adapter.tellings import check_meant, never_proposed, told_again
from modelops_runtime.optuna_adapter.trials import Outcome, Point, Trials, check_within, trial_of


@dataclass(slots=True)
class _Reported:
    """What was reported of a trial that this process runs.

    Attributes:
        losses: after each group of replicates.
        pruned: whether it was ended for them.
    """

    losses: dict[int, float] = field(default_factory=dict)
    pruned: bool = False


class SharedOptunaSearch:
    """One process's view of the search. Any thread may call it."""

    def __init__(self, method: Method, opener: Opener, owner: str, lease: float = LEASE) -> None:
        """Join the search.

        Raises:
            Unavailable: the store does not answer, or was not made for this run.
        """
        self._method = method
        self._distributions = distributions(method.space)
        self._stored = StoredTrials(method, opener)
        self._leases = LeaseTable(method.study, owner, lease)
        self._known: _Known | None = None
        self._reported: dict[int, _Reported] = {}
        self._lock = threading.Lock()

    def ask(self, count: int) -> Sequence[Proposal]:
        """Points of which nobody holds a lease, then new ones; see the protocol."""
        with self._lock, self._turn() as (session, known):
            given = self._again(session, known, count)
            while len(given) < count and len(known.trials) < self._method.trials:
                given.append(self._new(session, known))
            return given

    def renew(self, numbers: Iterable[int]) -> Sequence[int]:
        """Begin leases anew; those for which there is none any more."""
        with self._lock, self._stored.transaction() as session:
            return self._leases.renew(session, list(numbers))

    def release(self, numbers: Iterable[int]) -> None:
        """Give trials back; see the protocol."""
        with self._lock, self._stored.transaction() as session:
            self._leases.release(session, list(numbers))

    def report(self, number: int, step: int, loss: float) -> bool:
        """The loss over the replicates so far; whether to stop the trial.

        It is written down with the result: others learn only from trials that have ended.
        """
        with self._lock, self._stored.transaction() as session:
            if self._one(session, number).state in ENDED:
                return False
            reported = self._reported.setdefault(number, _Reported())
            reported.losses[step] = loss
            reported.pruned = reported.pruned or self._stored.prunes(number, reported.losses)
            return reported.pruned

    def tell(self, number: int, result: TrialResult) -> Telling:
        """What became of a trial; see the protocol."""
        with self._lock, self._stored.transaction() as session:
            trial = self._one(session, number)
            check_meant(number, self._stored.parameters(trial), result)
            if trial.state in ENDED:
                return told_again(number, told_of(trial), result)
            reported = self._reported.get(number, _Reported())
            self._stored.end(session, trial, result, reported.losses, pruned=reported.pruned)
            self._leases.end(session, number)
            return Telling.ACCEPTED

    def finished(self) -> bool:
        """Whether all trials are told."""
        with self._lock, self._stored.transaction() as session:
            return self._stored.ended(session, self._method.trials) >= self._method.trials

    def restore(self, past: Iterable[Past]) -> None:
        """Have the study go on from a history; what it has of it already, stays."""
        with self._lock, self._turn() as (session, known):
            for number, trial in enumerate(past):
                check_next(number, trial)
                if number >= len(known.trials):
                    self._restore(session, trial)
            self._known = None

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            self._stored.close()

    @contextmanager
    def _turn(self) -> "Iterator[tuple[Session, _Known]]":
        """Within: nobody else makes trials, and all that were told are known."""
        known = self._known or _Known(self._method)
        self._known = None  # where it fails, the memory may be ahead of what was written
        with self._stored.transaction() as session:
            self._leases.take_turn(session)
            known.catch_up(self._stored.all())
            self._known = known
            try:
                yield session, known
            except BaseException:
                self._known = None
                raise

    def _again(self, session: Session, known: "_Known", count: int) -> list[Proposal]:
        """Points that were proposed, and that nobody works on."""
        given = []
        for number, attempt in self._leases.claim(session, sorted(known.in_flight), count):
            self._reported.pop(number, None)
            point = known.in_flight[number]
            given.append(Proposal(number, point.parameters, attempt, point.state))
        return given

    def _new(self, session: Session, known: "_Known") -> Proposal:
        point = known.propose()
        trial = create_trial(
            state=TrialState.RUNNING,
            params=encoded(self._method.space, point.parameters),
            distributions=self._distributions,
            system_attrs=dict(point.state),
        )
        self._stored.add(session, point.number, trial)
        self._leases.claim(session, [point.number], 1)
        return Proposal(point.number, point.parameters, 0, point.state)

    def _restore(self, session: Session, past: Past) -> None:
        trial = trial_of(self._method.space, self._distributions, past)
        if past.result is not None:
            trial.user_attrs = noted(past.result)
        self._stored.add(session, past.proposal.number, trial)
        if past.result is None:
            self._leases.lapsed(session, past.proposal.number, past.proposal.attempt)

    def _one(self, session: Session, number: int) -> Any:  # noqa: ANN401 -- Optuna's models have no types
        """The model of a trial, kept from all others.

        Raises:
            Conflict: there is none.
        """
        trial = self._stored.one(session, number)
        if trial is None:
            raise never_proposed(number)
        return trial


class _Known:
    """A sampler's memory of the stored trials.

    Attributes:
        trials: all of them.
        in_flight: those that have not ended, by number.
    """

    def __init__(self, method: Method) -> None:
        self._space = method.space
        self.trials = Trials(method)
        self.in_flight: dict[int, Point] = {}

    def propose(self) -> Point:
        """One more trial, which is in flight from now on."""
        point = self.trials.propose()
        self.in_flight[point.number] = point
        return point

    def catch_up(self, stored: Sequence[FrozenTrial]) -> None:
        """Learn what has happened since.

        Raises:
            Refused: a trial is none of this space.
        """
        for number in sorted(self.in_flight):
            if stored[number].state.is_finished():
                self._learn(stored[number])
        for trial in stored[len(self.trials) :]:
            self._meet(trial)

    def _learn(self, trial: FrozenTrial) -> None:
        became = Outcome(trial.state, trial.value)
        self.trials.end(trial.number, became, trial.intermediate_values)
        del self.in_flight[trial.number]

    def _meet(self, trial: FrozenTrial) -> None:
        parameters = decoded(self._space, trial.params)
        check_within(self._space, trial.number, parameters)
        sampled = copy.copy(trial)
        sampled.user_attrs = {}  # no sampler reads them, and diagnostics are long
        self.trials.add(sampled)
        if not trial.state.is_finished():
            self.in_flight[trial.number] = Point(trial.number, parameters, trial.system_attrs)
