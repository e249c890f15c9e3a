"""A plan with one of everything, and ways to look at what `render` makes of it.

Shared by the tests of `render`; nothing here is a test.
"""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from modelops.diagnostics import Tier
from modelops.manifests import Component, Given, Identity, Manifests, Unit
from modelops.planned import (
    AddressPeer,
    AllowedPorts,
    Amounts,
    BootstrapPlan,
    ClaimPlan,
    ClaimVolume,
    ConfigPlan,
    ConfigVolume,
    ContainerBounds,
    CpuScale,
    Entity,
    EntityPolicyPlan,
    EnvironmentPlan,
    ExternalSecret,
    FixedScale,
    Flow,
    FluxPlan,
    GeneratedSecret,
    HealthCheck,
    ImagePlan,
    KustomizationPlan,
    NamespacePeer,
    Placement,
    PlainValue,
    Plan,
    PlatformPlan,
    PodPlan,
    PodsPeer,
    PolicyPlan,
    PortRange,
    PriorityClassPlan,
    Protocol,
    QueueScale,
    QuotaPlan,
    Scale,
    SchedulerPlan,
    ScratchVolume,
    SecretsPlan,
    SecretValue,
    StorageClassPlan,
    Toleration,
    WorkersPlan,
    WorkspacePlan,
)
from modelops.render import render

MIB, GIB = 1024**2, 1024**3
NAMESPACE = "modelops-dask-dev"
WORKSPACE = "dev/workspaces/default"
DIGEST = "sha256:" + "0123456789abcdef" * 4
DNS = (
    AllowedPorts(PortRange(53, 53), Protocol.UDP),
    AllowedPorts(PortRange(53, 53), Protocol.TCP),
)
HTTPS = (AllowedPorts(PortRange(443, 443)),)
COMM = (AllowedPorts(PortRange(8786, 8786)),)
TASKS = (AllowedPorts(PortRange(9000, 9002)), AllowedPorts(PortRange(9100, 9102)))

POD = PodPlan(
    component="scheduler",
    service_account="dask-scheduler",
    priority_class="modelops-dev-control",
    image=ImagePlan(f"acr.azurecr.io/dask@{DIGEST}", 10001),
    pull_secrets=("ghcr",),
    placement=Placement(
        node_selector=MappingProxyType({"modelops.io/role": "cpu"}),
        tolerations=(
            Toleration("modelops.io/role", "cpu", "NoSchedule"),
            Toleration("dedicated", "", "NoExecute"),
        ),
        preferred=MappingProxyType({}),
    ),
    amounts=Amounts(500, 2000, 2 * GIB, 2 * GIB, 600 * MIB, GIB),
    variables=MappingProxyType({"HOME": PlainValue("/tmp")}),  # noqa: S108 -- the pod's own
    volumes=(ScratchVolume("tmp", "/tmp", 512 * MIB),),  # noqa: S108 -- the pod's own
    grace=30,
)
BARE_POD = replace(POD, pull_secrets=(), placement=Placement({}, (), {}), variables={}, volumes=())
SCHEDULER = SchedulerPlan(
    "dask-scheduler", POD, f"tcp://dask-scheduler.{NAMESPACE}.svc.cluster.local:8786", 8786, 8787
)
WORKERS = WorkersPlan(
    name="dask-worker",
    pod=replace(
        POD,
        component="worker",
        service_account="dask-worker",
        priority_class="modelops-dev-batch",
        placement=replace(
            POD.placement, preferred={"kubernetes.azure.com/scalesetpriority": "spot"}
        ),
        amounts=Amounts(3000, 4000, 8 * GIB, 8 * GIB, 12 * GIB, 24 * GIB, gpu=1),
        variables={
            "HOME": PlainValue("/tmp"),  # noqa: S108 -- the pod's own
            "NOTE": PlainValue("$(HOME) costs $$5"),
            "TOKEN": SecretValue("tracking", "mlflow-token"),
        },
        volumes=(
            ScratchVolume("dask-spill", "/dask-spill", 20 * GIB),
            ConfigVolume("config", "/etc/modelops", "modelops-runtime-0a1b2c3d"),
            ClaimVolume("results", "/var/lib/results", "results"),
        ),
        grace=930,
    ),
    scheduler_address=SCHEDULER.address,
    scale=FixedScale(3),
    processes=3,
    threads=1,
    memory_limit=2576980377,
    worker_ports=PortRange(9000, 9002),
    nanny_ports=PortRange(9100, 9102),
    metrics_port=8790,
    spill_directory="/dask-spill",
    drain=900,
)
QUEUE = QueueScale(
    fewest=0,
    most=20,
    url=f"http://dask-scheduler.{NAMESPACE}.svc.cluster.local:8787/json/counts.json",
    per_pod=3,
    cooldown=600,
)
CPU = CpuScale(fewest=2, most=10, target_percent=70, scale_in_window=900)
BOOTSTRAP = BootstrapPlan(
    name="secret-bootstrap",
    pod=replace(POD, component="secret-bootstrap", service_account="secret-bootstrap"),
    secrets=(GeneratedSecret("store", ("password", "token")), GeneratedSecret("web", ("cookie",))),
    deadline=900,
)
NO_SECRETS = SecretsPlan(None, (), ())
SECRETS = SecretsPlan(
    BOOTSTRAP,
    passwords=(GeneratedSecret("dashboard", ("user", "password")),),
    external=(ExternalSecret("tracking", "key-vault", "mlflow-token"),),
)
POLICIES = (
    PolicyPlan("default-deny", "", (), ()),
    PolicyPlan(
        "allow-dns",
        "",
        None,
        (
            Flow(
                (
                    NamespacePeer("kube-system", {"k8s-app": "kube-dns"}),
                    AddressPeer("169.254.20.10/32"),
                ),
                DNS,
            ),
        ),
    ),
    PolicyPlan(
        "dask-worker",
        "worker",
        (Flow((PodsPeer("scheduler"), PodsPeer("worker")), TASKS),),
        (
            Flow((PodsPeer("scheduler"),), COMM),
            Flow((AddressPeer("0.0.0.0/0", ("10.0.0.0/8", "169.254.0.0/16")),), HTTPS),
        ),
    ),
    PolicyPlan("monitoring", "scheduler", (Flow((NamespacePeer("metrics", {}),), HTTPS),), None),
)
ENTITY_POLICIES = (
    EntityPolicyPlan("allow-local-dns", "", Entity.HOST, ("169.254.10.0/24",), DNS),
    EntityPolicyPlan("api-server", "secret-bootstrap", Entity.API_SERVER, (), HTTPS),
)
WORKSPACE_PLAN = WorkspacePlan(
    name="default",
    unit=WORKSPACE,
    source="environments/dev/workspaces/default.yaml",
    namespace=NAMESPACE,
    labels=MappingProxyType({"team": "malaria", "modelops.io/env": "dev"}),
    pod_security="v1.35",
    keep=True,
    config=ConfigPlan("modelops-runtime-0a1b2c3d", "runtime.json", '{"processes": 3}\n'),
    scheduler=SCHEDULER,
    workers=WORKERS,
    secrets=SECRETS,
    pull_check=None,
    claims=(ClaimPlan("results", "azurefile-csi-premium", 50 * GIB),),
    policies=POLICIES,
    entity_policies=ENTITY_POLICIES,
    quota=QuotaPlan(34_500, 66_000, 130 * GIB, 134 * GIB, 200 * GIB, 400 * GIB, 40, 1),
    bounds=ContainerBounds(4000, 8 * GIB),
)
PLATFORM = PlatformPlan(
    unit="dev/platform",
    source="environments/dev/environment.yaml",
    labels={"modelops.io/env": "dev"},
    priority_classes=(
        PriorityClassPlan("modelops-dev-batch", 1000, preempts=False, description="Workers."),
        PriorityClassPlan("modelops-dev-control", 100_000, preempts=True, description="Control."),
    ),
    storage_classes=(StorageClassPlan("modelops-retained"),),
)
KUSTOMIZATIONS = (
    KustomizationPlan(
        name="dev-platform",
        file="platform.yaml",
        unit="dev/platform",
        source="environments/dev/environment.yaml",
        depends_on=(),
        health_checks=(),
        wait=True,
        timeout=300,
    ),
    KustomizationPlan(
        name="dev-ws-default",
        file="ws-default.yaml",
        unit=WORKSPACE,
        source="environments/dev/workspaces/default.yaml",
        depends_on=("dev-platform",),
        health_checks=(HealthCheck("apps/v1", "Deployment", NAMESPACE, "dask-scheduler"),),
        wait=False,
        timeout=900,
    ),
)
FLUX = FluxPlan(
    unit="dev/flux",
    bootstrap_unit="dev/bootstrap",
    source_file="environments/dev/environment.yaml",
    root="dev-root",
    namespace="modelops-system",
    source="modelops",
    url="https://example.org/models.git",
    branch="main",
    secret=None,
    interval=3600,
    retry_interval=120,
    service_account="flux-applier",
    kustomizations=KUSTOMIZATIONS,
)
GIVEN = Given(
    frozenset(
        {
            Identity("", "Namespace", "", "kube-system"),
            Identity("", "Namespace", "", "metrics"),
            Identity("", "Namespace", "", "modelops-system"),
            Identity("", "ServiceAccount", "modelops-system", "flux-applier"),
            Identity("", "Secret", NAMESPACE, "ghcr"),
            Identity("", "Secret", NAMESPACE, "store"),
            Identity("external-secrets.io", "ClusterSecretStore", "", "key-vault"),
            Identity("storage.k8s.io", "StorageClass", "", "azurefile-csi-premium"),
        }
    )
)


def planned(
    workspace: WorkspacePlan = WORKSPACE_PLAN,
    platform: PlatformPlan = PLATFORM,
    flux: FluxPlan = FLUX,
) -> Plan:
    return Plan(
        (
            EnvironmentPlan(
                name="dev",
                source="environments/dev/environment.yaml",
                tier=Tier.DEVELOPMENT,
                kubernetes="1.35",
                platform=platform,
                workspaces=(workspace,),
                flux=flux,
                given=GIVEN,
            ),
        )
    )


def scaled(scale: Scale) -> WorkspacePlan:
    return replace(WORKSPACE_PLAN, workers=replace(WORKERS, scale=scale))


def units(plan: Plan) -> dict[str, Unit]:
    return {unit.name: unit for unit in render(plan).environments[0].units}


def files_of(unit: Unit) -> list[str]:
    return [component.file for component in unit.components]


def component(unit: Unit, file: str) -> Component:
    return next(component for component in unit.components if component.file == file)


def found(kind: str, name: str, workspace: WorkspacePlan = WORKSPACE_PLAN) -> Any:  # noqa: ANN401 -- JSON data
    """The object of this kind and name; a Job's name is given without the hash it ends in."""
    return next(
        body
        for body in bodies(render(planned(workspace)))
        if body["kind"] == kind and _plain_name(body) == name
    )


def _plain_name(body: dict[str, Any]) -> str:
    name: str = body["metadata"]["name"]
    return name.rpartition("-")[0] if body["kind"] == "Job" else name


def bodies(manifests: Manifests) -> Iterator[dict[str, Any]]:
    for environment in manifests.environments:
        for unit in environment.units:
            for part in unit.components:
                yield from (dict(body) for body in part.objects)


def pod(kind: str, name: str) -> Any:  # noqa: ANN401 -- JSON data
    return found(kind, name)["spec"]["template"]["spec"]


def nested(value: object) -> Iterator[object]:
    yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from nested(part)


PODS = [
    ("Deployment", "dask-scheduler"),
    ("Deployment", "dask-worker"),
    ("Job", "secret-bootstrap"),
]
VARIANTS: dict[str, WorkspacePlan] = {
    "fixed": WORKSPACE_PLAN,
    "queue": scaled(QUEUE),
    "cpu": scaled(CPU),
    "bare": replace(
        WORKSPACE_PLAN,
        labels={},
        keep=False,
        secrets=NO_SECRETS,
        claims=(),
        policies=(),
        entity_policies=(),
        scheduler=replace(SCHEDULER, pod=BARE_POD),
        workers=replace(WORKERS, pod=replace(BARE_POD, component="worker", service_account="w")),
    ),
}
