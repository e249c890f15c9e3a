"""Part of `planned`: units and what holds them, up to the whole plan."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops import names
from modelops.diagnostics import Tier
from modelops.manifests import Given
from modelops.planned.azure import InfraPlan
from modelops.planned.dask import SchedulerPlan, WorkersPlan
from modelops.planned.namespaces import ContainerBounds, QuotaPlan, SharedNamespacePlan
from modelops.planned.network import EntityPolicyPlan, NeighbourPolicy, PolicyPlan
from modelops.planned.runs import RunPlan
from modelops.planned.services import ServicePlan, WorkloadPlan
from modelops.planned.storage import ClaimPlan, PullCheckPlan, SecretsPlan, SecretStorePlan


@dataclass(frozen=True, slots=True)
class ConfigPlan:
    """A configuration: one immutable ConfigMap named by its content, one JSON file."""

    name: str
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkspacePlan:
    """One workspace, decided.

    Attributes:
        name: the workspace's name.
        unit: its unit, also its folder below `generated/`.
        source: its file.
        labels: of the namespace and every object, the person's own among them.
        pod_security: the version that Pod Security *restricted* is held to: `v1.35`.
        keep: whether the namespace outlives the removal of its file, for the data in it.
        components: its further workloads.
        context: what they are told; None where there is nothing to tell, or nobody.
        uses: the services that its pods reach.
        neighbours: the half of these flows that lies in the services' namespace.
    """

    name: str
    unit: str
    source: str
    namespace: str
    labels: Mapping[str, str]
    pod_security: str
    keep: bool
    config: ConfigPlan
    scheduler: SchedulerPlan
    workers: WorkersPlan
    secrets: SecretsPlan
    pull_check: PullCheckPlan | None
    claims: tuple[ClaimPlan, ...]
    policies: tuple[PolicyPlan, ...]
    entity_policies: tuple[EntityPolicyPlan, ...]
    quota: QuotaPlan
    bounds: ContainerBounds
    components: tuple[WorkloadPlan, ...] = ()
    context: ConfigPlan | None = None
    uses: tuple[str, ...] = ()
    neighbours: tuple[NeighbourPolicy, ...] = ()

    @property
    def product(self) -> str:
        """What its pods are a part of, but those that say otherwise."""
        return names.DASK


@dataclass(frozen=True, slots=True)
class PriorityClassPlan:
    """How important pods are; `preempts` is whether they push others off a node."""

    name: str
    value: int
    preempts: bool
    description: str


@dataclass(frozen=True, slots=True)
class StorageClassPlan:
    """A storage class of Azure disks whose data outlives its claim."""

    name: str


@dataclass(frozen=True, slots=True)
class PlatformPlan:
    """What an environment's units share.

    Attributes:
        shared: the namespace of its services; None where it has none.
        secret_store: of its key vault; None where none is read, or Azure has not answered yet.
    """

    unit: str
    source: str
    labels: Mapping[str, str]
    priority_classes: tuple[PriorityClassPlan, ...]
    storage_classes: tuple[StorageClassPlan, ...]
    shared: SharedNamespacePlan | None = None
    secret_store: SecretStorePlan | None = None


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """An object whose health decides when a unit is ready; `namespace` is "" where it has none."""

    api_version: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class KustomizationPlan:
    """One Flux Kustomization: it applies one unit, after those it depends on.

    Attributes:
        file: its file in the `flux` unit.
        unit: the unit that it applies.
        source: the input file that the unit is named after.
        wait: whether every object of the unit must be healthy; health checks are ignored then.
    """

    name: str
    file: str
    unit: str
    source: str
    depends_on: tuple[str, ...]
    health_checks: tuple[HealthCheck, ...]
    wait: bool
    timeout: int


@dataclass(frozen=True, slots=True)
class FluxPlan:
    """The Flux graph of an environment, and how the cluster reads the repository.

    Attributes:
        unit: the unit of the Kustomizations themselves.
        bootstrap_unit: the unit that connects a cluster to the repository, applied once.
        root: the Kustomization that applies `unit`.
        secret: with the login of the repository; None where it needs none.
        kustomizations: in order of their names.
    """

    unit: str
    bootstrap_unit: str
    source_file: str
    root: str
    namespace: str
    source: str
    url: str
    branch: str
    secret: str | None
    interval: int
    retry_interval: int
    service_account: str
    kustomizations: tuple[KustomizationPlan, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """One environment, decided; units of a kind sorted by name.

    Attributes:
        tier: what it is for: how severe some findings are.
        kubernetes: the targeted minor, such as `1.35`.
        given: what its objects may refer to although nothing here makes it.
        infra: what it stands on; None where somebody else makes that.
    """

    name: str
    source: str
    tier: Tier
    kubernetes: str
    platform: PlatformPlan
    workspaces: tuple[WorkspacePlan, ...]
    flux: FluxPlan
    given: Given
    runs: tuple[RunPlan, ...] = ()
    services: tuple[ServicePlan, ...] = ()
    infra: InfraPlan | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be rendered; environments sorted by name."""

    environments: tuple[EnvironmentPlan, ...]
