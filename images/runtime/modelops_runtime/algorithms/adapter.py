"""Part of `algorithms`: what a library of algorithms offers to be driven by the runtime."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from modelops_runtime.algorithms.protocol import AdaptiveAlgorithm
from modelops_runtime.configuration.run import RunConfig

if TYPE_CHECKING:
    import psycopg

LEASE = 120.0
"""Seconds of a lease that is not renewed: how long the trials of a worker that died lie still."""

DIALECT = "postgresql+psycopg://"
"""SQLAlchemy's; it says nothing of where the server is, which the opener of connections knows."""

Opener = Callable[[], "psycopg.Connection"]
"""Opens a connection to a database, in one attempt and with transactions.

No URL says all that it takes: whoever enters may have to show another token each time.
"""

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
        self, config: RunConfig, opener: Opener, owner: str, *, lease: float = LEASE
    ) -> AdaptiveAlgorithm:
        """One that any number of processes share through a database that is made already.

        Args:
            config: the run.
            opener: of the database; any thread may call it.
            owner: of this process's leases; no other has the same name.
            lease: seconds, by the clock of the database.

        Raises:
            Refused: it cannot search this space in this way.
            Unavailable: the database does not answer, or was not made.
        """
