"""DSK003: worker processes with too little memory to do anything."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.plan.amounts import memory_text
from modelops.plan.places import first_written, written_at
from modelops.plan.resources import GIB, process_memory
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

FLOOR = GIB
"""Python with numpy, pandas and Dask takes some 300 MiB before its first task, and Dask begins to
spill at 60 % of the limit: half a gigabyte for tasks is left of one. A judgement, not a fact."""

_PLACES: tuple[DataPath, ...] = (
    ("workers", "memory", "perProcess"),
    ("workers", "resources", "memory", "limit"),
    ("workers", "processes"),
)
_OTHERS = dict(zip(_PLACES[1:], ("the container's limit", "processes"), strict=True))


def small_process(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of less than `FLOOR` for each process, and refuse it in production."""
    workers = scope.spec.workers
    each = process_memory(workers)
    if each >= FLOOR:
        return
    here = first_written(scope, *_PLACES)
    yield scope.breach(
        dsk.DSK003,
        f"`processes: {workers.processes}` in {memory_text(workers.resources.memory.limit)} leaves "
        f"{memory_text(each)} for each: below {memory_text(FLOOR)} there is little beside Python "
        "and its libraries",
        scope.at(*here),
        "raise perProcess, or remove it"
        if here == _PLACES[0]
        else "raise resources.memory, or lower processes",
        *(
            scope.note(told, *path)
            for place, told in _OTHERS.items()
            if (path := written_at(scope, place)) and path != here
        ),
    )
