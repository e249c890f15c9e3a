"""Part of `algorithms`: what every adaptive algorithm can do.

An algorithm proposes points and learns from what became of them. It may be owned by one process or
shared by several; whoever asks holds a lease on what it got, and what is not told before the lease
ends is proposed again, under the same number.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.trial import TrialResult


@dataclass(frozen=True, slots=True)
class Proposal:
    """A point to be tried.

    Attributes:
        number: of the trial, counted from zero without gaps in the order of asking.
        parameters: the point.
        attempt: how often it was proposed before.
        state: what the algorithm wants back with it when a history is restored; plain JSON.
    """

    number: int
    parameters: ParameterSet
    attempt: int = 0
    state: Mapping[str, object] = field(default_factory=dict, compare=False)


class Telling(StrEnum):
    """What has become of what was told."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    """The same was told before: nothing happened."""


class Conflict(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """Something else was told of this trial before, or it was never proposed."""


class Refused(ValueError):  # noqa: N818 -- as above
    """The algorithm cannot search this space in this way; the message says why, and what can."""


class Unavailable(Exception):  # noqa: N818 -- as above
    """What the trials are kept in does not answer; the message says what it was.

    Whatever was called may have happened or not. To call it again later is right in both cases:
    a trial that nobody tells of is proposed again, and a second tell is a duplicate.
    """


@dataclass(frozen=True, slots=True)
class Past:
    """A trial of an earlier process.

    Attributes:
        proposal: as it was asked.
        result: as it was told; None where it was not.
        reports: step and loss of each group of replicates, in order.
        pruned: whether it was ended for them.
    """

    proposal: Proposal
    result: TrialResult | None
    reports: tuple[tuple[int, float], ...] = ()
    pruned: bool = False


class AdaptiveAlgorithm(Protocol):
    """Proposes points, learns from what became of them, and knows when it is enough.

    Each method may raise `Unavailable` where the trials are kept outside of the process.
    """

    def ask(self, count: int) -> Sequence[Proposal]:
        """At most so many points, each leased to whoever asks.

        None is no error: everything is leased or finished. Ask again after a pause.
        """

    def renew(self, numbers: Iterable[int]) -> Sequence[int]:
        """Begin the leases of these trials anew; those for which there is none any more.

        Somebody else has them by now, or has told of them: to go on with them is in vain.
        """

    def release(self, numbers: Iterable[int]) -> None:
        """Give these trials back: they are proposed again at once."""

    def report(self, number: int, step: int, loss: float) -> bool:
        """The loss over the replicates so far, after a group of them; whether to stop the trial.

        A trial that is stopped is told with that loss, and stays stopped. Of one that was told
        already nothing is learned.

        Raises:
            Conflict: it was never proposed.
        """

    def tell(self, number: int, result: TrialResult) -> Telling:
        """What became of a trial: in any order, after its lease too, and after the end.

        Raises:
            Conflict: something else was told of it, or it was never proposed.
        """

    def finished(self) -> bool:
        """Whether as many trials were told as are wanted: then nothing is proposed any more."""

    def restore(self, past: Iterable[Past]) -> None:
        """Begin where an earlier process ended: in the order of their numbers, before any asking.

        What was proposed and not told is proposed again, before anything new. From then on the
        algorithm goes on as it would have gone on then.

        Raises:
            Conflict: there was some asking, or a number is missing.
            Refused: a trial is none of this space: the run was changed.
        """

    def close(self) -> None:
        """Let go of what is held open. Leases stay; nothing may be called any more."""
