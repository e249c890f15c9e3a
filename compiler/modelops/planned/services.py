"""Part of `planned`: workloads that are no Dask plane: services, and components of workspaces."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops import names
from modelops.planned.dask import CpuScale, FixedScale
from modelops.planned.network import EntityPolicyPlan, PolicyPlan
from modelops.planned.pods import PodPlan
from modelops.planned.storage import ClaimPlan, PullCheckPlan, SecretsPlan


@dataclass(frozen=True, slots=True)
class ProbePlan:
    """How the kubelet asks a container how it is.

    Attributes:
        path: of an HTTP request; "" where a connection is enough.
    """

    path: str
    port: int


@dataclass(frozen=True, slots=True)
class ProbesPlan:
    """The probes of a container; None for one that is not asked."""

    startup: ProbePlan | None
    readiness: ProbePlan | None
    liveness: ProbePlan | None


@dataclass(frozen=True, slots=True)
class FilesPlan:
    """Text files of a workload: one immutable ConfigMap named by its content."""

    name: str
    entries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IngressPlan:
    """An Ingress.

    Attributes:
        tls: whether it is served over HTTPS.
        issuer: cert-manager's ClusterIssuer; "" for the controller's own certificate.
        certificate: the Secret that cert-manager writes the certificate to; "" without an issuer.
    """

    class_name: str
    host: str
    port: int
    tls: bool
    issuer: str
    certificate: str


@dataclass(frozen=True, slots=True)
class HttpRoutePlan:
    """An HTTPRoute of the Gateway API.

    Attributes:
        listener: the port of the Gateway's listeners that it is attached to.
    """

    gateway: str
    gateway_namespace: str
    listener: int
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class OpenshiftRoutePlan:
    """A Route of OpenShift.

    Attributes:
        termination: where TLS ends: `edge`; "" without TLS.
    """

    host: str
    port: int
    termination: str


ExposurePlan = IngressPlan | HttpRoutePlan | OpenshiftRoutePlan


@dataclass(frozen=True, slots=True)
class WorkloadPlan:
    """One Deployment with all that it needs.

    Attributes:
        name: of the Deployment, its Service, its account and its policies.
        labels: of every object of the workload.
        product: what its pods are a part of: `app.kubernetes.io/name`.
        command, args: of the container; empty where the image says it.
        ports: by name, in the order written.
        alone: whether an old pod must be gone before a new one comes, as its volumes demand.
        claims: its volumes.
    """

    name: str
    namespace: str
    labels: Mapping[str, str]
    product: str
    pod: PodPlan
    command: tuple[str, ...]
    args: tuple[str, ...]
    ports: Mapping[str, int]
    probes: ProbesPlan
    scale: FixedScale | CpuScale
    alone: bool
    claims: tuple[ClaimPlan, ...]
    files: FilesPlan | None
    exposure: ExposurePlan | None


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One service, decided.

    Attributes:
        labels: of every object, the person's own among them.
        namespace: the one of all services of the environment.
        uses: the services that it uses itself.
        policies: its own flows, and the other half of those to the services that it uses.
    """

    name: str
    unit: str
    source: str
    namespace: str
    labels: Mapping[str, str]
    workload: WorkloadPlan
    secrets: SecretsPlan
    pull_check: PullCheckPlan | None
    uses: tuple[str, ...]
    policies: tuple[PolicyPlan, ...]
    entity_policies: tuple[EntityPolicyPlan, ...]

    @property
    def product(self) -> str:
        """What its pods are a part of."""
        return names.SERVICE
