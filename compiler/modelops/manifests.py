"""What `render` makes, `verify` judges, `synth` turns into bytes and `disk` writes.

Objects are plain JSON data as the Kubernetes API would take them. Nothing here knows a model or a
plan: these values could have come from any renderer.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from modelops.diagnostics import Tier
from modelops.names import API_VERSION

Body = Mapping[str, Any]
"""One Kubernetes object as JSON data: str, int, bool, float, dict and list."""


class Identity(NamedTuple):
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
        source: the input file that it is named after; empty where that is the unit's.
    """

    file: str
    objects: tuple[Body, ...]
    source: str = ""


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
class Document:
    """A file for another program than Kubernetes: JSON, as that program's schema describes it.

    Attributes:
        path: below `generated/`.
        unit: its folder.
        source: the input file that it is named after.
        tree: its content.
    """

    path: str
    unit: str
    source: str
    tree: Body


@dataclass(frozen=True, slots=True)
class EnvironmentManifests:
    """All units of one environment.

    Attributes:
        name: the environment's name.
        source: its `environment.yaml`.
        kubernetes: the targeted minor, such as `1.35`.
        units: sorted by name.
        given: what may be referred to without being among the units.
        tier: how severe some findings are; the strictest where nobody says.
        documents: files that are no objects.
    """

    name: str
    source: str
    kubernetes: str
    units: tuple[Unit, ...]
    given: Given
    tier: Tier = Tier.PRODUCTION
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifests:
    """What a compile will write, as objects; environments sorted by name."""

    environments: tuple[EnvironmentManifests, ...]


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file as it will stand on disk.

    Attributes:
        path: below `generated/`, with forward slashes: `dev/workspaces/malaria/scheduler.yaml`.
        unit: the unit it belongs to: the folder it lies in.
        source: the input file that it is named after; empty for an inventory.
    """

    path: str
    unit: str
    content: bytes
    source: str = ""


@dataclass(frozen=True, slots=True)
class EnvironmentArtefacts:
    """All files of one environment.

    Attributes:
        files: sorted by path.
        inventory: lists them all, and is written last.
        standing: paths of further files, which are known to stand as they would be made.
    """

    name: str
    files: tuple[Artefact, ...]
    inventory: Artefact
    standing: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many files there are, the inventory among them."""
        return len(self.files) + len(self.standing) + 1


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The bytes of a compile; environments sorted by name."""

    environments: tuple[EnvironmentArtefacts, ...]


# --- what says that a file is ours ---------------------------------------------------------------

INVENTORY = "inventory.json"
"""The name, in an environment's folder of `generated/`, of the list of its files."""

INVENTORY_KIND = "Inventory"


def header(source: str) -> str:
    """The first line of every generated YAML file: how linters and code hosts know them."""
    return f"# Code generated by modelops from {source}; DO NOT EDIT.\n"


def digest(content: bytes) -> str:
    """What an inventory says of a file's content."""
    return hashlib.sha256(content).hexdigest()


def document_content(tree: Body) -> bytes:
    """A file for another program; keys are sorted, and values that remember are plain again."""
    text = json.dumps(_plain(tree), indent=2, sort_keys=True, ensure_ascii=False)
    return f"{text}\n".encode()


def _plain(tree: object) -> object:
    match tree:
        case dict():
            return {key: _plain(value) for key, value in tree.items()}
        case list():
            return [_plain(value) for value in tree]
    return tree


def inventory_entry(unit: str, sha256: str) -> Mapping[str, str]:
    """What an inventory says of one file."""
    return {"sha256": sha256, "unit": unit}


def inventory_content(entries: Mapping[str, object]) -> bytes:
    """An inventory with these entries, by path below the environment's folder."""
    # Its one long part is put together here: an encoder that indents is slow.
    files = ",\n".join(
        f"    {_json(path)}: {_json_lines(entry)}" for path, entry in sorted(entries.items())
    )
    held = f"{{\n{files}\n  }}" if files else "{}"
    text = (
        f'{{\n  "apiVersion": {_json(API_VERSION)},\n  "files": {held},\n'
        f'  "kind": {_json(INVENTORY_KIND)}\n}}\n'
    )
    return text.encode()


def _json_lines(entry: object) -> str:
    if not isinstance(entry, dict) or not entry:
        return _json(entry)
    lines = ",\n".join(f"      {_json(key)}: {_json(of)}" for key, of in sorted(entry.items()))
    return f"{{\n{lines}\n    }}"


_json = json.JSONEncoder(ensure_ascii=False).encode
