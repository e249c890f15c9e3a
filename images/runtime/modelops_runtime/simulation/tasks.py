"""Part of `simulation`: what a Dask task calls, in the process of the worker that runs it.

The functions here are what scheduler and workers know by name. None waits for another task: what
one needs of others comes as its arguments.
"""

import time
from collections.abc import Sequence

from distributed import Reschedule

from modelops_runtime.contracts.entrypoint import ObjectiveTarget
from modelops_runtime.contracts.judgement import Judgement, ReplicateRecord
from modelops_runtime.contracts.task import ReplicateSet, SimulationTask
from modelops_runtime.simulation.batch import Batch
from modelops_runtime.simulation.replicate import Replicate, of_set
from modelops_runtime.simulation.worker import Stopped, Worker


class NoWorker(RuntimeError):  # noqa: N818 -- named for what is so, as its message says it
    """This process was not made ready."""


_PROCESS: list[Worker] = []
"""The worker of this process, where there is one."""


def install(worker: Worker) -> None:
    """From now on, the tasks of this process are done by this worker."""
    _PROCESS[:] = [worker]


def installed() -> Worker:
    """The worker of this process.

    Raises:
        NoWorker: there is none.
    """
    if not _PROCESS:
        raise NoWorker(
            "the worker was started without `--preload modelops_runtime.dask_preload`: it does not"
            " know how to simulate"
        )
    return _PROCESS[0]


def simulated(key: str, tasks: Sequence[SimulationTask]) -> Batch:
    """Simulate one after another."""
    begun = time.monotonic()
    try:
        results = installed().simulate(key, tasks)
    except Stopped as error:
        raise Reschedule from error
    return Batch(tuple(results), time.monotonic() - begun)


def replicated(key: str, tasks: Sequence[SimulationTask], timeout: float) -> list[Replicate]:
    """Simulate one after another; what comes of it is for other tasks."""
    try:
        return installed().replicate(key, tasks, timeout)
    except Stopped as error:
        # Nobody waits for it, unless the scheduler has changed its mind: then it begins anew.
        raise Reschedule from error


def judged(
    replicates: ReplicateSet,
    target: ObjectiveTarget,
    timeout: float,
    *groups: Sequence[Replicate],
) -> Judgement:
    """Judge the simulations of a set, among all those that other tasks ran."""
    ended = of_set(replicates, (one for group in groups for one in group))
    return installed().judge(replicates, target, ended, timeout)


def tried(key: str, replicates: ReplicateSet, target: ObjectiveTarget, timeout: float) -> Judgement:
    """Simulate all of a set, and judge it: two tasks would take longer than small simulations."""
    return judged(replicates, target, timeout, replicated(key, replicates.tasks, timeout))


def recorded(group: Sequence[Replicate]) -> list[ReplicateRecord]:
    """What is kept of simulations that nobody will judge."""
    return [one.record for one in group]


def piece(content: bytes) -> bytes:
    """A part of a file, on its way to a worker."""
    return content


def delivered(place: str, sizes: Sequence[tuple[str, int]], *pieces: bytes) -> str:
    """Write files whose pieces follow one another."""
    content, files, begin = b"".join(pieces), {}, 0
    for name, size in sizes:
        files[name] = content[begin : begin + size]
        begin += size
    return installed().deliver(files, place)
