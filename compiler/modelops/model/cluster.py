"""The part of an Environment that describes its cluster: pools, classes, features."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from modelops.model.fields import (
    Bytes,
    Count,
    Cpu,
    Flag,
    FrozenMap,
    HostName,
    LabelKey,
    Labels,
    LabelValue,
    Name,
    Namespace,
    ObjectName,
    PoolName,
    Positive,
    Spec,
)


class Provider(StrEnum):
    """Who runs the cluster."""

    AKS = "aks"
    GENERIC = "generic"


class PoolMode(StrEnum):
    """What a pool is for: the cluster's own pods, or ours."""

    SYSTEM = "system"
    USER = "user"


class TaintEffect(StrEnum):
    """What a taint does to pods that do not tolerate it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


class NetworkEngine(StrEnum):
    """Who enforces network policies."""

    CILIUM = "cilium"
    CALICO = "calico"
    AZURE = "azure"
    OTHER = "other"


class Taint(Spec):
    """One taint of a pool's nodes, by its key."""

    value: LabelValue = Field("", description="The taint's value.")
    effect: TaintEffect = Field(TaintEffect.NO_SCHEDULE, description="What it does.")


class Allocatable(Spec):
    """What one node of a pool can give to pods."""

    cpu: Cpu = Field(description="CPUs that pods can have.")
    memory: Bytes = Field(description="Memory that pods can have.")
    gpu: Count = Field(0, description="GPUs that pods can have.")


class Pool(Spec):
    """One node pool; pods choose it by name."""

    mode: PoolMode = Field(PoolMode.USER, description="system | user.")
    vm_size: Name | None = Field(None, description="The Azure VM size of its nodes.")
    allocatable: Allocatable | None = Field(
        None,
        description="What a node can give: needed with provider generic, and for VM sizes that "
        "the compiler does not know.",
    )
    min: Count = Field(0, description="Fewest nodes.")
    max: Positive = Field(5, description="Most nodes.")
    role: LabelValue | None = Field(
        None,
        description="Value of the node label modelops.io/role; a user pool's own name when absent.",
    )
    max_pods: Positive = Field(110, le=250, description="Most pods on a node.")
    spot: Flag = Field(
        default=False, description="Whether nodes may be taken away at short notice."
    )
    labels: Labels = Field(description="Further labels of its nodes.")
    taints: FrozenMap[LabelKey, Taint] = Field(description="Its nodes' taints, by key.")


class StorageClasses(Spec):
    """Names of the storage classes that volumes are made of."""

    standard: ObjectName = Field("managed-csi-premium", description="For ordinary volumes.")
    retained: ObjectName | None = Field(
        None,
        description="For volumes whose data outlives their claim. On AKS, one named modelops-… is "
        "made by the compiler; absent: modelops-<environment>-retained.",
    )
    shared: ObjectName = Field(
        "azurefile-csi-premium", description="For volumes that many pods write to."
    )


class Features(Spec):
    """What the cluster has; using what is not declared here is an error."""

    keda: Flag = Field(default=False, description="KEDA is installed: autoscaling by queue.")
    network_policy: NetworkEngine | None = Field(
        None,
        description="The engine that enforces network policies: cilium | calico | azure | other; "
        "absent: none does.",
    )
    local_dns: Flag = Field(default=False, description="AKS LocalDNS answers on the nodes.")
    workload_identity: Flag = Field(default=False, description="Pods may log in to Azure.")
    cloud_native_pg: Flag = Field(
        default=False, description="The CloudNativePG operator is installed."
    )
    external_secrets: Flag = Field(default=False, description="External Secrets is installed.")
    gateway_api: Flag = Field(default=False, description="The Gateway API is installed.")
    openshift_routes: Flag = Field(default=False, description="OpenShift Routes exist.")


class Gateway(Spec):
    """A Gateway of the Gateway API."""

    name: ObjectName = Field(description="Its name.")
    namespace: Namespace = Field(description="Its namespace.")


class Ingress(Spec):
    """How requests from outside the cluster come in."""

    domain: HostName = Field(description="Every exposed host is below it.")
    namespace: Namespace | None = Field(
        None, description="Where the pods run that requests come from: the ingress controller's."
    )
    class_: ObjectName | None = Field(
        None, alias="class", description="The IngressClass, for hosts of kind ingress."
    )
    gateway: Gateway | None = Field(None, description="For hosts of kind httpRoute.")
    cluster_issuer: ObjectName | None = Field(
        None, description="cert-manager's ClusterIssuer of the certificates."
    )


class Monitoring(Spec):
    """Who may scrape metrics."""

    namespace: Namespace = Field(description="The namespace whose pods may reach metrics ports.")


KubernetesVersion = Annotated[str, StringConstraints(pattern=r"^1\.[0-9]{1,2}(\.[0-9]{1,3})?$")]


class Cluster(Spec):
    """The cluster that an environment lives on."""

    provider: Provider = Field(Provider.AKS, description="aks | generic (any existing cluster).")
    kubernetes_version: KubernetesVersion = Field(
        "1.35", description='A minor such as "1.35", or an exact patch; quoted.'
    )
    pools: FrozenMap[PoolName, Pool] = Field(description="Its node pools, by name.")
    storage_classes: StorageClasses = Field(
        default_factory=StorageClasses, description="The classes that volumes are made of."
    )
    features: Features = Field(default_factory=Features, description="What the cluster has.")
    ingress: Ingress | None = Field(
        None, description="How requests from outside come in; absent: nothing can be exposed."
    )
    monitoring: Monitoring | None = Field(
        None, description="Who may scrape metrics; absent: nobody."
    )
