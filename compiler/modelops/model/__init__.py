"""What a person may write: one frozen pydantic model a kind, and what `validate` makes of a tree.

The models are the only description of each option: defaults, JSON Schemas and reference
documentation are derived from them. They judge one field at a time; what holds between fields is
judged by `plan`, which knows where each value came from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from modelops.model.cloud import CloudFactsSpec
from modelops.model.environment import EnvironmentSpec
from modelops.model.fields import Spec
from modelops.model.images import ImagesSpec
from modelops.model.layers import DefaultsSpec, ProfileSpec
from modelops.model.run import RunSpec
from modelops.model.service import ServiceSpec
from modelops.model.workspace import WorkspaceSpec
from modelops.provenance import DataPath, Origins, Setting, Span

S_co = TypeVar("S_co", bound=Spec, covariant=True)

MODELS: dict[str, type[Spec]] = {
    "Defaults": DefaultsSpec,
    "Profile": ProfileSpec,
    "Images": ImagesSpec,
    "Environment": EnvironmentSpec,
    "CloudFacts": CloudFactsSpec,
    "Workspace": WorkspaceSpec,
    "Run": RunSpec,
    "Service": ServiceSpec,
}
"""Every `kind` that people write, and the model of its `spec`."""


@dataclass(frozen=True, slots=True)
class Configured(Generic[S_co]):
    """One valid object as written, with the places that its values came from.

    Attributes:
        source: the file it is named after.
        layers: the names of the layers that were looked at, lowest first.
        profiles: the names of the active profiles, in order.
    """

    name: str
    source: str
    spec: S_co
    origins: Origins
    layers: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    def at(self, *path: str | int) -> Span:
        """Where the value at this path of the spec was written; keys as in the file."""
        return self.origins.span(path)

    def at_key(self, *path: str | int) -> Span:
        """Where the key of this path was written."""
        return self.origins.key_span(path)

    def setting(self, path: DataPath, text: str, *, key: bool = False) -> Setting:
        """Who wrote the value at `path` (or its key) last; a scalar stands for all below it.

        A `null` that took an inherited value away is what wrote the default that holds instead.
        """
        for length in range(len(path), 0, -1):
            here = path[:length]
            trail = self.origins.trails.get(here) or self.origins.deleted.get(here)
            if trail is None:
                continue
            origin = trail.winner
            if length < len(path) and isinstance(origin.value, dict):
                break
            at = origin.mark.key if key else origin.mark.value
            return Setting(self.source, path, at or origin.mark.value, origin.layer, text)
        return Setting(self.source, path, None, "default", text)

    def layer(self, *path: str | int) -> str:
        """The layer that won this path; `default` where nobody wrote it."""
        origin = self.origins.origin(path)
        return origin.layer if origin else "default"


UnitSpec = WorkspaceSpec | RunSpec | ServiceSpec
Unit = Configured[UnitSpec]
"""What compiles to objects of its own, and has layers and profiles."""


@dataclass(frozen=True, slots=True)
class ConfiguredEnvironment:
    """One environment and its units, each kind sorted by name.

    Attributes:
        cloud: what Azure answered; None where nobody has written it down.
    """

    environment: Configured[EnvironmentSpec]
    workspaces: tuple[Configured[WorkspaceSpec], ...]
    runs: tuple[Configured[RunSpec], ...] = ()
    services: tuple[Configured[ServiceSpec], ...] = ()
    cloud: Configured[CloudFactsSpec] | None = None

    @property
    def units(self) -> tuple[Unit, ...]:
        """What has a file of its own: services, workspaces, runs."""
        return (*self.services, *self.workspaces, *self.runs)

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that people wrote, valid field by field."""

    images: Configured[ImagesSpec]
    profiles: Mapping[str, Configured[ProfileSpec]]
    environments: tuple[ConfiguredEnvironment, ...]


__all__ = [
    "MODELS",
    "CloudFactsSpec",
    "Configuration",
    "Configured",
    "ConfiguredEnvironment",
    "DataPath",
    "DefaultsSpec",
    "EnvironmentSpec",
    "ImagesSpec",
    "ProfileSpec",
    "RunSpec",
    "ServiceSpec",
    "Spec",
    "Unit",
    "UnitSpec",
    "WorkspaceSpec",
]
