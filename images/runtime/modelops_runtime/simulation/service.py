"""Part of `simulation`: what every simulation service can do, wherever it runs simulations.

Failures are values: nothing here raises because a simulation failed, its worker died, or its time
was over. Only a service that is closed or has lost its cluster for good raises.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.simulation import SimulationResult
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask

Result_co = TypeVar("Result_co", covariant=True)


class Pending(Protocol[Result_co]):
    """Something that was submitted: hashable, equal only to itself."""

    def done(self) -> bool:
        """Whether `result` would return at once."""

    def result(self, timeout: float | None = None) -> Result_co:
        """What has become of it.

        Args:
            timeout: seconds to wait at most; None: until it is there.

        Raises:
            TimeoutError: it is not there by then.
        """


class ServiceLost(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The cluster cannot be reached any more, or forgot what was submitted: submit it again."""


class SimulationService(Protocol):
    """Runs simulations."""

    def submit(self, task: SimulationTask) -> Pending[SimulationResult]:
        """Begin one simulation."""

    def submit_replicates(
        self,
        replicates: ReplicateSet,
        target: ObjectiveTarget,
        *,
        timeout: float,
        together: int = 1,
        final: bool = False,
    ) -> Pending[Judgement]:
        """Begin all simulations of a set, and judge them together where they ran.

        The tables never travel to whoever submits. A simulation that fails makes the trial fail,
        with its own kind in the diagnostics; the others are still recorded.

        Args:
            replicates: what to simulate.
            target: what judges it.
            timeout: seconds for each simulation, and for judging.
            together: how many simulations one unit of scheduling runs, one after another: more
                than one for those that take milliseconds.
            final: no larger set of the same point will follow. Where one unit runs all of it
                anyway, it may judge as well, and nothing is held for others.
        """

    def gather(self, pending: Sequence[Pending[Result_co]]) -> list[Result_co]:
        """Wait for all of them at once; their results in the order given."""

    def wait(
        self, pending: Collection[Pending[Result_co]], timeout: float | None
    ) -> set[Pending[Result_co]]:
        """Wait until at least one is done or the seconds are over; all that are done."""

    def run(
        self, tasks: Iterable[SimulationTask], *, window: int | None = None
    ) -> Iterator[SimulationResult]:
        """Simulate many: results in the order of the tasks, which are read as room is made.

        Args:
            tasks: any number; no more of them than the window are begun and unread at once.
            window: how many; None: what keeps all workers busy.
        """

    def cancel(self, pending: Iterable[Pending[object]]) -> None:
        """What is not done yet ends as cancelled; what runs is stopped where that is possible."""

    def close(self) -> None:
        """Give up everything that is not done, and whatever the service holds."""
