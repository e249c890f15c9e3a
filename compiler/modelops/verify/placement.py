"""Part of the stage `verify`: every object with the place where it will stand, found once.

Comes in: the manifests. Leaves: a `Placement`, which is what every check reads, and the one way to
say something of an object. It judges nothing: an object without a name gets an empty one here, and
a check that says so.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from modelops.diagnostics import Diagnostic, Note, Rule
from modelops.manifests import Body, EnvironmentManifests, Given, Identity, Manifests, Unit
from modelops.provenance import DataPath, start_of
from modelops.verify.ordinary import is_ordinary
from modelops.verify.paths import map_at, path_text, text_at

TEMPLATES: Mapping[tuple[str, str], DataPath] = {
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


@dataclass(frozen=True, slots=True)
class Placed:
    """One object and where it will stand.

    Attributes:
        unit: what it is applied with.
        file: the generated file, from the project's root.
        is_ordinary: whether no check of single values needs to look at it.
    """

    body: Body
    identity: Identity
    unit: Unit
    file: str
    is_ordinary: bool


@dataclass(frozen=True, slots=True)
class PodTemplate:
    """What the pods of one object will be.

    Attributes:
        owner: the object that makes them.
        path: where `labels` and `spec` lie in it: the path to the template's root.
    """

    owner: Placed
    path: DataPath
    labels: Mapping[str, object]
    spec: Mapping[str, object]

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
        by_identity: the first object of each identity.
        pods: every pod template, by namespace.
        operated: labels of pods that operators make of objects here, by namespace.
    """

    name: str
    source: str
    kubernetes: str
    given: Given
    units: Mapping[str, Unit]
    objects: tuple[Placed, ...]
    by_identity: Mapping[Identity, Placed]
    pods: Mapping[str, tuple[PodTemplate, ...]]
    operated: Mapping[str, tuple[Mapping[str, object], ...]]


@dataclass(frozen=True, slots=True)
class Placement:
    """What every check reads: the environments in the order of the manifests."""

    environments: tuple[PlacedEnvironment, ...]

    @property
    def objects(self) -> Iterable[Placed]:
        """The objects of all environments."""
        return (placed for environment in self.environments for placed in environment.objects)


Check = Callable[[Placement], Iterable[Diagnostic]]
"""One check: everything rendered in, findings out."""


def place(manifests: Manifests) -> Placement:
    """Every object with its place."""
    return Placement(tuple(_environment(environment) for environment in manifests.environments))


def _environment(environment: EnvironmentManifests) -> PlacedEnvironment:
    objects = tuple(
        Placed(
            body=body,
            identity=_identity(body),
            unit=unit,
            file=f"generated/{unit.name}/{component.file}",
            is_ordinary=is_ordinary(body),
        )
        for unit in environment.units
        for component in unit.components
        for body in component.objects
    )
    return PlacedEnvironment(
        name=environment.name,
        source=environment.source,
        kubernetes=environment.kubernetes,
        given=environment.given,
        units={unit.name: unit for unit in environment.units},
        objects=objects,
        by_identity={placed.identity: placed for placed in reversed(objects)},
        pods=_pods(objects),
        operated=_operated(objects),
    )


def _identity(body: Body) -> Identity:
    """As `manifests.identity`, with empty words for what is missing."""
    return Identity(
        group_of(text_at(body, "apiVersion")),
        text_at(body, "kind"),
        text_at(body, "metadata", "namespace"),
        text_at(body, "metadata", "name"),
    )


def group_of(api_version: str) -> str:
    """`apps` of `apps/v1`, and nothing of `v1`."""
    return api_version.rpartition("/")[0]


def _pods(objects: Iterable[Placed]) -> Mapping[str, tuple[PodTemplate, ...]]:
    found: dict[str, list[PodTemplate]] = {}
    for placed in objects:
        path = TEMPLATES.get((placed.identity.group, placed.identity.kind))
        if path is not None:
            template = map_at(placed.body, *map(str, path))
            pod = PodTemplate(
                placed, path, map_at(template, "metadata", "labels"), map_at(template, "spec")
            )
            found.setdefault(placed.identity.namespace, []).append(pod)
    return {namespace: tuple(pods) for namespace, pods in found.items()}


def _operated(objects: Iterable[Placed]) -> Mapping[str, tuple[Mapping[str, object], ...]]:
    found: dict[str, list[Mapping[str, object]]] = {}
    for placed in objects:
        labels = OPERATED.get((placed.identity.group, placed.identity.kind))
        if labels is not None:
            found.setdefault(placed.identity.namespace, []).append(labels)
    return {namespace: tuple(labels) for namespace, labels in found.items()}


def finding(
    rule: Rule, placed: Placed, path: DataPath, text: str, help_: str = "", *notes: Note
) -> Diagnostic:
    """A diagnostic on one place in one object: file, identity, path, what is wrong."""
    place_text = f"{path_text(path)}: " if path else ""
    return Diagnostic(
        rule=rule,
        message=f"{placed.file}: {placed.identity}: {place_text}{text}",
        at=start_of(placed.unit.source),
        help=help_,
        notes=notes,
    )
