"""The plan: everything decided, as frozen values that `render` only has to write down.

Made by `plan`, read by `render`. CPUs are thousandths, memory and storage bytes, times seconds.
Nothing here is None in the sense of "to be computed"; an Optional is a thing that does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelops.manifests import Given

# --- pods ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """A container image: the full reference that is pulled, and the user it runs as."""

    reference: str
    user: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """A container's requests and limits."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int
    disk_request: int
    disk_limit: int
    gpu: int = 0


@dataclass(frozen=True, slots=True)
class Toleration:
    """A taint that pods put up with."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where pods may run.

    Attributes:
        preferred: node labels that are sought but not demanded (spot nodes).
    """

    node_selector: Mapping[str, str]
    tolerations: tuple[Toleration, ...]
    preferred: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlainValue:
    """An environment variable's value as text."""

    text: str


@dataclass(frozen=True, slots=True)
class SecretValue:
    """An environment variable read from one key of a Secret in the same namespace."""

    secret: str
    key: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """An environment variable read from a field of the pod itself (downward API)."""

    path: str


Variables = Mapping[str, PlainValue | SecretValue | FieldValue]
"""Environment variables by name; the order is the container's."""


@dataclass(frozen=True, slots=True)
class ScratchVolume:
    """Disk of the node that lives as long as the pod, up to `size` bytes."""

    name: str
    mount_path: str
    size: int


@dataclass(frozen=True, slots=True)
class ConfigVolume:
    """A ConfigMap's keys as read-only files."""

    name: str
    mount_path: str
    config_map: str


@dataclass(frozen=True, slots=True)
class ClaimVolume:
    """A PersistentVolumeClaim of the unit."""

    name: str
    mount_path: str
    claim: str


Volume = ScratchVolume | ConfigVolume | ClaimVolume


@dataclass(frozen=True, slots=True)
class PodPlan:
    """What the pods of any workload have, whatever they run.

    Attributes:
        component: value of `app.kubernetes.io/component`; selectors go by it.
        grace: seconds between SIGTERM and SIGKILL.
    """

    component: str
    service_account: str
    priority_class: str
    image: ImagePlan
    pull_secrets: tuple[str, ...]
    placement: Placement
    amounts: Amounts
    variables: Variables
    volumes: tuple[Volume, ...]
    grace: int


# --- Dask ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PortRange:
    """TCP ports from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SchedulerPlan:
    """The Dask scheduler: one pod and the Service in front of it.

    Attributes:
        address: `tcp://host:port`, the same from every namespace.
        comm_port: where clients and workers connect.
        dashboard_port: HTTP: dashboard, health, metrics, counts for autoscaling.
    """

    name: str
    pod: PodPlan
    address: str
    comm_port: int
    dashboard_port: int


@dataclass(frozen=True, slots=True)
class FixedScale:
    """A number of pods that only a commit changes."""

    replicas: int


@dataclass(frozen=True, slots=True)
class QueueScale:
    """KEDA asks the scheduler how many worker processes it wants.

    Attributes:
        fewest, most: worker pods.
        url: where the scheduler tells the wanted number of worker processes.
        per_pod: worker processes in a pod.
        cooldown: seconds without work before the last pods go.
    """

    fewest: int
    most: int
    url: str
    per_pod: int
    cooldown: int


@dataclass(frozen=True, slots=True)
class CpuScale:
    """A HorizontalPodAutoscaler holds the average CPU use near `target_percent`.

    Attributes:
        scale_in_window: seconds that a smaller number must be wanted before a pod goes.
    """

    fewest: int
    most: int
    target_percent: int
    scale_in_window: int


Scale = FixedScale | QueueScale | CpuScale


@dataclass(frozen=True, slots=True)
class WorkersPlan:
    """The Dask workers: a Deployment of equal pods.

    Attributes:
        memory_limit: bytes that Dask gives each process.
        drain: seconds that a stopping pod may finish its tasks.
        worker_ports, nanny_ports: one port for each process, so that policies can be exact.
    """

    name: str
    pod: PodPlan
    scheduler_address: str
    scale: Scale
    processes: int
    threads: int
    memory_limit: int
    worker_ports: PortRange
    nanny_ports: PortRange
    metrics_port: int
    spill_directory: str
    drain: int


# --- network -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PodsPeer:
    """Pods of a component in the same namespace."""

    component: str


@dataclass(frozen=True, slots=True)
class NamespacePeer:
    """Pods of another namespace, all of them where no labels are given."""

    namespace: str
    pod_labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddressPeer:
    """Addresses outside the cluster, less the excluded ranges."""

    cidr: str
    excluded: tuple[str, ...] = ()


class Entity(StrEnum):
    """What only Cilium can name."""

    HOST = "host"
    API_SERVER = "kube-apiserver"


Peer = PodsPeer | NamespacePeer | AddressPeer


class Protocol(StrEnum):
    """A transport protocol of a port."""

    TCP = "TCP"
    UDP = "UDP"


@dataclass(frozen=True, slots=True)
class AllowedPorts:
    """Ports of one protocol."""

    ports: PortRange
    protocol: Protocol = Protocol.TCP


@dataclass(frozen=True, slots=True)
class Flow:
    """Connections that may be made with any of the peers at any of the ports."""

    peers: tuple[Peer, ...]
    ports: tuple[AllowedPorts, ...]


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """One NetworkPolicy.

    Attributes:
        component: whose pods it is for; "" for every pod of the namespace.
        ingress, egress: what is allowed; None where the policy does not speak of the direction.
    """

    name: str
    component: str
    ingress: tuple[Flow, ...] | None
    egress: tuple[Flow, ...] | None


@dataclass(frozen=True, slots=True)
class EntityPolicyPlan:
    """One CiliumNetworkPolicy: egress that plain NetworkPolicies cannot express.

    Attributes:
        component: whose pods it is for; "" for every pod of the namespace.
        cidrs: further addresses that the same ports may be reached at.
    """

    name: str
    component: str
    entity: Entity
    cidrs: tuple[str, ...]
    ports: tuple[AllowedPorts, ...]


# --- secrets and storage -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GeneratedSecret:
    """A Secret whose keys get random values once, in the cluster."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExternalSecret:
    """A Secret that External Secrets fetches from a ClusterSecretStore."""

    name: str
    store: str
    key: str


@dataclass(frozen=True, slots=True)
class BootstrapPlan:
    """The Job that makes generated Secrets.

    Attributes:
        name: of its account and role, and the beginning of the Job's own name, which ends in a hash
            of its pod template: a Job's template can never be changed in place.
    """

    name: str
    pod: PodPlan
    secrets: tuple[GeneratedSecret, ...]
    deadline: int


@dataclass(frozen=True, slots=True)
class SecretsPlan:
    """How the unit's Secrets come to be.

    Attributes:
        bootstrap: the Job that makes generated ones; None where there are none for it.
        passwords: generated ones that External Secrets makes.
        external: those fetched from a store.
    """

    bootstrap: BootstrapPlan | None
    passwords: tuple[GeneratedSecret, ...]
    external: tuple[ExternalSecret, ...]


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """A PersistentVolumeClaim that many pods write to, kept when its unit is removed."""

    name: str
    storage_class: str
    size: int


# --- units ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuotaPlan:
    """Upper bounds of a namespace; `claims` counts PersistentVolumeClaims."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int
    disk_request: int
    disk_limit: int
    pods: int
    claims: int


@dataclass(frozen=True, slots=True)
class ContainerBounds:
    """The largest container of a namespace."""

    cpu: int
    memory: int


@dataclass(frozen=True, slots=True)
class ConfigPlan:
    """The runtime's configuration: one immutable ConfigMap named by its content, one JSON file."""

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
    claims: tuple[ClaimPlan, ...]
    policies: tuple[PolicyPlan, ...]
    entity_policies: tuple[EntityPolicyPlan, ...]
    quota: QuotaPlan
    bounds: ContainerBounds


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
    """What an environment's units share."""

    unit: str
    source: str
    labels: Mapping[str, str]
    priority_classes: tuple[PriorityClassPlan, ...]
    storage_classes: tuple[StorageClassPlan, ...]


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """An object whose health decides when a unit is ready."""

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
        wait: whether every object of the unit must be healthy; health checks are ignored then.
    """

    name: str
    file: str
    unit: str
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
    interval: int
    retry_interval: int
    service_account: str
    kustomizations: tuple[KustomizationPlan, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentPlan:
    """One environment, decided; workspaces sorted by name.

    Attributes:
        kubernetes: the targeted minor, such as `1.35`.
        given: what its objects may refer to although nothing here makes it.
    """

    name: str
    source: str
    kubernetes: str
    platform: PlatformPlan
    workspaces: tuple[WorkspacePlan, ...]
    flux: FluxPlan
    given: Given


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that will be rendered; environments sorted by name."""

    environments: tuple[EnvironmentPlan, ...]
