"""Part of `search`: what a worker of a run is given, in either way of working together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from modelops_runtime.central_store.events import Event
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.search.clock import Clock
from modelops_runtime.search.loop import Limits
from modelops_runtime.simulation.service import SimulationService


class DeliveringService(SimulationService, Protocol):
    """A service that also writes files where results are kept."""

    def deliver(self, files: Mapping[str, bytes], place: str) -> str:
        """Write them below a place, in the order given; where people find them.

        Raises:
            NotDelivered: they cannot be written.
            ServiceLost: nobody is there to write them.
        """


class DeliveringCluster(Protocol):
    """Where simulations run and results are kept."""

    def __call__(self) -> DeliveringService:
        """A connection to it.

        Raises:
            ServiceLost: there is none to be had now.
        """


@dataclass(frozen=True, slots=True)
class Run:
    """A run, as one worker of it sees it.

    Attributes:
        config: what is wanted.
        text: the same, as it was written.
        worker: what this worker is called.
        watchers: are shown what was written in the log, once it is durable.
    """

    config: RunConfig
    text: str
    worker: str
    clock: Clock
    limits: Limits
    cluster: DeliveringCluster
    watchers: Sequence[Callable[[Sequence[Event]], None]] = ()
