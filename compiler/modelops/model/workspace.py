"""Kind Workspace: one Dask plane in a namespace of its own."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelops.model.acceptance import Accept
from modelops.model.azure import ContainerName
from modelops.model.context import Context
from modelops.model.fields import (
    Bytes,
    Count,
    Cpu,
    Duration,
    Flag,
    FrozenMap,
    Headroom,
    Labels,
    Name,
    ObjectName,
    PoolName,
    Port,
    Positive,
    Saturation,
    Share,
    Spec,
    Text,
)
from modelops.model.images import PORT, ExecutorType
from modelops.model.layers import ProfileChoice
from modelops.model.resources import BytesAmount, CpuAmount
from modelops.model.secrets import EnvText, SecretEnv, Secrets
from modelops.model.uses import Uses
from modelops.model.workload import Component, ComponentName

# --- resources -----------------------------------------------------------------------------------


class SchedulerResources(Spec):
    """What the scheduler's container gets."""

    cpu: CpuAmount = Field("500m", validate_default=True, description="CPUs.")
    memory: BytesAmount = Field("1Gi", validate_default=True, description="Memory.")
    ephemeral_storage: BytesAmount | None = Field(
        None, description="Disk of the node; absent: computed from its volumes."
    )


class WorkerResources(Spec):
    """What one worker pod's container gets."""

    cpu: CpuAmount = Field("2", validate_default=True, description="CPUs.")
    memory: BytesAmount = Field("8Gi", validate_default=True, description="Memory.")
    ephemeral_storage: BytesAmount | None = Field(
        None, description="Disk of the node; absent: computed from its volumes."
    )
    gpu: Count = Field(0, description="nvidia.com/gpu.")


# --- scheduler and workers -----------------------------------------------------------------------


class Scheduler(Spec):
    """The Dask scheduler: always one pod."""

    image: Name = Field(
        "dask-scheduler", description="A name in images.yaml, or a full image reference."
    )
    pool: PoolName = Field("cpu", description="A node pool of the environment.")
    resources: SchedulerResources = Field(
        default_factory=SchedulerResources, description="What its container gets."
    )
    env: EnvText = Field(description="Environment variables.")
    secret_env: SecretEnv = Field(description="Environment variables read from Secrets.")


class AutoscalingMode(StrEnum):
    """What decides how many workers there are."""

    QUEUE = "queue"
    CPU = "cpu"


class Autoscaling(Spec):
    """Workers that come and go."""

    mode: AutoscalingMode = Field(
        AutoscalingMode.QUEUE,
        description="queue: KEDA, on the workers that the scheduler wants | cpu: a "
        "HorizontalPodAutoscaler.",
    )
    min: Count | None = Field(
        None, description="Fewest worker pods; 0 where absent, and 1 with mode cpu."
    )
    max: Positive = Field(description="Most worker pods.")

    @property
    def fewest(self) -> int:
        """The fewest worker pods, whether they were written or not."""
        least = 0 if self.mode == AutoscalingMode.QUEUE else 1
        return least if self.min is None else self.min


class WorkerMemory(Spec):
    """How a worker pod's memory is shared out, and when Dask acts on it."""

    per_process: Bytes | None = Field(
        None,
        description="Dask's memory limit of each process; absent: the container's limit less the "
        "headroom, divided by the processes.",
    )
    headroom: Headroom = Field(0.1, description="Share of the limit that no process may plan with.")
    target: Share = Field(0.6, description="Share where Dask begins to spill by its own count.")
    spill: Share = Field(0.7, description="Share where Dask spills by the process's real memory.")
    pause: Share = Field(0.8, description="Share where a process takes no new task.")
    terminate: Share = Field(0.95, description="Share where the nanny kills the process.")


class Workers(Spec):
    """The Dask workers: equal pods."""

    image: Name = Field(
        "dask-worker", description="A name in images.yaml, or a full image reference."
    )
    pool: PoolName = Field("cpu", description="A node pool of the environment.")
    replicas: Count | None = Field(
        None, description="How many pods; 2 where neither this nor autoscaling is given."
    )
    autoscaling: Autoscaling | None = Field(None, description="Instead of replicas.")
    processes: Annotated[Positive, Field(le=100)] = Field(
        2, description="Dask worker processes in a pod."
    )
    threads: Annotated[Positive, Field(le=256)] = Field(1, description="Threads of each process.")
    resources: WorkerResources = Field(
        default_factory=WorkerResources, description="What each pod's container gets."
    )
    memory: WorkerMemory = Field(
        default_factory=WorkerMemory, description="How its memory is shared out."
    )
    spill: Bytes = Field(
        "10Gi", validate_default=True, description="Disk that Dask may spill to, in each pod."
    )
    drain: Duration | None = Field(
        None,
        description="How long a stopping worker may finish its tasks; absent: as long as one "
        "execution may take, from 10m to 1h.",
    )
    saturation: Saturation = Field(
        1.1, description="Dask's worker-saturation; inf for many tiny tasks."
    )
    env: EnvText = Field(description="Environment variables.")
    secret_env: SecretEnv = Field(description="Environment variables read from Secrets.")


# --- the runtime ---------------------------------------------------------------------------------


class Executor(Spec):
    """How workers run a bundle's code."""

    type: ExecutorType = Field(
        ExecutorType.ISOLATED_WARM,
        description="isolated_warm: a warm process for each bundle | direct: in the worker itself "
        "| cold: a new process for each task.",
    )
    fresh_venv: Flag = Field(default=False, description="A new environment for each execution.")
    max_warm_processes: Annotated[Positive, Field(le=1024)] | None = Field(
        None,
        description="Most warm processes in a worker process; absent: as many as the container's "
        "memory has room for beside Dask, from 1 to 4.",
    )
    warm_process_memory: Bytes = Field(
        "1Gi", validate_default=True, description="Memory that one warm process may use."
    )
    timeout: Duration = Field(
        "30m", validate_default=True, description="Most time for one execution."
    )


class BundleSource(StrEnum):
    """Where bundles come from."""

    OCI = "oci"
    FILE = "file"


Host = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9.-]+(:{PORT})?(/[a-z0-9._/-]+)?$")]


class Bundles(Spec):
    """The code and data that simulations are."""

    source: BundleSource = Field(
        BundleSource.OCI, description="oci: from a registry by digest | file: from the image."
    )
    registry: Host | None = Field(
        None, description="Where oci bundles are; absent: where the environment's images are."
    )
    cache: Bytes = Field(
        "10Gi", validate_default=True, description="Disk for unpacked bundles, in each worker pod."
    )


class VolumeResults(Spec):
    """Results on a volume that all workers write to; kept when the file is removed."""

    kind: Literal["volume"] = Field(description="volume | ephemeral | blob.")
    size: Bytes = Field("50Gi", validate_default=True, description="The volume's size.")


class EphemeralResults(Spec):
    """Results that live as long as the worker pod."""

    kind: Literal["ephemeral"] = Field(description="volume | ephemeral | blob.")
    size: Bytes = Field("5Gi", validate_default=True, description="Disk in each worker pod.")


class BlobResults(Spec):
    """Results in a container of the environment's storage account; they outlive the cluster."""

    kind: Literal["blob"] = Field(description="volume | ephemeral | blob.")
    container: ContainerName = Field(description="One of `azure.storage.containers`.")


Results = Annotated[VolumeResults | EphemeralResults | BlobResults, Field(discriminator="kind")]

# --- network, quota, limits ---------------------------------------------------------------------


Cidr = Annotated[
    str, StringConstraints(pattern=r"^(\d{1,3}\.){3}\d{1,3}/\d{1,2}$|^[0-9a-fA-F:]+/\d{1,3}$")
]


class Egress(Spec):
    """One destination outside the cluster that pods of the unit may reach."""

    cidr: Cidr = Field(description="Its addresses.")
    ports: tuple[Port, ...] = Field((443,), min_length=1, description="Its TCP ports.")


class Network(Spec):
    """What the unit reaches beyond what its own parts need."""

    egress: FrozenMap[ObjectName, Egress] = Field(description="By a name for people.")


class Quota(Spec):
    """Upper bounds of the namespace; what is absent is computed from the plan."""

    cpu: Cpu | None = Field(None, description="CPUs of all pods, requests and limits alike.")
    memory: Bytes | None = Field(None, description="Memory of all pods.")
    ephemeral_storage: Bytes | None = Field(None, description="Node disk of all pods.")
    pods: Positive | None = Field(None, description="How many pods.")


class Limits(Spec):
    """What a workspace promises to stay below."""

    participants: Positive | None = Field(
        None, description="People at once; held against the capacity of the services it uses."
    )


class WorkspaceSpec(Spec):
    """One Dask plane."""

    description: Text = Field("", description="For people.")
    owner: Text = Field("", description="The team or person to ask.")
    profile: ProfileChoice | None = Field(
        None, description="One profile or a list; absent: the environment's. Only in the file."
    )
    labels: Labels = Field(
        description="Added to the namespace and every object of the unit; not to pods, which a "
        "label would restart."
    )
    scheduler: Scheduler = Field(default_factory=Scheduler, description="The Dask scheduler.")
    workers: Workers = Field(default_factory=Workers, description="The Dask workers.")
    executor: Executor = Field(default_factory=Executor, description="How bundles are run.")
    bundles: Bundles = Field(default_factory=Bundles, description="Where bundles come from.")
    results: Results = Field(
        default_factory=lambda: EphemeralResults(kind="ephemeral"),
        description="Where results go: volume | ephemeral | blob.",
    )
    secrets: Secrets = Field(
        description="Every Secret that the unit needs, and how it comes to be."
    )
    uses: Uses = Field(description="Services of the environment that its pods reach, by name.")
    components: FrozenMap[ComponentName, Component] = Field(
        description="Further workloads in its namespace, by name."
    )
    context: Context = Field(
        description="What every component is told, as environment variables and one JSON file."
    )
    limits: Limits = Field(default_factory=Limits, description="What it promises to stay below.")
    network: Network = Field(default_factory=Network, description="What else it reaches.")
    quota: Quota = Field(default_factory=Quota, description="Bounds of its namespace.")
    accept: Accept = Field(description="Warnings accepted in this file: code to reason.")
