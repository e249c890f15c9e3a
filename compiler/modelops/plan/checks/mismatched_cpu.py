"""DSK005: CPUs that do not go with the processes and threads that share them."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import dsk
from modelops.model.fields import cpu_text
from modelops.plan.places import first_written, written_at
from modelops.plan.scope import Scope
from modelops.provenance import DataPath

LEAST = 250
"""Thousandths of a CPU for a process: with less, throttling delays its heartbeats."""

_PLACES: tuple[DataPath, ...] = (
    ("workers", "resources", "cpu", "limit"),
    ("workers", "processes"),
    ("workers", "threads"),
)


def mismatched_cpu(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of more threads than CPUs and of fewer than half; refuse starved processes.

    Beside a GPU the CPUs are for feeding it, and may be more.
    """
    workers = scope.spec.workers
    limit, busy = workers.resources.cpu.limit, workers.processes * workers.threads
    told = _told(workers.processes, workers.threads)
    if limit < workers.processes * LEAST:
        yield _breach(
            scope,
            f"{told} share a CPU limit of {cpu_text(limit)}: throttled below a quarter of a CPU "
            "for each process, they miss heartbeats and the scheduler gives them up",
            f"raise the limit to {cpu_text(busy * 1000)}, or lower processes",
            Severity.ERROR,
        )
    elif busy * 1000 > limit:
        yield _breach(
            scope,
            f"{told} share a CPU limit of {cpu_text(limit)}: they wait for one another",
            f"raise the limit to {busy}, or lower processes or threads",
            Severity.WARNING,
        )
    elif busy * 2000 < limit and not workers.resources.gpu:
        yield _breach(
            scope,
            f"{told} use no more than {busy} of a CPU limit of {cpu_text(limit)}: more than half "
            "is idle",
            f"lower the limit to {busy}, or raise processes",
            Severity.WARNING,
        )


def _told(processes: int, threads: int) -> str:
    process = "process" if processes == 1 else "processes"
    return f"{processes} {process} x {threads} thread{'' if threads == 1 else 's'}"


def _breach(scope: Scope, message: str, remedy: str, severity: Severity) -> Diagnostic:
    workers = scope.spec.workers
    told = (
        f"CPUs: {cpu_text(workers.resources.cpu.limit)}",
        f"processes: {workers.processes}",
        f"threads: {workers.threads}",
    )
    here = first_written(scope, *_PLACES)
    others = tuple(
        scope.note(what, *path)
        for place, what in zip(_PLACES, told, strict=True)
        if (path := written_at(scope, place)) and path != here
    )
    return Diagnostic(dsk.DSK005, message, scope.at(*here), remedy, notes=others, severity=severity)
