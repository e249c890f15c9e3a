"""Part of `status`: what Kubernetes says of objects, as far as it tells how they are.

What a version of Kubernetes leaves out is taken for its zero, never for a mistake.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelops.status.troubles import pod_trouble

Body = Mapping[str, Any]

COMPONENT = "app.kubernetes.io/component"
WORKLOADS = frozenset({"Deployment", "StatefulSet", "Cluster"})

Named = tuple[str, str, str]
"""Kind, namespace and name."""


@dataclass(frozen=True, slots=True)
class Workload:
    """Pods that should always be there.

    Attributes:
        wanted: how many.
        ready: how many of them take work.
    """

    wanted: int
    ready: int


class Ending(StrEnum):
    """Whether a Job has ended, and how."""

    ACTIVE = "active"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Pods that come to an end.

    Attributes:
        component: of its pods.
        created: when, as text that sorts by time.
        message: why it failed, in Kubernetes' words.
    """

    name: str
    namespace: str
    component: str
    created: str
    ending: Ending
    message: str


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod.

    Attributes:
        owner: the name of what made it.
        container: its first one.
        trouble: what is wrong with it; empty where nothing is.
        last_words: what its container left at its end.
    """

    name: str
    namespace: str
    component: str
    owner: str
    container: str
    running: bool
    ready: bool
    ended: bool
    trouble: str
    last_words: str


@dataclass(frozen=True, slots=True)
class Applied:
    """A Flux Kustomization.

    Attributes:
        ready: whether what it applies is there, and healthy where it waits for that.
        waiting: whether it waits for another, or is still at it.
        message: Flux's own words.
    """

    ready: bool
    waiting: bool
    suspended: bool
    message: str
    revision: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """All that was told.

    Attributes:
        applied: by name; None where Flux could not be asked.
        unseen: namespaces of which nothing was told, and why.
    """

    workloads: Mapping[Named, Workload]
    jobs: tuple[Job, ...]
    pods: tuple[Pod, ...]
    applied: Mapping[str, Applied] | None
    unseen: Mapping[str, str]

    def latest(self, namespace: str, component: str) -> Job | None:
        """The newest Job of a component: Flux removes the one before when the new one is there."""
        found = (
            job for job in self.jobs if (job.namespace, job.component) == (namespace, component)
        )
        return max(found, key=lambda job: (job.created, job.name), default=None)

    def of(self, namespace: str) -> tuple[Pod, ...]:
        """The pods of a namespace, sorted by name."""
        found = (pod for pod in self.pods if pod.namespace == namespace)
        return tuple(sorted(found, key=lambda pod: pod.name))


def cluster(
    objects: Iterable[Body], applied: Iterable[Body] | None, unseen: Mapping[str, str]
) -> Cluster:
    """What objects of any kind tell, the Kustomizations of Flux apart."""
    told = list(objects)
    return Cluster(
        workloads=dict(_workloads(told)),
        jobs=tuple(_job(body) for body in told if body["kind"] == "Job"),
        pods=tuple(_pod(body) for body in told if body["kind"] == "Pod"),
        applied=None if applied is None else {_name(body): _applied(body) for body in applied},
        unseen=unseen,
    )


def _workloads(objects: Iterable[Body]) -> Iterator[tuple[Named, Workload]]:
    for body in objects:
        if body["kind"] in WORKLOADS:
            spec, status = body.get("spec", {}), body.get("status", {})
            if body["kind"] == "Cluster":
                numbers = spec.get("instances", 1), status.get("readyInstances", 0)
            else:
                numbers = spec.get("replicas", 1), status.get("readyReplicas", 0)
            yield (body["kind"], _namespace(body), _name(body)), Workload(*numbers)


def _job(body: Body) -> Job:
    conditions = dict(_conditions(body))
    failed = conditions.get("Failed")
    return Job(
        name=_name(body),
        namespace=_namespace(body),
        component=_labels(body).get(COMPONENT, ""),
        created=body["metadata"].get("creationTimestamp", ""),
        ending=_ending(conditions),
        message=f"{failed.get('reason', '')}: {failed.get('message', '')}" if failed else "",
    )


def _ending(conditions: Mapping[str, Body]) -> Ending:
    if "Failed" in conditions:
        return Ending.FAILED
    return Ending.COMPLETE if "Complete" in conditions else Ending.ACTIVE


def _pod(body: Body) -> Pod:
    status = body.get("status", {})
    owners = body["metadata"].get("ownerReferences") or [{}]
    phase = status.get("phase", "")
    containers = body.get("spec", {}).get("containers") or [{}]
    return Pod(
        name=_name(body),
        namespace=_namespace(body),
        component=_labels(body).get(COMPONENT, ""),
        owner=owners[0].get("name", ""),
        container=containers[0].get("name", ""),
        running=phase == "Running" and "deletionTimestamp" not in body["metadata"],
        ready="Ready" in dict(_conditions(body)),
        ended=phase in {"Succeeded", "Failed"},
        trouble=pod_trouble(status),
        last_words=_last_words(status),
    )


def _last_words(status: Body) -> str:
    for container in status.get("containerStatuses") or ():
        message: str = container.get("state", {}).get("terminated", {}).get("message", "")
        if message:
            return message
    return ""


def _applied(body: Body) -> Applied:
    status = body.get("status", {})
    told = {each["type"]: each for each in status.get("conditions") or ()}
    ready: Body = told.get("Ready", {})
    return Applied(
        ready=ready.get("status") == "True",
        waiting=ready.get("status", "Unknown") == "Unknown"
        or ready.get("reason") == "DependencyNotReady",
        suspended=bool(body.get("spec", {}).get("suspend", False)),
        message=ready.get("message", ""),
        revision=status.get("lastAppliedRevision", ""),
    )


def _conditions(body: Body) -> Iterator[tuple[str, Body]]:
    """Those that are so."""
    for each in body.get("status", {}).get("conditions") or ():
        if each.get("status") == "True":
            yield each["type"], each


def _labels(body: Body) -> Mapping[str, str]:
    labels: Mapping[str, str] = body["metadata"].get("labels") or {}
    return labels


def _name(body: Body) -> str:
    return str(body["metadata"]["name"])


def _namespace(body: Body) -> str:
    return str(body["metadata"].get("namespace", ""))
