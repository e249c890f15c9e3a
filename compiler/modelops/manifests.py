"""What `render` makes, `verify` judges, `synth` turns into bytes and `disk` writes.

Objects are plain JSON data as the Kubernetes API would take them. Nothing here knows a model or a
plan: these values could have come from any renderer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]
"""One Kubernetes object as JSON data: str, int, bool, float, dict and list."""


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """What makes an object one of its kind in a cluster; `namespace` is "" where it has none.

    The API version is left out: the cluster holds one object whatever version it is read through.
    """

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """`Deployment dask-worker in modelops-dask-dev`."""
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.kind} {self.name}{place}"


def identity(body: Body) -> Identity:
    """The identity of an object that has `apiVersion`, `kind` and `metadata.name`."""
    group, slash, _ = body["apiVersion"].partition("/")
    metadata = body["metadata"]
    return Identity(
        group if slash else "", body["kind"], metadata.get("namespace", ""), metadata["name"]
    )


@dataclass(frozen=True, slots=True)
class Component:
    """One file of a unit: objects that read as one thing, in the order they are written.

    Attributes:
        file: the file's name in the unit's folder, such as `scheduler.yaml`.
    """

    file: str
    objects: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """What is applied together: one folder of `generated/`, one Flux Kustomization, one chart.

    Attributes:
        name: `dev/workspaces/malaria`; also its folder below `generated/`.
        source: the input file that the unit is named after.
        components: in the order of the files' names.
        indexed: whether the folder gets a `kustomization.yaml` that lists the components.
    """

    name: str
    source: str
    components: tuple[Component, ...]
    indexed: bool = True


@dataclass(frozen=True, slots=True)
class Given:
    """What an environment's objects may refer to without making it.

    Attributes:
        identities: objects that someone else makes: declared `existing` secrets, the provider's
            storage classes, namespaces and accounts of the cluster's own components.
    """

    identities: frozenset[Identity]


@dataclass(frozen=True, slots=True)
class EnvironmentManifests:
    """All units of one environment.

    Attributes:
        name: the environment's name.
        source: its `environment.yaml`.
        kubernetes: the targeted minor, such as `1.35`.
        units: sorted by name.
        given: what may be referred to without being among the units.
    """

    name: str
    source: str
    kubernetes: str
    units: tuple[Unit, ...]
    given: Given


@dataclass(frozen=True, slots=True)
class Manifests:
    """What a compile will write, as objects; environments sorted by name."""

    environments: tuple[EnvironmentManifests, ...]


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file as it will stand on disk.

    Attributes:
        path: below `generated/`, with forward slashes: `dev/workspaces/malaria/scheduler.yaml`.
        unit: the unit it belongs to.
    """

    path: str
    unit: str
    content: bytes


@dataclass(frozen=True, slots=True)
class EnvironmentArtefacts:
    """All files of one environment, sorted by path; `inventory` lists them and is written last."""

    name: str
    files: tuple[Artefact, ...]
    inventory: Artefact


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The bytes of a compile; environments sorted by name."""

    environments: tuple[EnvironmentArtefacts, ...]
