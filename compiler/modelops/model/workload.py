"""One workload: the shape that a Service and a workspace's component share."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from modelops import names
from modelops.model.fields import (
    Bytes,
    Count,
    Flag,
    FrozenMap,
    HostName,
    Labels,
    Name,
    ObjectName,
    PoolName,
    Port,
    Positive,
    Spec,
)
from modelops.model.resources import BytesAmount, CpuAmount
from modelops.model.secrets import EnvText, SecretEnv
from modelops.model.uses import UnitName, Uses

ComponentName = Annotated[str, StringConstraints(pattern=rf"^{names.UNIT.pattern}$")]
"""A component of a workspace: its Deployment, its Service and its variables are named by it."""


class WorkloadResources(Spec):
    """What each pod's container gets."""

    cpu: CpuAmount = Field("250m", validate_default=True, description="CPUs.")
    memory: BytesAmount = Field("512Mi", validate_default=True, description="Memory.")
    ephemeral_storage: BytesAmount | None = Field(
        None, description="Disk of the node; absent: computed from its volumes."
    )
    gpu: Count = Field(0, description="nvidia.com/gpu.")


class CpuAutoscaling(Spec):
    """Pods that come and go by the CPU they use."""

    mode: Literal["cpu"] = Field("cpu", description="cpu: a HorizontalPodAutoscaler.")
    min: Positive = Field(1, description="Fewest pods.")
    max: Positive = Field(description="Most pods.")
    target: Annotated[Positive, Field(le=100)] = Field(
        70, description="Percent of the requested CPU that pods are kept near."
    )


PortName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,13}[a-z0-9]$|^[a-z]$")]
"""The name of a port (RFC 6335): at most 15 characters."""


class WorkloadPort(Spec):
    """One TCP port that the container listens on."""

    port: Port = Field(description="Its number, in the container and on the Service alike.")


ContainerPath = Annotated[
    str, StringConstraints(pattern=r"^(/[A-Za-z0-9._@+-]+)+$", max_length=255)
]
"""An absolute path in a container."""


RequestPath = Annotated[str, StringConstraints(pattern=r"^/\S*$", max_length=1024)]
"""The path of an HTTP request."""


class Probe(Spec):
    """How the kubelet asks a container how it is."""

    path: RequestPath | None = Field(
        None, description="Path of an HTTP request; absent: a connection is enough."
    )
    port: PortName = Field(description="One of `ports`.")


class Probes(Spec):
    """How the kubelet knows that a container is up, ready and alive."""

    readiness: Probe | None = Field(
        None,
        description="Whether it may get requests; absent: as soon as its URL's port takes "
        "connections.",
    )
    liveness: Probe | None = Field(
        None, description="Whether it must be started anew; absent: nobody asks."
    )
    startup: Probe | None = Field(None, description="Whether it is up; the others wait for it.")


class WorkloadVolume(Spec):
    """A disk of a workload: one node can hold it at a time, so its workload is one pod."""

    size: Bytes = Field(description="The volume's size.")
    mount_path: ContainerPath = Field(description="Where the container sees it.")
    storage_class: ObjectName | None = Field(
        None, description="Absent: storageClasses.retained where it is retained, else standard."
    )
    retain: Flag = Field(default=True, description="Whether its data outlives the file.")


class ExposeKind(StrEnum):
    """What makes a workload reachable from outside the cluster."""

    INGRESS = "ingress"
    HTTP_ROUTE = "httpRoute"
    OPENSHIFT_ROUTE = "openshiftRoute"


class Expose(Spec):
    """How people outside the cluster reach a workload."""

    host: HostName = Field(description="A host below cluster.ingress.domain.")
    port: PortName = Field(description="One of `ports`.")
    tls: Flag = Field(default=True, description="Whether it is served over HTTPS.")
    kind: ExposeKind = Field(
        ExposeKind.INGRESS, description="ingress | httpRoute | openshiftRoute."
    )


class Component(Spec):
    """A workload and all that it needs, but what only a file can say."""

    image: Name = Field(description="A name in images.yaml, or a full image reference.")
    command: tuple[str, ...] = Field((), description="Instead of the image's entrypoint.")
    args: tuple[str, ...] = Field((), description="Arguments of the command.")
    replicas: Count | None = Field(
        None, description="How many pods; 1 where neither this nor autoscaling is given."
    )
    autoscaling: CpuAutoscaling | None = Field(None, description="Instead of replicas.")
    pool: PoolName = Field("cpu", description="A node pool of the environment.")
    resources: WorkloadResources = Field(
        default_factory=WorkloadResources, description="What each pod's container gets."
    )
    labels: Labels = Field(description="Added to each of its objects; not to pods.")
    env: EnvText = Field(description="Environment variables.")
    secret_env: SecretEnv = Field(description="Environment variables read from Secrets.")
    uses: Uses = Field(description="Services of the environment that its pods reach, by name.")
    ports: FrozenMap[PortName, WorkloadPort] = Field(
        description="What it listens on, by name; its URL has that of `http`, else of the first."
    )
    probes: Probes = Field(default_factory=Probes, description="How the kubelet watches it.")
    volumes: FrozenMap[UnitName, WorkloadVolume] = Field(description="Its disks, by name.")
    files: FrozenMap[ContainerPath, str] = Field(
        description="Text files in the container, by absolute path."
    )
    expose: Expose | None = Field(None, description="Absent: reached from the cluster only.")
