"""A search in this process: the real algorithm and service, without a cluster and a store."""

from pathlib import Path

from tests.runtime.simulation_bundle import Toy

from modelops_runtime.adaptive_worker.clock import ProcessClock
from modelops_runtime.algorithms.discovery import adapter
from modelops_runtime.central_store.events import Event
from modelops_runtime.configuration.run import run_config
from modelops_runtime.search.coordinated import Leading, coordinated
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.leading import Alone
from modelops_runtime.search.loop import Limits
from modelops_runtime.search.run import Run
from modelops_runtime.search.watching import Watching
from modelops_runtime.simulation.local import LocalService


def searched(toy: Toy, folder: Path, text: str) -> tuple[Outcome, list[Event]]:
    """A search of a run in this process; how it ended, and its log."""
    config = run_config(text)
    clock, alone = ProcessClock(), Alone()
    watching = Watching(config)
    a_run = Run(
        config=config,
        text=text,
        worker="one",
        clock=clock,
        limits=Limits(clock.now() + config.deadline_seconds, 5.0),
        cluster=lambda: LocalService(toy.worker(folder, "direct"), 2),
        watchers=(watching.saw,),
    )
    made = adapter(config.algorithm.name)
    leading = Leading(lambda: made.in_memory(config, clock=clock.now), None, watching.begins)
    return coordinated(a_run, alone, leading), list(alone.log.replay())
