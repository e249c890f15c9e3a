"""Part of `algorithms`: what any adaptive algorithm has to do, as checks that anyone may run.

Each check takes a `Ground` and raises `AssertionError` where the algorithm is not what the protocol
says. They use no clock, no randomness of their own and no test framework, so that whoever writes an
algorithm can run them over it: `for check in CHECKS: check(ground())`, a new ground for each.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from modelops_runtime.algorithms.protocol import (
    AdaptiveAlgorithm,
    Conflict,
    Past,
    Proposal,
    Telling,
)
from modelops_runtime.contracts.identity import uint64
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.space import (
    CategoricalParameter,
    FloatParameter,
    IntParameter,
    Parameter,
    Space,
    contains,
)
from modelops_runtime.contracts.trial import TrialResult, TrialStatus

SEEDS = (3, 2**64 - 1)


class Ground(Protocol):
    """Where an algorithm is tried: one search after another, each of at least 24 trials.

    Attributes:
        space: that it searches.
        trials: how many the run wants; there are so many points.
        crashes: after how many steps a search is interrupted: each is a search more.
    """

    @property
    def space(self) -> Space:
        """As above."""

    @property
    def trials(self) -> int:
        """As above."""

    @property
    def crashes(self) -> Sequence[int]:
        """As above."""

    def begin(self) -> AdaptiveAlgorithm:
        """A new search, of which nothing was asked; what is called from now on concerns it."""

    def another(self) -> AdaptiveAlgorithm | None:
        """The same search as another process has it; None where only one process may."""

    def elapse(self, leases: float) -> None:
        """Let so many times the length of a lease go by."""


Check = Callable[[Ground], None]


def loss_of(space: Space, parameters: ParameterSet) -> float:
    """A loss that depends on each parameter, with its least value within the space."""
    return sum((_share(one, parameters) - 0.3) ** 2 for one in space)


def completed(proposal: Proposal, loss: float) -> TrialResult:
    """The result of a trial that completed."""
    return TrialResult(proposal.parameters.id, TrialStatus.COMPLETED, loss, SEEDS)


def ended(proposal: Proposal, status: TrialStatus) -> TrialResult:
    """The result of a trial that did not."""
    return TrialResult(proposal.parameters.id, status, None, SEEDS)


def proposes_points_of_the_space(ground: Ground) -> None:
    """Points lie within the space, and are numbered from zero in the order of asking."""
    search = ground.begin()
    asked = [*search.ask(1), *search.ask(0), *search.ask(5)]
    assert [one.number for one in asked] == list(range(6)), asked
    assert all(contains(ground.space, one.parameters) for one in asked), asked
    assert all(one.attempt == 0 for one in asked), asked


def proposes_as_many_as_are_wanted(ground: Ground) -> None:
    """No more trials are made than are wanted, and it is finished when all are told."""
    search = ground.begin()
    asked = [*search.ask(7), *search.ask(ground.trials)]
    assert [one.number for one in asked] == list(range(ground.trials)), len(asked)
    assert not search.ask(3), "everything is leased"
    for one in asked[:-1]:
        _tell(ground, search, one)
    assert not search.finished()
    _tell(ground, search, asked[-1])
    assert search.finished()
    assert not search.ask(3), "it is finished"


def learns_of_trials_in_any_order(ground: Ground) -> None:
    """Trials are told in any order, and what was told twice is told once."""
    search = ground.begin()
    asked = search.ask(5)
    for one in reversed(asked):
        assert _tell(ground, search, one) is Telling.ACCEPTED
    for one in asked:
        assert _tell(ground, search, one) is Telling.DUPLICATE


def takes_no_second_result(ground: Ground) -> None:
    """What was told is not changed by anything that is told later."""
    search = ground.begin()
    (one,) = search.ask(1)
    first = completed(one, 1.5)
    assert search.tell(one.number, first) is Telling.ACCEPTED
    _conflicts(search, one.number, completed(one, 1.75))
    _conflicts(search, one.number, ended(one, TrialStatus.FAILED))
    other_seeds = TrialResult(one.parameters.id, TrialStatus.COMPLETED, 1.5, (1, 2))
    _conflicts(search, one.number, other_seeds)
    assert search.tell(one.number, first) is Telling.DUPLICATE


def takes_no_result_of_another_trial(ground: Ground) -> None:
    """What is told is of the trial's own parameters, and of a trial that there is."""
    search = ground.begin()
    (one,) = search.ask(1)
    stranger = ParameterSet({"stranger": 1})
    elsewhere = TrialResult(stranger.id, TrialStatus.COMPLETED, 1.0, SEEDS)
    _conflicts(search, one.number, elsewhere)
    _conflicts(search, one.number + 1, completed(one, 1.0))
    assert search.tell(one.number, completed(one, 1.0)) is Telling.ACCEPTED
    _conflicts(search, one.number, elsewhere)


def counts_trials_that_failed(ground: Ground) -> None:
    """A trial that failed or took too long is told, and counts."""
    search = ground.begin()
    statuses = (TrialStatus.FAILED, TrialStatus.TIMEOUT)
    for one in search.ask(ground.trials):
        result = ended(one, statuses[one.number % 2])
        assert search.tell(one.number, result) is Telling.ACCEPTED
        assert search.tell(one.number, result) is Telling.DUPLICATE
        _conflicts(search, one.number, ended(one, statuses[1 - one.number % 2]))
    assert search.finished()


def proposes_again_what_nobody_holds(ground: Ground) -> None:
    """A trial of which the lease has ended is proposed before new ones, as it was."""
    search = ground.begin()
    asked = search.ask(3)
    _tell(ground, search, asked[1])
    ground.elapse(0.9)
    assert [one.number for one in search.ask(1)] == [3], "leases still hold"
    ground.elapse(0.2)
    again = search.ask(3)
    assert [(one.number, one.attempt) for one in again] == [(0, 1), (2, 1), (4, 0)], again
    assert [one.parameters for one in again[:2]] == [asked[0].parameters, asked[2].parameters]


def keeps_leases_that_are_renewed(ground: Ground) -> None:
    """A lease that is renewed begins anew; there is none of a trial that was told."""
    search = ground.begin()
    asked = search.ask(3)
    ground.elapse(0.9)
    assert not search.renew([0, 2])
    _tell(ground, search, asked[2])
    ground.elapse(0.9)
    again = search.ask(3)
    assert [one.number for one in again] == [1, 3, 4], again
    assert list(search.renew([0, 2, 99])) == [2, 99]


def proposes_again_what_is_given_back(ground: Ground) -> None:
    """A trial that is released is proposed again at once."""
    search = ground.begin()
    asked = search.ask(3)
    search.release([1, 99])
    again = search.ask(2)
    assert [(one.number, one.attempt) for one in again] == [(1, 1), (3, 0)], again
    assert again[0].parameters == asked[1].parameters


def hears_of_late_results(ground: Ground) -> None:
    """A result is welcome after its lease, after the trial was proposed again, and at the end."""
    search = ground.begin()
    asked = search.ask(2)
    ground.elapse(1.1)
    _tell(ground, search, asked[0])
    assert [one.number for one in search.ask(1)] == [1]
    assert _tell(ground, search, asked[1]) is Telling.ACCEPTED
    while not search.finished():
        for one in search.ask(8):
            _tell(ground, search, one)
    assert _tell(ground, search, asked[1]) is Telling.DUPLICATE
    _conflicts(search, 0, completed(asked[0], 123.0))


def hears_of_losses_on_the_way(ground: Ground) -> None:
    """Reports are taken of any trial that there is, and only of one."""
    search = ground.begin()
    for one in search.ask(4):
        stopped = search.report(one.number, 1, 0.5) or search.report(one.number, 2, 0.4)
        assert isinstance(stopped, bool)
        result = completed(one, 0.4)
        assert search.tell(one.number, result) is Telling.ACCEPTED
        assert search.tell(one.number, result) is Telling.DUPLICATE
        search.report(one.number, 3, 0.3)
    _raises_conflict(lambda: search.report(99, 1, 0.5))


def gives_processes_different_trials(ground: Ground) -> None:
    """Of several processes none gets what another holds, and each learns what others told."""
    first = ground.begin()
    second = ground.another()
    if second is None:
        return
    asked = {1: first.ask(2), 2: second.ask(2), 3: first.ask(1)}
    assert [one.number for group in asked.values() for one in group] == [0, 1, 2, 3, 4], asked
    assert list(second.renew([0, 2])) == [0], "a lease is its holder's"
    second.release([1])
    assert [one.number for one in second.ask(1)] == [5], "and nobody else gives it back"
    assert _tell(ground, second, asked[1][0]) is Telling.ACCEPTED
    assert _tell(ground, first, asked[1][0]) is Telling.DUPLICATE
    ground.elapse(1.1)
    assert [one.number for one in second.ask(9)][:5] == [1, 2, 3, 4, 5]
    assert list(first.renew([1, 4])) == [1, 4], "they are the other's by now"
    _finish(ground, first, second)


def _finish(ground: Ground, first: AdaptiveAlgorithm, second: AdaptiveAlgorithm) -> None:
    """Both go on to the end, of which both know."""
    first.release(range(ground.trials))
    second.release(range(ground.trials))
    while not first.finished():
        for search in (first, second):
            for one in search.ask(3):
                _tell(ground, search, one)
    assert second.finished()
    assert not second.ask(1)


def goes_on_from_a_history(ground: Ground) -> None:
    """Restored from what was asked and told, it proposes what it would have proposed."""
    for crash in ground.crashes:
        _Story(ground, crash).told()


def proposes_alike_in_every_process(ground: Ground) -> None:
    """The same search with the same tellings proposes the same, however often it is begun."""
    first, second = (
        [one.parameters for one in _asked_and_told(ground, ground.begin())] for _ in range(2)
    )
    assert first == second


def restores_nothing_into_the_middle(ground: Ground) -> None:
    """A history has all its numbers."""
    (one,) = ground.begin().ask(1)
    gap = Past(Proposal(1, one.parameters), None)
    _raises_conflict(lambda: ground.begin().restore([gap]))


class _Story:
    """A search that is interrupted, beside the same one that is not.

    What happens is drawn by dice that both have in common; the one that is interrupted knows only
    the history.
    """

    def __init__(self, ground: Ground, crash: int) -> None:
        self._ground = ground
        self._crash = crash
        self._past: dict[int, Past] = {}

    def told(self) -> None:
        """Tell it: up to the crash together, from there side by side."""
        whole = self._ground.begin()
        self._course(whole, range(self._crash))
        history = [self._past[number] for number in sorted(self._past)]
        after = self._course(whole, range(self._crash, 2 * self._ground.trials))
        broken = self._ground.begin()
        broken.restore(history)
        held = [past.proposal for past in history if past.result is None]
        again = broken.ask(len(held))
        assert [_seen(one) for one in again] == [_seen(one) for one in held], (again, held)
        assert all(
            one.attempt == before.attempt + 1 for one, before in zip(again, held, strict=True)
        )
        self._past = {past.proposal.number: past for past in history}
        resumed = self._course(broken, range(self._crash, 2 * self._ground.trials))
        assert resumed == after, (after, resumed)

    def _course(self, search: AdaptiveAlgorithm, steps: Iterable[int]) -> list[object]:
        """Go some steps; what was proposed in them."""
        proposed: list[object] = []
        for step in steps:
            for one in search.ask(_die(f"ask {step}", 3)):
                self._past[one.number] = Past(one, None)
                proposed.append(_seen(one))
            in_flight = [number for number, past in self._past.items() if past.result is None]
            for number in sorted(in_flight):
                if _die(f"tell {step} {number}", 3) == 0:
                    self._end(search, number)
        return proposed

    def _end(self, search: AdaptiveAlgorithm, number: int) -> None:
        """Report and tell of a trial, one in eight of which fails."""
        proposal = self._past[number].proposal
        loss = loss_of(self._ground.space, proposal.parameters)
        reports: tuple[tuple[int, float], ...] = ((1, loss + 0.1), (2, loss))
        result, pruned = completed(proposal, loss), False
        if _die(f"fail {number}", 8) == 0:
            result, reports = ended(proposal, TrialStatus.FAILED), ()
        for step, value in reports:
            pruned = search.report(number, step, value)
        search.tell(number, result)
        self._past[number] = Past(proposal, result, reports, pruned)


def _asked_and_told(ground: Ground, search: AdaptiveAlgorithm) -> list[Proposal]:
    asked: list[Proposal] = []
    while not search.finished():
        given = search.ask(3)
        asked.extend(given)
        for one in given:
            _tell(ground, search, one)
    return asked


def _tell(ground: Ground, search: AdaptiveAlgorithm, proposal: Proposal) -> Telling:
    return search.tell(
        proposal.number, completed(proposal, loss_of(ground.space, proposal.parameters))
    )


def _conflicts(search: AdaptiveAlgorithm, number: int, result: TrialResult) -> None:
    _raises_conflict(lambda: search.tell(number, result))


def _raises_conflict(call: Callable[[], object]) -> None:
    try:
        call()
    except Conflict:
        return
    raise AssertionError("this was to be a conflict")


def _seen(proposal: Proposal) -> tuple[int, ParameterSet]:
    return proposal.number, proposal.parameters


def _die(throw: str, sides: int) -> int:
    return uint64(throw) % sides


def _share(parameter: Parameter, parameters: ParameterSet) -> float:
    """Where a parameter's value lies between its bounds, or among its choices: from 0 to 1."""
    value = parameters.values[parameter.name]
    match parameter:
        case FloatParameter() | IntParameter():
            assert not isinstance(value, str)
            width = parameter.high - parameter.low
            return (value - parameter.low) / width if width else 0.0
        case CategoricalParameter():
            alike = [type(one) is type(value) and one == value for one in parameter.choices]
            return alike.index(True) / len(alike)


CHECKS_OF_POINTS: Sequence[Check] = (
    proposes_points_of_the_space,
    goes_on_from_a_history,
    proposes_alike_in_every_process,
)
"""Those to which it matters how points are chosen, where an algorithm can do it in several ways."""

CHECKS: Sequence[Check] = (
    *CHECKS_OF_POINTS,
    proposes_as_many_as_are_wanted,
    learns_of_trials_in_any_order,
    takes_no_second_result,
    takes_no_result_of_another_trial,
    counts_trials_that_failed,
    proposes_again_what_nobody_holds,
    keeps_leases_that_are_renewed,
    proposes_again_what_is_given_back,
    hears_of_late_results,
    hears_of_losses_on_the_way,
    gives_processes_different_trials,
    restores_nothing_into_the_middle,
)
"""All that an algorithm has to do."""
