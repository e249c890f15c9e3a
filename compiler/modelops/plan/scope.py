"""One unit with what it stands in, and the look-ups that checks and decisions share.

A unit is a function of what its scope holds: what all environments share, its environment's file,
its own, and the files of the objects that it names. No scope sees the units beside it; what must
hold between units is a check of the whole configuration.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from modelops import names
from modelops.diagnostics import Diagnostic, Note, Rule, Tier
from modelops.model import (
    CloudFactsSpec,
    Configuration,
    Configured,
    ConfiguredEnvironment,
    EnvironmentSpec,
    ImagesSpec,
    ProfileSpec,
    RunSpec,
    ServiceSpec,
    UnitSpec,
    WorkspaceSpec,
)
from modelops.model.cluster import Cluster
from modelops.model.store import StoreKind, StoreMode
from modelops.model.workspace import Scheduler, Workers
from modelops.plan.parts import Part, run_parts, service_parts, workspace_parts
from modelops.provenance import Span

U_co = TypeVar("U_co", bound=UnitSpec, covariant=True)

Services = Mapping[str, Configured[ServiceSpec]]


@dataclass(frozen=True, slots=True)
class UnitScope(ABC, Generic[U_co]):
    """One unit, its environment, and what all environments share.

    Attributes:
        cloud: what Azure answered; None where nobody has written it down.
        services: those that it uses, and those that these use, by name; one that it names and that
            does not exist is not there.
    """

    images: Configured[ImagesSpec]
    profiles: Mapping[str, Configured[ProfileSpec]]
    environment: Configured[EnvironmentSpec]
    cloud: Configured[CloudFactsSpec] | None
    unit: Configured[U_co]
    services: Services

    @property
    @abstractmethod
    def namespace(self) -> str:
        """The namespace it compiles to."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Part, ...]:
        """Whatever of it runs as pods."""

    @property
    def kind(self) -> str:
        """What it is, for a sentence: workspace, run, service."""
        return type(self.spec).__name__.removesuffix("Spec").lower()

    @property
    def spec(self) -> U_co:
        """What the unit's layers say."""
        return self.unit.spec

    @property
    def cluster(self) -> Cluster:
        """The cluster it will run on."""
        return self.environment.spec.cluster

    @property
    def tier(self) -> Tier:
        """The environment's tier."""
        return self.environment.spec.tier

    def at(self, *path: str | int) -> Span:
        """Where a value of the unit was written."""
        return self.unit.at(*path)

    def note(self, message: str, *path: str | int) -> Note:
        """A second place of the unit, with the layer it came from."""
        layer = self.unit.layer(*path)
        comes_from = "the default" if layer == "default" else f"from {layer}"
        told = message if layer == "file" else f"{message}, {comes_from}"
        return Note(self.at(*path), told)

    def breach(
        self, rule: Rule, message: str, at: Span, remedy: str, *notes: Note, label: str = ""
    ) -> Diagnostic:
        """A diagnostic of this rule, as severe as the tier makes it."""
        return Diagnostic(
            rule, message, at, remedy, label, notes, severity=rule.severity_in(self.tier)
        )


AnyScope = UnitScope[UnitSpec]


@dataclass(frozen=True, slots=True)
class Scope(UnitScope[WorkspaceSpec]):
    """One workspace."""

    @property
    def workspace(self) -> Configured[WorkspaceSpec]:
        """The workspace itself."""
        return self.unit

    @property
    def namespace(self) -> str:
        """Its own."""
        return names.workspace_namespace(self.environment.name, self.unit.name)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The Dask plane's, and one for each component."""
        return workspace_parts(self.spec)

    def part(self, name: str) -> Scheduler | Workers:
        """One of `PARTS`."""
        return self.spec.scheduler if name == "scheduler" else self.spec.workers


@dataclass(frozen=True, slots=True)
class RunScope(UnitScope[RunSpec]):
    """One run.

    Attributes:
        workspace: the one that it names; None where there is none.
    """

    workspace: Configured[WorkspaceSpec] | None

    @property
    def namespace(self) -> str:
        """Its own."""
        return names.run_namespace(self.environment.name, self.unit.name)

    @property
    def parts(self) -> tuple[Part, ...]:
        """Its workers, and its store where that runs in the cluster."""
        return run_parts(self.spec)

    @property
    def store_in_azure(self) -> bool:
        """Whether its trials are kept by the Flexible Server of its environment."""
        store = self.spec.store
        return store.kind == StoreKind.POSTGRES and store.mode == StoreMode.AZURE_FLEXIBLE


@dataclass(frozen=True, slots=True)
class ServiceScope(UnitScope[ServiceSpec]):
    """One service."""

    @property
    def namespace(self) -> str:
        """The one of all services of its environment."""
        return names.services_namespace(self.environment.name)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The service itself."""
        return service_parts(self.spec)


# --- what each scope holds -----------------------------------------------------------------------


def scopes(configuration: Configuration) -> Iterator[Scope]:
    """Every workspace of every environment."""
    for environment in configuration.environments:
        yield from workspaces_of(configuration, environment)


def unit_scopes(configuration: Configuration) -> Iterator[AnyScope]:
    """Every unit of every environment: its services, workspaces and runs."""
    for environment in configuration.environments:
        yield from units_of(configuration, environment)


def units_of(configuration: Configuration, held: ConfiguredEnvironment) -> Iterator[AnyScope]:
    """Every unit of one environment."""
    yield from services_of(configuration, held)
    yield from workspaces_of(configuration, held)
    yield from runs_of(configuration, held)


def workspaces_of(configuration: Configuration, held: ConfiguredEnvironment) -> Iterator[Scope]:
    """Every workspace of one environment."""
    images, profiles = configuration.images, configuration.profiles
    for one in held.workspaces:
        yield Scope(images, profiles, held.environment, held.cloud, one, _used(held, one.spec))


def runs_of(configuration: Configuration, held: ConfiguredEnvironment) -> Iterator[RunScope]:
    """Every run of one environment."""
    images, profiles = configuration.images, configuration.profiles
    workspaces = {one.name: one for one in held.workspaces}
    for one in held.runs:
        used, workspace = _used(held, one.spec), workspaces.get(one.spec.workspace)
        yield RunScope(images, profiles, held.environment, held.cloud, one, used, workspace)


def services_of(
    configuration: Configuration, held: ConfiguredEnvironment
) -> Iterator[ServiceScope]:
    """Every service of one environment."""
    images, profiles = configuration.images, configuration.profiles
    for one in held.services:
        yield ServiceScope(
            images, profiles, held.environment, held.cloud, one, _used(held, one.spec)
        )


def used_names(spec: UnitSpec) -> tuple[str, ...]:
    """The services that a unit names, those of a workspace's components among them; sorted."""
    components = spec.components.values() if isinstance(spec, WorkspaceSpec) else ()
    used = {*spec.uses, *(name for one in components for name in one.uses)}
    return tuple(sorted(used))


def _used(held: ConfiguredEnvironment, spec: UnitSpec) -> Services:
    """The services that a unit names, and those that these name, by name; sorted."""
    services = {one.name: one for one in held.services}
    found: dict[str, Configured[ServiceSpec]] = {}
    waiting = list(used_names(spec))
    while waiting:
        service = services.get(waiting.pop())
        if service is not None and service.name not in found:
            found[service.name] = service
            waiting.extend(used_names(service.spec))
    return dict(sorted(found.items()))


PARTS = ("scheduler", "workers")
"""The parts of a workspace that are its Dask plane."""
