"""DSK011: a scheduler with too little memory for the workers that it leads."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.plan.amounts import memory_text
from modelops.plan.places import first_written, written_at
from modelops.plan.resources import DEFAULT_REPLICAS, GIB, MIB
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

FLOOR = GIB
ITSELF = 512 * MIB
EACH_PROCESS = 8 * MIB
"""An idle scheduler takes some 100 MiB; each process brings connections, metrics and its share of
the tasks that people submit at once. A judgement from runs that ended in OOMKilled, not a fact."""

_PLACES: tuple[DataPath, ...] = (
    ("scheduler", "resources", "memory", "limit"),
    ("workers", "autoscaling", "max"),
    ("workers", "replicas"),
    ("workers", "processes"),
)
_OTHERS = dict(zip(_PLACES[1:], ("the most pods", "the pods", "processes of each"), strict=True))


def small_scheduler(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of less than max(1 GiB, 512 MiB + 8 MiB for each worker process there can be)."""
    processes = _most_processes(scope)
    needed = max(FLOOR, ITSELF + EACH_PROCESS * processes)
    limit = scope.spec.scheduler.resources.memory.limit
    if limit >= needed:
        return
    here = first_written(scope, *_PLACES)
    yield scope.breach(
        dsk.DSK011,
        f"the scheduler has {memory_text(limit)} for up to {processes} worker processes, which "
        f"need about {memory_text(needed)}: when it is killed, all that runs is lost",
        scope.at(*here),
        f"set scheduler.resources.memory to {-(-needed // GIB)}Gi or more",
        *(
            scope.note(told, *path)
            for place, told in _OTHERS.items()
            if (path := written_at(scope, place)) and path != here
        ),
    )


def _most_processes(scope: Scope) -> int:
    workers = scope.spec.workers
    fixed = DEFAULT_REPLICAS if workers.replicas is None else workers.replicas
    pods = workers.autoscaling.max if workers.autoscaling else fixed
    return pods * workers.processes
