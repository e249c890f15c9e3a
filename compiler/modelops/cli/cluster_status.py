"""Part of `modelops status`: asks a cluster for all that `status` reads, in few calls.

The units of an environment come in; the cluster's answers leave. What the user may not see is no
failure as long as something else can be seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from modelops.cli.kubectl import (
    Body,
    Forbidden,
    Kubectl,
    KubectlFailure,
    UnknownKind,
    together,
)
from modelops.cli.status_text import plain
from modelops.status import (
    LABELS,
    Look,
    Reading,
    Search,
    WatchedEnvironment,
    WatchedRun,
    WatchedUnit,
    cluster,
    read,
    search,
)
from modelops.status.watched import CLUSTER, namespaces

KINDS = ("deployments.apps", "statefulsets.apps", "jobs.batch", "pods")
APPLIED = ("kustomizations.kustomize.toolkit.fluxcd.io",)
OPERATED = ("clusters.postgresql.cnpg.io",)

RUN_STATUS = ("python", "-m", "modelops_runtime", "run-status")

LINES = 20
"""Of each pod's logs."""

MOST_LOOKS = 5
"""Pods of a unit whose logs are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a group of calls has told.

    Attributes:
        unseen: namespaces that nobody may see, and why.
    """

    objects: tuple[Body, ...]
    unseen: Mapping[str, str]


def readings(
    kubectl: Kubectl, environment: WatchedEnvironment, units: Sequence[WatchedUnit]
) -> tuple[Reading, ...]:
    """What each of these units is doing.

    Raises:
        KubectlFailure: the cluster cannot be asked.
    """
    whole = len(units) > 1 or not units
    asked = _everywhere(kubectl, units) if whole else _in(kubectl, namespaces(units))
    applied = _applied(kubectl, environment.flux)
    told = cluster((*asked.objects, *_stores(kubectl, units)), applied, asked.unseen)
    first = [read(unit, told, {}) for unit in units]
    searches = _searches(kubectl, first)
    return tuple(read(unit, told, searches) for unit in units)


def logs(kubectl: Kubectl, found: Iterable[Reading]) -> Iterator[str]:
    """The last lines of the pods that tell something."""
    looks = [look for reading in found for look in reading.looks[:MOST_LOOKS]]

    def told(look: Look) -> str:
        try:
            text = kubectl.logs(look.namespace, look.pod, LINES)
        except KubectlFailure as error:
            text = str(error)
        lines = text.rstrip().splitlines() or ["(it has said nothing)"]
        return "\n".join([f"{look.namespace}/{look.pod}:", *map(plain, lines)])

    yield from together(told, looks)


def _everywhere(kubectl: Kubectl, units: Sequence[WatchedUnit]) -> Asked:
    """In one call; a call for each namespace, where only some may be seen."""
    try:
        found = kubectl.objects(KINDS, labels=LABELS)
    except Forbidden:
        return _in(kubectl, namespaces(units))
    return Asked(tuple(found), {})


def _in(kubectl: Kubectl, names: Sequence[str]) -> Asked:
    def ask(namespace: str) -> list[Body] | Forbidden:
        try:
            return kubectl.objects(KINDS, namespace, LABELS)
        except Forbidden as error:
            return error

    answers = dict(zip(names, together(ask, names), strict=True))
    unseen = {name: str(one) for name, one in answers.items() if isinstance(one, Forbidden)}
    objects = (body for one in answers.values() if isinstance(one, list) for body in one)
    return Asked(tuple(objects), unseen)


def _applied(kubectl: Kubectl, namespace: str) -> list[Body] | None:
    try:
        return kubectl.objects(APPLIED, namespace)
    except (Forbidden, UnknownKind):
        return None


def _stores(kubectl: Kubectl, units: Sequence[WatchedUnit]) -> Iterator[Body]:
    """Those that an operator runs: only where there should be one are they asked for."""
    places = [
        unit.namespace
        for unit in units
        if isinstance(unit, WatchedRun) and unit.store and unit.store[0] == CLUSTER
    ]

    def ask(namespace: str) -> list[Body]:
        try:
            return kubectl.objects(OPERATED, namespace)
        except (Forbidden, UnknownKind):
            return []

    for found in together(ask, places):
        yield from found


def _searches(kubectl: Kubectl, found: Iterable[Reading]) -> dict[str, Search | str]:
    """How each search goes, told by a pod that leads it or stands by; or why it did not say."""
    asked = {one.unit.name: one.asked for one in found if one.asked}

    def ask(look: Look) -> Search | str:
        try:
            text = kubectl.executed(look.namespace, look.pod, look.container, RUN_STATUS)
        except KubectlFailure as error:
            return str(error)
        return search(text) or "it said something else"

    return dict(zip(asked, together(ask, asked.values()), strict=True))
