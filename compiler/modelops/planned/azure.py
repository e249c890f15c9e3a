"""Part of `planned`: what the program that makes an environment's infrastructure is given.

Written as `infra/inputs.json`, with keys in camelCase. A change that a reader of an earlier version
could take for something else counts `version` up. Nothing is optional: None is a thing that is not
wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupInputs:
    """A resource group.

    Attributes:
        existing: whether it is used as it is.
        node_resource_group: where AKS puts its machines.
    """

    name: str
    existing: bool
    node_resource_group: str


@dataclass(frozen=True, slots=True)
class StateInputs:
    """Where the program keeps its state."""

    resource_group: str
    storage_account: str
    container: str


@dataclass(frozen=True, slots=True)
class NetworkInputs:
    """Ranges of addresses that do not overlap.

    Attributes:
        subnet_cidr: of the nodes, within the network's.
        postgres_cidr: of a database, within it too.
    """

    name: str
    vnet_cidr: str
    subnet: str
    subnet_cidr: str
    postgres_subnet: str
    postgres_cidr: str
    pod_cidr: str
    service_cidr: str
    dns_service_ip: str


@dataclass(frozen=True, slots=True)
class TaintInputs:
    """A taint of a pool's nodes."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class PoolInputs:
    """A node pool."""

    name: str
    mode: str
    vm_size: str
    min: int
    max: int
    max_pods: int
    spot: bool
    labels: Mapping[str, str]
    taints: tuple[TaintInputs, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaintenanceInputs:
    """The hours in which AKS may upgrade, once a week."""

    day: str
    start_time: str
    utc_offset: str
    duration_hours: int


@dataclass(frozen=True, slots=True)
class SshInputs:
    """Where the public key of the nodes comes from: a file, a variable, or nowhere."""

    mode: str
    path: str | None
    variable: str | None
    user: str


@dataclass(frozen=True, slots=True)
class ClusterInputs:
    """The managed cluster.

    Attributes:
        existing: whether it is adopted.
        network_policy: the engine that enforces policies; None where none does.
        pools: sorted by name.
    """

    name: str
    existing: bool
    dns_prefix: str
    kubernetes_version: str
    tier: str
    zones: tuple[str, ...]
    network_policy: str | None
    authorized_ip_ranges: tuple[str, ...]
    maintenance: MaintenanceInputs
    ssh: SshInputs
    keda: bool
    key_vault_provider: bool
    pools: tuple[PoolInputs, ...]


@dataclass(frozen=True, slots=True)
class RegistryInputs:
    """A container registry; `resource_id` where it is somebody else's."""

    name: str
    existing: bool
    resource_id: str | None
    sku: str


@dataclass(frozen=True, slots=True)
class CredentialInputs:
    """An account of the cluster whose pods log in as an identity."""

    name: str
    namespace: str
    service_account: str


@dataclass(frozen=True, slots=True)
class IdentityInputs:
    """An identity of Azure, what it is for, and who has it."""

    name: str
    purpose: str
    credentials: tuple[CredentialInputs, ...]


@dataclass(frozen=True, slots=True)
class StorageInputs:
    """A storage account without keys."""

    account: str
    sku: str
    containers: tuple[str, ...]
    deleted_days: int


@dataclass(frozen=True, slots=True)
class VaultInputs:
    """A key vault."""

    name: str


@dataclass(frozen=True, slots=True)
class PostgresInputs:
    """A Flexible Server."""

    name: str
    version: str
    sku: str
    storage_gb: int
    backup_days: int


@dataclass(frozen=True, slots=True)
class FluxInputs:
    """The extension of Flux, and the one Kustomization that begins everything.

    Attributes:
        secret: with the login of the repository, in the namespace; None where it needs none.
    """

    extension: str
    release_namespace: str
    configuration: str
    namespace: str
    url: str
    branch: str
    secret: str | None
    path: str
    kustomization: str
    interval_seconds: int


@dataclass(frozen=True, slots=True)
class InfraInputs:
    """All of it."""

    api_version: str
    kind: str
    version: int
    environment: str
    tier: str
    subscription_id: str
    tenant_id: str
    location: str
    tags: Mapping[str, str]
    resource_group: GroupInputs
    state: StateInputs | None
    network: NetworkInputs
    cluster: ClusterInputs
    registry: RegistryInputs | None
    identities: tuple[IdentityInputs, ...]
    storage: StorageInputs | None
    key_vault: VaultInputs | None
    postgres: PostgresInputs | None
    flux: FluxInputs


@dataclass(frozen=True, slots=True)
class InfraPlan:
    """The file of these inputs.

    Attributes:
        unit: the folder that it is in.
        source: the environment's file.
    """

    unit: str
    source: str
    inputs: InfraInputs
