"""Part of `algorithms`: what a library of algorithms offers to be driven by the runtime."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm
from modelops_runtime.configuration.run import RunConfig

if TYPE_CHECKING:
    from sqlalchemy import URL

LEASE = 120.0
"""Seconds of a lease that is not renewed: how long the trials of a worker that died lie still."""

Clock = Callable[[], float]
"""Seconds that only ever grow, from any beginning."""


@runtime_checkable
class Adapter(Protocol):
    """Makes the algorithm that a run asks for.

    Both ways propose the same where the same was told, and both raise `Refused` where the library
    would not search this space as the run says: nothing is ever replaced by something else.
    """

    def in_memory(
        self, config: RunConfig, *, clock: Clock, lease: float = LEASE
    ) -> AdaptiveAlgorithm:
        """One that a single process owns; what it knows is lost with the process.

        Raises:
            Refused: it cannot search this space in this way.
        """

    def shared(
        self, config: RunConfig, url: "URL", owner: str, *, lease: float = LEASE
    ) -> AdaptiveAlgorithm:
        """One that any number of processes share through a database that is made already.

        Args:
            config: the run.
            url: of the database.
            owner: of this process's leases; no other has the same name.
            lease: seconds, by the clock of the database.

        Raises:
            Refused: it cannot search this space in this way.
            Unavailable: the database does not answer, or was not made.
        """
