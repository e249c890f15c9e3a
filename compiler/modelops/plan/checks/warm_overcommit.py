"""DSK012: warm processes that together may use more memory than their container has."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import bytes_text
from modelops.model.images import ExecutorType
from modelops.plan.amounts import memory_text
from modelops.plan.places import written_at
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

_FIELDS = ("maxWarmProcesses", "warmProcessMemory")
_OTHERS: dict[DataPath, str] = {
    ("workers", "processes"): "processes",
    ("workers", "resources", "memory", "limit"): "the container's limit",
}


def warm_overcommit(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse maxWarmProcesses x processes x warmProcessMemory above the container's limit.

    Dask counts its own processes only: what warm ones take is seen by the kernel alone. Silent
    where nobody wrote either number: the defaults are nobody's claim about a model.
    """
    executor, workers = scope.spec.executor, scope.spec.workers
    each, limit = executor.warm_process_memory, workers.resources.memory.limit
    total = executor.max_warm_processes * workers.processes * each
    written = [field for field in _FIELDS if scope.workspace.origins.origin(("executor", field))]
    if executor.type != ExecutorType.ISOLATED_WARM or not written or total <= limit:
        return
    yield scope.breach(
        dsk.DSK012,
        f"maxWarmProcesses {executor.max_warm_processes} x processes {workers.processes} x "
        f"warmProcessMemory {bytes_text(each)} = {memory_text(total)}, but the container limit is "
        f"{memory_text(limit)}",
        scope.at("executor", written[0]),
        _remedy(total, limit // (workers.processes * each)),
        *(
            scope.note(told, *path)
            for place, told in _OTHERS.items()
            if (path := written_at(scope, place))
        ),
    )


def _remedy(total: int, fitting: int) -> str:
    more = f"raise resources.memory above {memory_text(total)}"
    return f"set executor.maxWarmProcesses to {fitting}\nor {more}" if fitting else more
