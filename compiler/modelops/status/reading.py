"""Part of `status`: what each unit is doing: what there should be, held against what there is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from modelops.status.answers import Applied, Cluster, Ending, Job, Pod, Workload
from modelops.status.search import Search, search
from modelops.status.watched import (
    WatchedRun,
    WatchedService,
    WatchedUnit,
    WatchedWorkspace,
)

NOTHING = Workload(0, 0)


class State(StrEnum):
    """What a unit is doing."""

    UNKNOWN = "unknown"
    """Nobody may look."""

    ABSENT = "absent"
    """Nothing of it is there."""

    STARTING = "starting"
    READY = "ready"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Look:
    """A pod that tells more.

    Attributes:
        container: which of it.
    """

    namespace: str
    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One unit.

    Attributes:
        stage: of a run: what Flux is at; empty for other units.
        workers: pods that do its work.
        parts: its other pods: a scheduler, a store, components.
        search: how the search goes, of a run that was asked.
        troubles: what is wrong, the worst first.
        looks: pods whose logs tell more, the first of them first.
        asked: the pod that can be asked how the search goes.
        silence: why that one did not say; empty where it did, or was not asked.
    """

    unit: WatchedUnit
    state: State
    stage: str
    workers: Workload
    parts: Workload
    search: Search | None
    troubles: tuple[str, ...]
    looks: tuple[Look, ...]
    asked: Look | None
    silence: str = ""


def read(unit: WatchedUnit, told: Cluster, searches: Mapping[str, Search | str]) -> Reading:
    """What a unit is doing; `searches` by the names of runs, or why one is not known."""
    match unit:
        case WatchedRun():
            return _run(unit, told, searches.get(unit.name))
        case WatchedWorkspace():
            return _workspace(unit, told)
        case WatchedService():
            return _service(unit, told)
        case _:
            assert_never(unit)


# --- workspaces and services ---------------------------------------------------------------------


def _workspace(unit: WatchedWorkspace, told: Cluster) -> Reading:
    workers = _workload(told, unit.namespace, unit.workers)
    parts = _sum(
        _workload(told, unit.namespace, name) or Workload(1, 0)
        for name in (unit.scheduler, *unit.components)
    )
    there = workers is not None
    return _lasting(unit, told, workers or Workload(unit.fewest, 0), parts, there=there)


def _service(unit: WatchedService, told: Cluster) -> Reading:
    workload = _workload(told, unit.namespace, unit.workload)
    there = workload is not None
    return _lasting(unit, told, workload or Workload(1, 0), NOTHING, there=there)


def _lasting(
    unit: WatchedWorkspace | WatchedService,
    told: Cluster,
    workers: Workload,
    parts: Workload,
    *,
    there: bool,
) -> Reading:
    """A unit that should run for as long as its file is there."""
    pods = _own(unit, told)
    applied = (told.applied or {}).get(unit.kustomization)
    troubles = tuple(_troubles(pods, [(unit.kustomization, applied)], told, unit.namespace))
    state = _standing(workers, parts, troubles, applied)
    if not there:
        state = State.STARTING if applied else State.ABSENT
    return Reading(
        unit=unit,
        state=State.UNKNOWN if unit.namespace in told.unseen else state,
        stage="",
        workers=workers,
        parts=parts,
        search=None,
        troubles=troubles,
        looks=tuple(_looks(pods)),
        asked=None,
    )


def _own(unit: WatchedWorkspace | WatchedService, told: Cluster) -> tuple[Pod, ...]:
    """Services share a namespace: of a service, only the pods that are its own."""
    pods = _relevant(told.of(unit.namespace), told)
    if isinstance(unit, WatchedService):
        return tuple(pod for pod in pods if pod.component == unit.workload)
    return pods


def _standing(
    workers: Workload, parts: Workload, troubles: tuple[str, ...], applied: Applied | None
) -> State:
    whole = workers.ready >= workers.wanted and parts.ready >= parts.wanted
    if whole and not troubles:
        return State.READY
    broken = applied is not None and not applied.ready and not applied.waiting
    return State.FAILED if broken else State.STARTING


# --- runs ----------------------------------------------------------------------------------------


def _run(unit: WatchedRun, told: Cluster, answer: Search | str | None) -> Reading:
    job = told.latest(unit.namespace, unit.component)
    filled = told.latest(unit.namespace, unit.init) if unit.init else None
    pods = told.of(unit.namespace)
    leading = tuple(pod for pod in pods if job and pod.owner == job.name)
    known = answer if isinstance(answer, Search) else _last_search(leading)
    stages = [(name, (told.applied or {}).get(name)) for name in unit.stages.values()]
    jobs = (each for each in (job, filled) if each and each.ending is Ending.FAILED)
    troubles = (
        *(f"{each.name}: {each.message}" for each in jobs),
        *_troubles(_relevant(pods, told), stages, told, unit.namespace),
    )
    return Reading(
        unit=unit,
        state=_run_state(unit, told, (job, filled), leading),
        stage=_stage(unit, told),
        workers=Workload(unit.replicas, sum(pod.running for pod in leading)),
        parts=_store(unit, told),
        search=known,
        troubles=troubles,
        looks=tuple(_looks(_relevant(pods, told), always=leading)),
        asked=_asked(leading),
        silence=answer if isinstance(answer, str) else "",
    )


def _run_state(
    unit: WatchedRun,
    told: Cluster,
    jobs: tuple[Job | None, Job | None],
    leading: tuple[Pod, ...],
) -> State:
    job, filled = jobs
    applied = told.applied or {}
    if unit.namespace in told.unseen:
        return State.UNKNOWN
    if job and job.ending is Ending.COMPLETE:
        return State.FINISHED
    if any(each and each.ending is Ending.FAILED for each in jobs):
        return State.FAILED
    if job:
        return State.RUNNING if any(pod.running for pod in leading) else State.STARTING
    there = filled or any(name in applied for name in unit.stages.values())
    return State.STARTING if there else State.ABSENT


def _stage(unit: WatchedRun, told: Cluster) -> str:
    """The first that is not done; the last where all are. Empty where Flux was not asked."""
    if told.applied is None:
        return ""
    for stage, name in unit.stages.items():
        applied = told.applied.get(name)
        if applied is None or not applied.ready:
            return stage
    return list(unit.stages)[-1]


def _store(unit: WatchedRun, told: Cluster) -> Workload:
    if unit.store is None:
        return NOTHING
    kind, name = unit.store
    return told.workloads.get((kind, unit.namespace, name), Workload(1, 0))


def _relevant(pods: tuple[Pod, ...], told: Cluster) -> tuple[Pod, ...]:
    """Those that say how it is now: not what ended, and was replaced or was to end."""
    jobs = {(job.namespace, job.name): job for job in told.jobs}
    at_work = {pod.owner for pod in pods if pod.running}
    return tuple(
        pod for pod in pods if _matters(pod, jobs.get((pod.namespace, pod.owner)), told, at_work)
    )


def _matters(pod: Pod, job: Job | None, told: Cluster, at_work: set[str]) -> bool:
    if job is None:
        return not pod.ended
    if job != told.latest(job.namespace, job.component):
        return False
    over = job.ending is Ending.COMPLETE or (job.ending is Ending.ACTIVE and job.name in at_work)
    return not (pod.ended and over)


def _asked(leading: tuple[Pod, ...]) -> Look | None:
    """Whichever runs: all of them read the same store."""
    return next((_look(pod) for pod in leading if pod.running), None)


def _last_search(leading: Iterable[Pod]) -> Search | None:
    """What a worker left that has come to its end."""
    found = (search(pod.last_words) for pod in leading if pod.ended)
    return next((each for each in found if each), None)


# --- what is wrong -------------------------------------------------------------------------------


def _troubles(
    pods: Iterable[Pod],
    applied: Iterable[tuple[str, Applied | None]],
    told: Cluster,
    namespace: str,
) -> Iterator[str]:
    """Of pods first: what Flux says follows from it."""
    if namespace in told.unseen:
        yield told.unseen[namespace]
    yield from (f"{pod.name}: {pod.trouble}" for pod in pods if pod.trouble)
    for name, each in applied:
        if each is not None and each.suspended:
            yield f"{name}: suspended: Flux leaves it as it is"
        elif each is not None and not each.ready and not each.waiting:
            yield f"{name}: {each.message}"


def _looks(pods: Iterable[Pod], always: Iterable[Pod] = ()) -> Iterator[Look]:
    """Pods in trouble, then those that always tell something."""
    troubled = [pod for pod in pods if pod.trouble]
    yield from map(_look, troubled)
    yield from (_look(pod) for pod in always if pod not in troubled)


def _look(pod: Pod) -> Look:
    return Look(pod.namespace, pod.name, pod.container)


def _workload(told: Cluster, namespace: str, name: str) -> Workload | None:
    return told.workloads.get(("Deployment", namespace, name))


def _sum(workloads: Iterable[Workload]) -> Workload:
    found = list(workloads)
    return Workload(sum(each.wanted for each in found), sum(each.ready for each in found))
