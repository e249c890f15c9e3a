"""DSK006: threads that cannot run side by side."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import cpu_text
from modelops.model.images import ExecutorType
from modelops.plan.places import first_written
from modelops.plan.scope import Scope

NUMERIC_LIBRARIES = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)
"""What each library starts in every process; the compiler sets 1."""


def contending_threads(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of threads under one Python lock, and of libraries that start more than CPUs have."""
    yield from _under_one_lock(scope)
    yield from _of_libraries(scope)


def _under_one_lock(scope: Scope) -> Iterator[Diagnostic]:
    threads = scope.spec.workers.threads
    if threads > 1 and scope.spec.executor.type == ExecutorType.DIRECT:
        yield scope.breach(
            dsk.DSK006,
            f"{threads} threads run tasks in one process (`direct`): of Python code only one runs "
            "at a time",
            scope.at("workers", "threads"),
            "set threads to 1 and raise processes, or choose the executor `isolated_warm`",
            scope.note("the executor", "executor", "type"),
        )


def _of_libraries(scope: Scope) -> Iterator[Diagnostic]:
    workers = scope.spec.workers
    limit = workers.resources.cpu.limit
    for name in NUMERIC_LIBRARIES:
        threads = _number(workers.env.get(name, ""))
        total = workers.processes * threads
        if threads > 1 and total * 1000 > limit:
            yield scope.breach(
                dsk.DSK006,
                f"{workers.processes} processes x `{name}` {threads} = {total} threads share "
                f"{cpu_text(limit)} CPUs",
                scope.at("workers", "env", name),
                f"remove `{name}`: it is 1 then; or raise resources.cpu to {total}",
                scope.note(
                    "the CPUs", *first_written(scope, ("workers", "resources", "cpu", "limit"))
                ),
            )


def _number(text: str) -> int:
    """The number of threads that is written; 0 where none is."""
    return int(text) if text.isascii() and text.isdecimal() else 0
