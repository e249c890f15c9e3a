"""What the compiler decided, as values: `inputs.json` with the keys in snake_case.

`schemas/infra-inputs.json` describes the same for other programs; a test holds both together.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A resource group.

    Attributes:
        existing: whether it is used as it is.
        node_resource_group: where AKS puts its machines.
    """

    name: str
    existing: bool
    node_resource_group: str


@dataclass(frozen=True, slots=True)
class State:
    """Where the program keeps its state."""

    resource_group: str
    storage_account: str
    container: str


@dataclass(frozen=True, slots=True)
class Network:
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
class Taint:
    """A taint of a pool's nodes."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A node pool."""

    name: str
    mode: str
    vm_size: str
    min: int
    max: int
    max_pods: int
    spot: bool
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """The hours in which AKS may upgrade, once a week."""

    day: str
    start_time: str
    utc_offset: str
    duration_hours: int


@dataclass(frozen=True, slots=True)
class Ssh:
    """Where the public key of the nodes comes from: a file, a variable, or nowhere."""

    mode: str
    path: str | None
    variable: str | None
    user: str


@dataclass(frozen=True, slots=True)
class Cluster:
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
    maintenance: Maintenance
    ssh: Ssh
    keda: bool
    key_vault_provider: bool
    pools: tuple[Pool, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """A container registry; `resource_id` where it is somebody else's."""

    name: str
    existing: bool
    resource_id: str | None
    sku: str


@dataclass(frozen=True, slots=True)
class Credential:
    """An account of the cluster whose pods log in as an identity."""

    name: str
    namespace: str
    service_account: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity of Azure, what it is for, and who has it."""

    name: str
    purpose: str
    credentials: tuple[Credential, ...]


@dataclass(frozen=True, slots=True)
class Storage:
    """A storage account without keys."""

    account: str
    sku: str
    containers: tuple[str, ...]
    deleted_days: int


@dataclass(frozen=True, slots=True)
class Vault:
    """A key vault."""

    name: str


@dataclass(frozen=True, slots=True)
class Postgres:
    """A Flexible Server."""

    name: str
    version: str
    sku: str
    storage_gb: int
    backup_days: int


@dataclass(frozen=True, slots=True)
class Flux:
    """The extension of Flux, and the one Kustomization that begins everything."""

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
class Inputs:
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
    resource_group: Group
    state: State | None
    network: Network
    cluster: Cluster
    registry: Registry | None
    identities: tuple[Identity, ...]
    storage: Storage | None
    key_vault: Vault | None
    postgres: Postgres | None
    flux: Flux
