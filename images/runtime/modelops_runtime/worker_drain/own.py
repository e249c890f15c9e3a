"""Part of `worker-drain`: which workers are the pod's own, and what of their work has begun."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

HELD = "closing_gracefully"
"""The status of a worker that begins no further task."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a worker says of itself.

    Attributes:
        status: its status, which follows the scheduler's order a little later.
        unstarted: the keys of the tasks that it was given and has not begun.
    """

    status: str
    unstarted: frozenset[Any]


def own_workers(workers: Mapping[str, Mapping[str, Any]], pod: str) -> list[str]:
    """The addresses of the pod's workers, sorted.

    `dask worker` names a single process as it is told to, and several NAME-0, NAME-1, …
    """
    return sorted(address for address, one in workers.items() if _is_of(str(one["name"]), pod))


def _is_of(name: str, pod: str) -> bool:
    stem, _, process = name.rpartition("-")
    return name == pod or (stem == pod and process.isascii() and process.isdigit())


def begun(
    processing: Mapping[str, Collection[Any]], reports: Mapping[str, Report | None]
) -> dict[str, int]:
    """How many tasks of each worker must still end, for those that owe any.

    The reports have to be older than the scheduler's list. Until a worker holds still, each of its
    tasks may begin at any moment; afterwards what it has not begun can run elsewhere. A task that
    has ended is owed until the scheduler knows: it would have it done again.
    """
    owed = {address: _owed(keys, reports.get(address)) for address, keys in processing.items()}
    return {address: count for address, count in owed.items() if count}


def _owed(keys: Collection[Any], report: Report | None) -> int:
    if report is None or report.status != HELD:
        return max(1, len(keys))
    return len(set(keys) - report.unstarted)
