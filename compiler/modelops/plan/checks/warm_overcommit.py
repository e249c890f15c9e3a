"""DSK012: warm processes that together may use more memory than their container has."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import bytes_text
from modelops.model.images import ExecutorType
from modelops.plan.amounts import memory_text
from modelops.plan.places import first_written, written_at
from modelops.plan.resources import MIB, warm_processes
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

_PLACES: tuple[DataPath, ...] = (
    ("executor", "maxWarmProcesses"),
    ("executor", "warmProcessMemory"),
    ("workers", "resources", "memory", "limit"),
    ("workers", "processes"),
)
_OTHERS = dict(zip(_PLACES[2:], ("the container's limit", "processes"), strict=True))


def warm_overcommit(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse warm processes x processes x warmProcessMemory above the container's limit.

    Dask counts its own processes only: what warm ones take is seen by the kernel alone. A computed
    number breaks this where not even one fits.
    """
    executor, workers = scope.spec.executor, scope.spec.workers
    each, limit = executor.warm_process_memory, workers.resources.memory.limit
    total = warm_processes(scope.spec) * workers.processes * each
    if executor.type != ExecutorType.ISOLATED_WARM or total <= limit:
        return
    most = executor.max_warm_processes
    count = "a single warm process" if most is None else f"maxWarmProcesses {most}"
    here = first_written(scope, *_PLACES)
    yield scope.breach(
        dsk.DSK012,
        f"{count} x processes {workers.processes} x warmProcessMemory {bytes_text(each)} = "
        f"{memory_text(total)}, but the container limit is {memory_text(limit)}",
        scope.at(*here),
        _remedy(scope, total),
        *(
            scope.note(told, *path)
            for place, told in _OTHERS.items()
            if (path := written_at(scope, place)) and path != here
        ),
    )


def _remedy(scope: Scope, total: int) -> str:
    """Fewer, smaller, or more memory."""
    executor, workers = scope.spec.executor, scope.spec.workers
    limit = workers.resources.memory.limit
    fitting = limit // (workers.processes * executor.warm_process_memory)
    share = limit // workers.processes // MIB * MIB
    if fitting:
        less = f"set executor.maxWarmProcesses to {fitting}\nor "
    else:
        less = f"set executor.warmProcessMemory to {bytes_text(share)}\nor " if share else ""
    return f"{less}raise resources.memory above {memory_text(total)}"
