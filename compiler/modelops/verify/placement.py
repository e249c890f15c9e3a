"""Part of the stage `verify`: every object with the place where it will stand, found once.

Comes in: the manifests. Leaves: a `Placement`, which is what every check reads, and the one way to
say something of an object. It judges nothing: an object without a name gets an empty one here, and
a check that says so.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from modelops.diagnostics import Diagnostic, Note, Rule, Severity, Tier
from modelops.manifests import (
    Body,
    Component,
    EnvironmentManifests,
    Given,
    Identity,
    Manifests,
    Unit,
)
from modelops.provenance import DataPath, start_of
from modelops.verify.ordinary import is_ordinary
from modelops.verify.paths import map_at, maps_at, path_text, text_at

TEMPLATES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
"""Where each kind that makes pods keeps their metadata and spec, by group and kind."""


OPERATED: Mapping[tuple[str, str], Mapping[str, object]] = {
    ("postgresql.cnpg.io", "Cluster"): {
        "app.kubernetes.io/name": "postgresql",
        "app.kubernetes.io/component": "database",
    },
}
"""Kinds whose pods an operator makes, and the labels it gives them (CloudNativePG 1.30)."""

CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
"""The lists of a pod's `spec` that hold containers."""

NAMESPACE = ("", "Namespace")

Kind = tuple[str, str]
"""A group and a kind of it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One object and where it will stand.

    Attributes:
        kind: the group and the kind of its identity.
        unit: what it is applied with.
        file: the generated file, from the project's root.
        source: the input file that it is named after.
        tier: its environment's: how severe a finding of it may be.
        is_ordinary: whether no check of single values needs to look at it.
    """

    body: Body
    identity: Identity
    kind: Kind
    unit: Unit
    file: str
    source: str
    tier: Tier
    is_ordinary: bool


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What the pods of one object will be.

    Attributes:
        owner: the object that makes them.
        path: where `labels` and `spec` lie in it: the path to the template's root.
        containers: of all three sorts, each with its path from `spec`.
    """

    owner: Placed
    path: DataPath
    labels: Mapping[str, object]
    spec: Mapping[str, object]
    containers: tuple[tuple[DataPath, Mapping[str, Any]], ...]

    @property
    def spec_path(self) -> DataPath:
        """The path of the pods' `spec` in the owner."""
        return (*self.path, "spec")


@dataclass(frozen=True, slots=True)
class PlacedEnvironment:
    """The objects of one environment, and the ways to find one.

    Attributes:
        units: by name.
        objects: in the order of units, files and documents.
        by_kind: the same objects by group and kind, each kind in that order.
        by_identity: the first object of each identity.
        namespaces: the first Namespace of each name.
        pods: every pod template, by namespace.
        operated: labels of pods that operators make of objects here, by namespace.
    """

    name: str
    source: str
    kubernetes: str
    given: Given
    units: Mapping[str, Unit]
    objects: tuple[Placed, ...]
    by_kind: Mapping[Kind, tuple[Placed, ...]]
    by_identity: Mapping[Identity, Placed]
    namespaces: Mapping[str, Placed]
    pods: Mapping[str, tuple[PodTemplate, ...]]
    operated: Mapping[str, tuple[Mapping[str, object], ...]]

    def of(self, *kinds: Kind) -> Iterator[Placed]:
        """The objects of these kinds, one kind after the other."""
        return (placed for kind in kinds for placed in self.by_kind.get(kind, ()))


@dataclass(frozen=True, slots=True)
class Placement:
    """What every check reads: the environments in the order of the manifests."""

    environments: tuple[PlacedEnvironment, ...]

    @property
    def objects(self) -> Iterable[Placed]:
        """The objects of all environments."""
        return (placed for environment in self.environments for placed in environment.objects)

    def of(self, *kinds: Kind) -> Iterator[Placed]:
        """The objects of these kinds, of all environments."""
        return (placed for environment in self.environments for placed in environment.of(*kinds))


Check = Callable[[Placement], Iterable[Diagnostic]]
"""One check: everything rendered in, findings out."""


def place(manifests: Manifests) -> Placement:
    """Every object with its place."""
    return Placement(tuple(_environment(environment) for environment in manifests.environments))


def _environment(environment: EnvironmentManifests) -> PlacedEnvironment:
    objects = tuple(
        placed
        for unit in environment.units
        for component in unit.components
        for placed in _component(environment, unit, component)
    )
    by_kind = _by_kind(objects)
    homes = by_kind.get(NAMESPACE, ())
    return PlacedEnvironment(
        name=environment.name,
        source=environment.source,
        kubernetes=environment.kubernetes,
        given=environment.given,
        units={unit.name: unit for unit in environment.units},
        objects=objects,
        by_kind=by_kind,
        by_identity={placed.identity: placed for placed in reversed(objects)},
        namespaces={home.identity.name: home for home in reversed(homes) if _is_bare(home)},
        pods=_pods(objects),
        operated=_operated(objects),
    )


def _component(
    environment: EnvironmentManifests, unit: Unit, component: Component
) -> Iterator[Placed]:
    file = f"generated/{unit.name}/{component.file}"
    source = component.source or unit.source
    for body in component.objects:
        identity = _identity(body)
        kind = (identity.group, identity.kind)
        ordinary = is_ordinary(body)
        yield Placed(body, identity, kind, unit, file, source, environment.tier, ordinary)


def _by_kind(objects: Iterable[Placed]) -> Mapping[Kind, tuple[Placed, ...]]:
    found: dict[Kind, list[Placed]] = {}
    for placed in objects:
        found.setdefault(placed.kind, []).append(placed)
    return {kind: tuple(many) for kind, many in found.items()}


def _is_bare(home: Placed) -> bool:
    """Whether a Namespace is in no namespace itself, as `homeless_object` demands."""
    return not home.identity.namespace


def _identity(body: Body) -> Identity:
    """As `manifests.identity`, with empty words for what is missing."""
    metadata = map_at(body, "metadata")
    return Identity(
        group_of(text_at(body, "apiVersion")),
        text_at(body, "kind"),
        text_at(metadata, "namespace"),
        text_at(metadata, "name"),
    )


def group_of(api_version: str) -> str:
    """`apps` of `apps/v1`, and nothing of `v1`."""
    return api_version.rpartition("/")[0]


def _pods(objects: Iterable[Placed]) -> Mapping[str, tuple[PodTemplate, ...]]:
    found: dict[str, list[PodTemplate]] = {}
    for placed in objects:
        path = TEMPLATES.get(placed.kind)
        if path is not None:
            found.setdefault(placed.identity.namespace, []).append(_pod(placed, path))
    return {namespace: tuple(pods) for namespace, pods in found.items()}


def _operated(objects: Iterable[Placed]) -> Mapping[str, tuple[Mapping[str, object], ...]]:
    found: dict[str, list[Mapping[str, object]]] = {}
    for placed in objects:
        labels = OPERATED.get(placed.kind)
        if labels is not None:
            found.setdefault(placed.identity.namespace, []).append(labels)
    return {namespace: tuple(labels) for namespace, labels in found.items()}


def _pod(owner: Placed, path: tuple[str, ...]) -> PodTemplate:
    template = map_at(owner.body, *path)
    spec = map_at(template, "spec")
    containers = tuple(one for sort in CONTAINERS for one in maps_at(spec, sort))
    return PodTemplate(owner, path, map_at(template, "metadata", "labels"), spec, containers)


def finding(
    rule: Rule, placed: Placed, path: DataPath, text: str, help_: str = "", *notes: Note
) -> Diagnostic:
    """A diagnostic on one place in one object, as severe as the rule is in its tier."""
    place_text = f"{path_text(path)}: " if path else ""
    return Diagnostic(
        rule=rule,
        message=f"{placed.file}: {placed.identity}: {place_text}{text}",
        at=start_of(placed.source),
        help=help_,
        notes=notes,
        severity=rule.severity_in(placed.tier),
        owner=placed.source,
    )


def lesser(found: Diagnostic, placed: Placed) -> Diagnostic:
    """The lesser breach of a rule: a warning, but in production."""
    production = placed.tier is Tier.PRODUCTION
    return found if production else replace(found, severity=Severity.WARNING)
