"""Part of `planned`: a run: its stages, its store, and the pods that lead the search."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelops import names
from modelops.planned.namespaces import ContainerBounds, QuotaPlan
from modelops.planned.network import EntityPolicyPlan, NeighbourPolicy, PolicyPlan
from modelops.planned.pods import PodPlan
from modelops.planned.storage import ClaimPlan, PullCheckPlan, SecretsPlan


class Stage(StrEnum):
    """What is applied together, in this order: the units of a run."""

    BASE = "00-base"
    SECRETS = "10-secrets"
    STORE = "20-store"
    STORE_INIT = "30-store-init"
    WORKERS = "40-workers"


@dataclass(frozen=True, slots=True)
class DaskBinding:
    """The Dask plane that a run's simulations go to.

    Attributes:
        address: of the scheduler, the same from every namespace.
        namespace: the workspace's.
        component: of the scheduler's pods.
        port: where clients connect.
    """

    address: str
    namespace: str
    component: str
    port: int


class StoreLogin(StrEnum):
    """How clients show the store who they are."""

    PASSWORD = "password"  # noqa: S105 -- the word for it
    ENTRA = "entra"


@dataclass(frozen=True, slots=True)
class PostgresBinding:
    """How clients reach a run's store.

    Attributes:
        service: the Service of the run's namespace in front of it; "" where it is elsewhere.
        component, product: of the pods that serve it; both "" where it is outside the cluster.
        login: by a password, or by a token that Entra gives to whom the pod is.
        secret: the Secret with the user's password, under `key`; both "" where there is none.
        sslmode: libpq's word for what the client demands of the connection.
    """

    host: str
    port: int
    database: str
    user: str
    login: StoreLogin
    secret: str
    key: str
    sslmode: str
    service: str
    component: str
    product: str


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """A Postgres of ours: a StatefulSet of one pod and the headless Service in front of it.

    Attributes:
        port: where it listens.
        connections: how many it lets in at once.
        directory: where its volume is mounted.
        keep: whether its data outlives the file.
    """

    name: str
    pod: PodPlan
    port: int
    connections: int
    directory: str
    storage_class: str
    size: int
    keep: bool


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """A Postgres that CloudNativePG runs.

    Attributes:
        pod: what the operator is to give each of its pods.
        keep: whether it stays when the file is removed: its volumes go with it.
    """

    name: str
    instances: int
    pod: PodPlan
    database: str
    owner: str
    storage_class: str
    size: int
    keep: bool


@dataclass(frozen=True, slots=True)
class StoreInitPlan:
    """The Job that makes all that the workers of a run expect in its store.

    Attributes:
        name: the beginning of the Job's own name, which ends in a hash of its pod template.
        tables: the pod, and its last container, which makes the tables and the study.
        command: how that is started.
        check: the container before it that logs in as the run's user; None where no password can
            be wrong.
        database: the first, which makes role and database; None where somebody else does.
        restart: what a person changes to have it run again.
        config_digest: of what the pod reads at its start.
    """

    name: str
    tables: PodPlan
    command: tuple[str, ...]
    check: PodPlan | None
    database: PodPlan | None
    deadline: int
    restart: str
    config_digest: str


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """Dumps on a volume of their own, and the way back.

    Attributes:
        backup, restore: the pods of the two CronJobs; the second is started by people alone.
    """

    backup: PodPlan
    restore: PodPlan
    schedule: str
    claim: ClaimPlan
    deadline: int


@dataclass(frozen=True, slots=True)
class RunConfigPlan:
    """The resolved specification of a run: one ConfigMap.

    Attributes:
        values: its entries, by key.
        digest: of the entries: a change makes a new Job of workers.
    """

    name: str
    values: Mapping[str, str]
    digest: str


@dataclass(frozen=True, slots=True)
class RunWorkersPlan:
    """The pods that lead the search: an Indexed Job.

    Attributes:
        name: the beginning of the Job's own name, which ends in a hash of its content.
        command: how the program is started.
        restart: what a person changes to have it run again.
        config_digest: of what the pods read at their start.
        metrics_port: where each tells how it goes.
    """

    name: str
    pod: PodPlan
    command: tuple[str, ...]
    replicas: int
    deadline: int
    restart: str
    config_digest: str
    metrics_port: int


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run, decided.

    Attributes:
        units: its stages that have something to apply, and their units, in order.
        labels: of the namespace and every object, the person's own among them.
        keep: whether the namespace outlives the removal of its file, for the data in it.
        accounts: pods whose accounts are the run's own, each account once.
        trials: how many parameter sets are tried.
        dask: where its simulations go.
        binding: how its pods reach their store; None where there is none.
        claims: volumes beside those of the store itself.
        neighbours: the half of its flows that lies in other units' namespaces.
    """

    name: str
    source: str
    units: Mapping[Stage, str]
    namespace: str
    labels: Mapping[str, str]
    pod_security: str
    keep: bool
    trials: int
    dask: DaskBinding
    binding: PostgresBinding | None
    config: RunConfigPlan
    accounts: tuple[PodPlan, ...]
    secrets: SecretsPlan
    pull_check: PullCheckPlan | None
    store: ServerPlan | ClusterPlan | None
    store_init: StoreInitPlan | None
    backup: BackupPlan | None
    workers: RunWorkersPlan
    policies: tuple[PolicyPlan, ...]
    entity_policies: tuple[EntityPolicyPlan, ...]
    neighbours: tuple[NeighbourPolicy, ...]
    quota: QuotaPlan
    bounds: ContainerBounds

    @property
    def product(self) -> str:
        """What its pods are a part of."""
        return names.RUN
