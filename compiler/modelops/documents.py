"""What `load` hands to `layer`, and `layer` to `validate`: trees as written, with their places.

A tree is plain data: dict, list, str, int, float, bool and None, treated as immutable by everyone.
Nothing here knows the models: whether a key may exist is decided by `validate`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelops.provenance import DataPath, Mark, Origins

Tree = dict[str, Any]
"""A map as read: values are scalars, lists and further maps."""


class Kind(StrEnum):
    """The kinds of file that people write; the value is what stands after `kind:`."""

    DEFAULTS = "Defaults"
    PROFILE = "Profile"
    IMAGES = "Images"
    ENVIRONMENT = "Environment"
    CLOUD = "CloudFacts"
    WORKSPACE = "Workspace"
    RUN = "Run"
    SERVICE = "Service"


UNIT_FOLDERS: Mapping[str, Kind] = {
    "services": Kind.SERVICE,
    "workspaces": Kind.WORKSPACE,
    "runs": Kind.RUN,
}
"""The folders of an environment whose files compile to objects of their own."""


def unit_target(kind: Kind, name: str) -> str:
    """What the command line calls a unit of an environment: `workspaces/malaria`."""
    folders = {kind: folder for folder, kind in UNIT_FOLDERS.items()}
    return f"{folders[kind]}/{name}"


SOURCE_LIMIT = 1 << 20
"""Bytes of a source file; a longer one is a mistake, and is not read to its end."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file, its envelope checked: apiVersion, kind and name are right.

    Attributes:
        file: path below the project root, with forward slashes.
        kind: what the file's place in the tree says it is.
        name: the file's name without `.yaml`; for an environment, its folder's.
        root: the whole document; `root["spec"]` is a map.
        marks: for every node of `root`, where it stands.
    """

    file: str
    kind: Kind
    name: str
    root: Tree
    marks: Mapping[DataPath, Mark]

    @property
    def spec(self) -> Tree:
        """What the person wrote below `spec`."""
        spec: Tree = self.root["spec"]
        return spec


@dataclass(frozen=True, slots=True)
class EnvironmentDocuments:
    """The files of one environment's folder.

    Attributes:
        profiles: by name, sorted.
        units: by folder, then by name, sorted; every folder of `UNIT_FOLDERS` is there.
        cloud: what Azure answered; None where nobody has written it down.
    """

    environment: Document
    profiles: Mapping[str, Document]
    units: Mapping[str, Mapping[str, Document]]
    cloud: Document | None = None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.environment.name

    def all_units(self) -> Iterator[Document]:
        """The files of all units, a folder at a time."""
        for shelf in self.units.values():
            yield from shelf.values()


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything that was read. Maps are by name and sorted; `base` and `images` may be absent."""

    base: Document | None
    images: Document | None
    profiles: Mapping[str, Document]
    environments: Mapping[str, EnvironmentDocuments]


@dataclass(frozen=True, slots=True)
class LayeredSpec:
    """One merged tree and its side table.

    Attributes:
        kind: which model it must satisfy (the tree is that kind's `spec`).
        name: the object's name; for a fragment, the file that holds it.
        source: the file that the object is named after.
        tree: the merged `spec`.
        origins: a trail for every path of `tree`.
        layers: the names of all layers that were looked at, lowest first.
        profiles: the names of the active profiles, in order.
    """

    kind: Kind
    name: str
    source: str
    tree: Tree
    origins: Origins
    layers: tuple[str, ...]
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayeredEnvironment:
    """One environment and its units, each with all its layers merged.

    Attributes:
        cloud: what Azure answered, which has one layer; None where nobody has written it down.
        overridden: units' files as they were written, of those that a profile's overrides lie
            above, so that a mistake is found also where an override hides it. No whole specs.
    """

    spec: LayeredSpec
    units: tuple[LayeredSpec, ...]
    cloud: LayeredSpec | None = None
    overridden: tuple[LayeredSpec, ...] = ()

    def of(self, kind: Kind) -> tuple[LayeredSpec, ...]:
        """The units of one kind, sorted by name."""
        return tuple(unit for unit in self.units if unit.kind is kind)


@dataclass(frozen=True, slots=True)
class Layered:
    """Every object with its layers merged, and every fragment as it was written.

    Attributes:
        images: the images file; None where there is none.
        profiles: each profile file on its own (a profile is not merged with anything to be valid).
        environments: sorted by name.
        fragments: the partial specs inside Defaults, Profiles and Environments' `defaults`, each on
            its own, so that a mistake is found also where nothing uses the layer. Their trees may
            lack what a whole spec needs, and may hold None where they delete.
    """

    images: LayeredSpec | None
    profiles: tuple[LayeredSpec, ...]
    environments: tuple[LayeredEnvironment, ...]
    fragments: tuple[LayeredSpec, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One `--set TARGET:PATH=VALUE` of a preview, the highest layer.

    Attributes:
        target: `environment`, or a unit such as `workspaces/NAME`; in every environment that is
            looked at.
        path: the keys from `spec` down.
        value: as YAML reads it; None deletes.
        mark: where it stands in the argument, whose "file" is `--set ARGUMENT`.
    """

    target: str
    path: tuple[str, ...]
    value: object
    mark: Mark


@dataclass(frozen=True, slots=True)
class Preview:
    """What the command line adds to the files; never part of what is committed.

    Attributes:
        settings: in the order given, the last wins.
        profiles: replaces the choice of profiles of every unit; empty leaves the choice.
    """

    settings: tuple[Setting, ...] = ()
    profiles: tuple[str, ...] = ()
