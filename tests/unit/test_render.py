"""The stage render: what a plan becomes, held against the facts and against the API's schemas."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    FieldValue,
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
            "POD_NAME": FieldValue("metadata.name"),
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
    name="secret-bootstrap-3f9a1c0b",
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
    KustomizationPlan("dev-platform", "platform.yaml", "dev/platform", (), (), True, 300),  # noqa: FBT003 -- the plan's own field
    KustomizationPlan(
        name="dev-ws-default",
        file="ws-default.yaml",
        unit=WORKSPACE,
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
    return next(
        body
        for body in bodies(render(planned(workspace)))
        if (body["kind"], body["metadata"]["name"]) == (kind, name)
    )


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
    ("Job", "secret-bootstrap-3f9a1c0b"),
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


# --- units and files -----------------------------------------------------------------------------


def test_an_environment_keeps_what_identifies_it_and_sorts_its_units() -> None:
    (environment,) = render(planned()).environments
    assert (environment.name, environment.source, environment.kubernetes, environment.given) == (
        "dev",
        "environments/dev/environment.yaml",
        "1.35",
        GIVEN,
    )
    names = [unit.name for unit in environment.units]
    assert names == ["dev/bootstrap", "dev/flux", "dev/platform", WORKSPACE]


def test_a_unit_knows_its_source_and_is_indexed() -> None:
    made = units(planned())
    assert made[WORKSPACE].source == "environments/dev/workspaces/default.yaml"
    assert {unit.source for name, unit in made.items() if name != WORKSPACE} == {
        "environments/dev/environment.yaml"
    }
    assert all(unit.indexed for unit in made.values())


def test_a_workspace_with_everything_has_all_files_sorted() -> None:
    assert files_of(units(planned(scaled(QUEUE)))[WORKSPACE]) == [
        "accounts.yaml",
        "autoscaling.yaml",
        "config.yaml",
        "namespace.yaml",
        "network.yaml",
        "scheduler.yaml",
        "secrets.yaml",
        "storage.yaml",
        "workers.yaml",
    ]


def test_files_without_objects_are_left_out() -> None:
    made = units(planned(VARIANTS["bare"], replace(PLATFORM, storage_classes=())))
    unwanted = {"autoscaling.yaml", "network.yaml", "secrets.yaml", "storage.yaml"}
    assert unwanted.isdisjoint(files_of(made[WORKSPACE]))
    assert files_of(made["dev/platform"]) == ["priority-classes.yaml"]


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("accounts.yaml", ["ServiceAccount", "ServiceAccount"]),
        ("config.yaml", ["ConfigMap"]),
        ("namespace.yaml", ["Namespace", "LimitRange", "ResourceQuota"]),
        ("network.yaml", ["NetworkPolicy"] * 4 + ["CiliumNetworkPolicy"] * 2),
        ("scheduler.yaml", ["Deployment", "Service"]),
        (
            "secrets.yaml",
            [
                *("ServiceAccount", "Role", "RoleBinding", "Job"),
                *("Password", "ExternalSecret", "ExternalSecret"),
            ],
        ),
        ("storage.yaml", ["PersistentVolumeClaim"]),
        ("workers.yaml", ["Deployment", "PodDisruptionBudget"]),
    ],
)
def test_each_file_reads_as_one_thing(file: str, kinds: list[str]) -> None:
    objects = component(units(planned())[WORKSPACE], file).objects
    assert [body["kind"] for body in objects] == kinds


# --- laws of every object ------------------------------------------------------------------------


@pytest.fixture(params=VARIANTS)
def manifests(request: pytest.FixtureRequest) -> Manifests:
    return render(planned(VARIANTS[request.param]))


def test_objects_are_plain_json_without_nulls(manifests: Manifests) -> None:
    for body in bodies(manifests):
        assert {type(value) for value in nested(body)} <= {dict, list, str, int, bool}
        assert json.loads(json.dumps(body)) == body


def test_metadata_has_no_empty_maps(manifests: Manifests) -> None:
    for body in bodies(manifests):
        metadata = [body["metadata"], body.get("spec", {}).get("template", {}).get("metadata")]
        assert all(value for part in metadata if part is not None for value in part.values())


def test_only_selectors_of_everything_are_empty(manifests: Manifests) -> None:
    for body in bodies(manifests):
        for part in nested(body):
            entries = part.items() if isinstance(part, dict) else ()
            empty = {key for key, value in entries if value in ({}, [])}
            assert empty <= {"podSelector", "endpointSelector"}


def test_no_two_places_share_a_value_that_could_be_changed(manifests: Manifests) -> None:
    places = [
        id(value)
        for body in bodies(manifests)
        for key, part in body.items()
        if key != "apiVersion"
        for value in nested(part)
        if isinstance(value, dict | list)
    ]
    assert len(places) == len(set(places))


def test_the_same_plan_gives_equal_and_separate_objects() -> None:
    first, second = render(planned()), render(planned())
    assert first == second
    assert (
        first.environments[0].units[3].components[0].objects[0]
        is not (second.environments[0].units[3].components[0].objects[0])
    )


def test_identities_are_unique(manifests: Manifests) -> None:
    keys = [
        (body["kind"], body["metadata"].get("namespace"), body["metadata"]["name"])
        for body in bodies(manifests)
    ]
    assert len(keys) == len(set(keys))


def test_every_object_says_who_made_it(manifests: Manifests) -> None:
    for body in bodies(manifests):
        labels = body["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "modelops"
        assert labels["app.kubernetes.io/managed-by"] == "modelops"


def test_every_object_of_a_workspace_has_its_labels() -> None:
    for part in units(planned(scaled(QUEUE)))[WORKSPACE].components:
        for body in part.objects:
            labels = body["metadata"]["labels"]
            assert labels.items() >= {"team": "malaria", "modelops.io/env": "dev"}.items()
            assert labels["app.kubernetes.io/name"] == "dask"


def test_objects_of_a_component_name_it_and_others_name_none() -> None:
    for kind, name, expected in (
        ("Deployment", "dask-scheduler", "scheduler"),
        ("Service", "dask-scheduler", "scheduler"),
        ("ServiceAccount", "dask-worker", "worker"),
        ("PodDisruptionBudget", "dask-worker", "worker"),
        ("NetworkPolicy", "dask-worker", "worker"),
        ("Role", "secret-bootstrap", "secret-bootstrap"),
        ("ConfigMap", "modelops-runtime-0a1b2c3d", None),
        ("NetworkPolicy", "default-deny", None),
    ):
        labels = found(kind, name)["metadata"]["labels"]
        assert labels.get("app.kubernetes.io/component") == expected


def test_all_but_the_namespace_lie_in_the_namespace() -> None:
    for part in units(planned())[WORKSPACE].components:
        for body in part.objects:
            namespace = None if body["kind"] == "Namespace" else NAMESPACE
            assert body["metadata"].get("namespace") == namespace


# --- the API's schemas ---------------------------------------------------------------------------


@cache
def definitions(minor: str) -> jsonschema_rs.Registry:
    text = schema_folder(minor).joinpath("_definitions.json").read_text()
    return jsonschema_rs.Registry(
        [("https://kubernetes.io/api/_definitions.json", json.loads(text))]
    )


def schema_folder(minor: str) -> Any:  # noqa: ANN401 -- a Traversable, which typeshed moved
    return files("kubernetes_validate") / f"kubernetes-json-schema/v{minor}.0-local-strict"


@cache
def validator(minor: str, file: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads(schema_folder(minor).joinpath(file).read_text())
    return jsonschema_rs.Draft202012Validator(schema, registry=definitions(minor))


CUSTOM = {
    "cilium.io",
    "external-secrets.io",
    "generators.external-secrets.io",
    "keda.sh",
    "kustomize.toolkit.fluxcd.io",
    "source.toolkit.fluxcd.io",
}


def schema_errors(body: dict[str, Any], minor: str) -> list[str]:
    group, _, version = body["apiVersion"].rpartition("/")
    if group in CUSTOM:
        return []
    prefix = f"{group.split('.')[0]}-" if group else ""
    file = f"{body['kind'].lower()}-{prefix}{version}.json"
    return [
        f"{body['kind']} {'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in validator(minor, file).iter_errors(body)
    ]


@pytest.mark.parametrize("minor", ["1.34", "1.35", "1.36"])
def test_objects_satisfy_the_strict_schemas(manifests: Manifests, minor: str) -> None:
    assert [error for body in bodies(manifests) for error in schema_errors(body, minor)] == []


def test_the_schemas_refuse_an_unknown_field() -> None:
    body = found("Deployment", "dask-worker")
    body["spec"]["template"]["spec"]["containers"][0]["securityContext"]["fsGroup"] = 1
    assert schema_errors(body, "1.35")


# --- namespace -----------------------------------------------------------------------------------


def test_the_namespace_enforces_restricted_pods() -> None:
    labels = found("Namespace", NAMESPACE)["metadata"]["labels"]
    prefix = "pod-security.kubernetes.io/"
    assert {key[len(prefix) :]: value for key, value in labels.items() if prefix in key} == {
        "enforce": "restricted",
        "enforce-version": "v1.35",
        "audit": "restricted",
        "audit-version": "latest",
        "warn": "restricted",
        "warn-version": "latest",
    }


@pytest.mark.parametrize("keep", [True, False])
def test_a_kept_namespace_is_not_pruned(keep: bool) -> None:  # noqa: FBT001 -- the plan's own field
    metadata = found("Namespace", NAMESPACE, replace(WORKSPACE_PLAN, keep=keep))["metadata"]
    kept = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert metadata.get("annotations") == (kept if keep else None)


def test_the_limit_range_holds_the_bounds() -> None:
    (limits,) = found("LimitRange", "defaults")["spec"]["limits"]
    assert limits["max"] == {"cpu": "4", "memory": "8Gi"}
    assert limits["default"]["cpu"] == "500m"


def test_defaults_stay_within_small_bounds() -> None:
    small = replace(WORKSPACE_PLAN, bounds=ContainerBounds(50, 64 * MIB))
    (limits,) = found("LimitRange", "defaults", small)["spec"]["limits"]
    for kind in ("default", "defaultRequest"):
        assert limits[kind].items() >= {"cpu": "50m", "memory": "64Mi"}.items()


def test_the_quota_is_the_plan_s() -> None:
    assert found("ResourceQuota", "quota")["spec"]["hard"] == {
        "requests.cpu": "34500m",
        "limits.cpu": "66",
        "requests.memory": "130Gi",
        "limits.memory": "134Gi",
        "requests.ephemeral-storage": "200Gi",
        "limits.ephemeral-storage": "400Gi",
        "pods": "40",
        "persistentvolumeclaims": "1",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


# --- pods ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_pods_are_restricted(kind: str, name: str) -> None:
    spec = pod(kind, name)
    assert spec["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "fsGroup": 10001,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_only_the_bootstrap_job_has_a_token(kind: str, name: str) -> None:
    spec = pod(kind, name)
    assert spec["automountServiceAccountToken"] is (kind == "Job")
    assert spec["enableServiceLinks"] is False


@pytest.mark.parametrize("name", ["dask-scheduler", "dask-worker", "secret-bootstrap"])
def test_accounts_mount_no_token(name: str) -> None:
    assert found("ServiceAccount", name)["automountServiceAccountToken"] is False


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_pods_take_account_class_grace_and_pull_secrets_from_the_plan(kind: str, name: str) -> None:
    spec = pod(kind, name)
    plan = {"dask-scheduler": POD, "dask-worker": WORKERS.pod}.get(name, BOOTSTRAP.pod)
    assert spec["serviceAccountName"] == plan.service_account
    assert spec["priorityClassName"] == plan.priority_class
    assert spec["terminationGracePeriodSeconds"] == plan.grace
    assert spec["imagePullSecrets"] == [{"name": "ghcr"}]
    assert spec["containers"][0]["image"] == plan.image.reference


def test_pods_go_where_the_plan_says() -> None:
    spec = pod("Deployment", "dask-worker")
    assert spec["nodeSelector"] == {"modelops.io/role": "cpu"}
    assert spec["tolerations"] == [
        {"key": "modelops.io/role", "operator": "Equal", "value": "cpu", "effect": "NoSchedule"},
        {"key": "dedicated", "operator": "Equal", "effect": "NoExecute"},
    ]
    (term,) = spec["affinity"]["nodeAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert term["preference"]["matchExpressions"] == [
        {"key": "kubernetes.azure.com/scalesetpriority", "operator": "In", "values": ["spot"]}
    ]
    assert "affinity" not in pod("Deployment", "dask-scheduler")


def test_resources_are_canonical_and_gpus_stand_on_both_sides() -> None:
    assert pod("Deployment", "dask-worker")["containers"][0]["resources"] == {
        "requests": {
            "cpu": "3",
            "memory": "8Gi",
            "ephemeral-storage": "12Gi",
            "nvidia.com/gpu": "1",
        },
        "limits": {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "24Gi", "nvidia.com/gpu": "1"},
    }
    scheduler = pod("Deployment", "dask-scheduler")["containers"][0]["resources"]
    assert scheduler["requests"] == {"cpu": "500m", "memory": "2Gi", "ephemeral-storage": "600Mi"}


def test_variables_keep_their_order_and_their_text() -> None:
    assert pod("Deployment", "dask-worker")["containers"][0]["env"] == [
        {
            "name": "POD_NAME",
            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}},
        },
        {"name": "HOME", "value": "/tmp"},  # noqa: S108 -- the pod's own
        {"name": "NOTE", "value": "$$(HOME) costs $$$$5"},
        {
            "name": "TOKEN",
            "valueFrom": {"secretKeyRef": {"name": "tracking", "key": "mlflow-token"}},
        },
    ]


def expanded(text: str) -> str:
    """What the kubelet makes of a variable's text where every name it meets stands for `X`.

    After k8s.io/kubernetes/third_party/forked/golang/expansion.
    """
    return re.sub(
        r"\$(?:\$|\([^)]*\))", lambda match: "$" if match[0] == "$$" else "X", text, flags=re.DOTALL
    )


@given(st.text(alphabet="$() aA", max_size=12))
def test_the_kubelet_gives_a_variable_s_text_back(text: str) -> None:
    pod_plan = replace(POD, variables={"NOTE": PlainValue(text)})
    workspace = replace(WORKSPACE_PLAN, scheduler=replace(SCHEDULER, pod=pod_plan))
    body = found("Deployment", "dask-scheduler", workspace)
    (variable,) = body["spec"]["template"]["spec"]["containers"][0]["env"]
    assert expanded(variable["value"]) == text


def test_nobody_overrides_a_variable_that_the_arguments_rely_on() -> None:
    pod_plan = replace(WORKERS.pod, variables={"POD_NAME": PlainValue("mine")})
    workspace = replace(WORKSPACE_PLAN, workers=replace(WORKERS, pod=pod_plan))
    body = found("Deployment", "dask-worker", workspace)
    (variable,) = body["spec"]["template"]["spec"]["containers"][0]["env"]
    assert variable["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"


def test_volumes_are_bounded_and_mounted() -> None:
    spec = pod("Deployment", "dask-worker")
    assert spec["volumes"] == [
        {"name": "dask-spill", "emptyDir": {"sizeLimit": "20Gi"}},
        {"name": "config", "configMap": {"name": "modelops-runtime-0a1b2c3d"}},
        {"name": "results", "persistentVolumeClaim": {"claimName": "results"}},
    ]
    assert spec["containers"][0]["volumeMounts"] == [
        {"name": "dask-spill", "mountPath": "/dask-spill"},
        {"name": "config", "mountPath": "/etc/modelops", "readOnly": True},
        {"name": "results", "mountPath": "/var/lib/results"},
    ]


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_pods_carry_no_label_that_a_person_may_change(kind: str, name: str) -> None:
    labels = found(kind, name)["spec"]["template"]["metadata"]["labels"]
    assert {key.partition("/")[0] for key in labels} == {"app.kubernetes.io"}


# --- scheduler -----------------------------------------------------------------------------------


def test_there_is_never_more_than_one_scheduler() -> None:
    spec = found("Deployment", "dask-scheduler")["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["revisionHistoryLimit"] == 3


def test_the_node_autoscaler_leaves_the_scheduler_alone() -> None:
    template = found("Deployment", "dask-scheduler")["spec"]["template"]
    assert template["metadata"]["annotations"] == {
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"
    }


def test_the_scheduler_is_probed_by_http_at_a_number() -> None:
    (container,) = pod("Deployment", "dask-scheduler")["containers"]
    probes = [container[f"{name}Probe"] for name in ("startup", "readiness", "liveness")]
    assert {(probe["httpGet"]["path"], probe["httpGet"]["port"]) for probe in probes} == {
        ("/health", 8787)
    }
    assert [
        (probe["periodSeconds"], probe["timeoutSeconds"], probe["failureThreshold"])
        for probe in probes
    ] == [(5, 5, 60), (10, 10, 6), (30, 20, 10)]


def test_the_scheduler_listens_where_the_service_points() -> None:
    (container,) = pod("Deployment", "dask-scheduler")["containers"]
    assert container["args"] == (
        ["dask", "scheduler", "--port", "8786", "--dashboard-address", ":8787"]
    )
    spec = found("Service", "dask-scheduler")["spec"]
    assert [(port["port"], port["targetPort"]) for port in spec["ports"]] == [
        (8786, 8786),
        (8787, 8787),
    ]
    assert spec["type"] == "ClusterIP"
    assert spec["selector"] == {
        "app.kubernetes.io/name": "dask",
        "app.kubernetes.io/component": "scheduler",
    }


@pytest.mark.parametrize(
    ("name", "key", "skew"),
    [
        ("dask-scheduler", "topology.kubernetes.io/zone", 1),
        ("dask-worker", "kubernetes.io/hostname", 2),
    ],
)
def test_pods_are_spread(name: str, key: str, skew: int) -> None:
    (constraint,) = pod("Deployment", name)["topologySpreadConstraints"]
    assert (constraint["topologyKey"], constraint["maxSkew"]) == (key, skew)
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    assert constraint["labelSelector"] == found("Deployment", name)["spec"]["selector"]


@pytest.mark.parametrize("name", ["dask-scheduler", "dask-worker"])
def test_selectors_are_name_and_component_only_and_hit_the_template(name: str) -> None:
    spec = found("Deployment", name)["spec"]
    wanted = spec["selector"]["matchLabels"]
    assert set(wanted) == {"app.kubernetes.io/name", "app.kubernetes.io/component"}
    assert spec["template"]["metadata"]["labels"].items() >= wanted.items()


# --- workers -------------------------------------------------------------------------------------


def test_workers_roll_without_losing_any() -> None:
    spec = found("Deployment", "dask-worker")["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
    }
    assert (spec["progressDeadlineSeconds"], spec["revisionHistoryLimit"]) == (1800, 3)


@pytest.mark.parametrize(("scale", "replicas"), [(FixedScale(0), 0), (QUEUE, None), (CPU, None)])
def test_replicas_are_written_only_without_an_autoscaler(
    scale: Scale, replicas: int | None
) -> None:
    assert found("Deployment", "dask-worker", scaled(scale))["spec"].get("replicas") == replicas


def test_the_worker_s_command_is_exact() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    assert "command" not in container
    assert " ".join(container["args"]) == (
        f"dask worker tcp://dask-scheduler.{NAMESPACE}.svc.cluster.local:8786 --nworkers 3 "
        "--nthreads 1 --memory-limit 2576980377 --worker-port 9000:9002 --nanny-port 9100:9102 "
        "--dashboard-address :8790 --local-directory /dask-spill --death-timeout 300 "
        "--name $(POD_NAME)"
    )


def test_one_process_gets_single_ports() -> None:
    workers = replace(
        WORKERS, processes=1, worker_ports=PortRange(9000, 9000), nanny_ports=PortRange(9100, 9100)
    )
    body = found("Deployment", "dask-worker", replace(WORKSPACE_PLAN, workers=workers))
    (container,) = body["spec"]["template"]["spec"]["containers"]
    assert "--worker-port 9000 --nanny-port 9100 " in " ".join(container["args"])
    assert [port["name"] for port in container["ports"]] == ["worker-0", "nanny-0", "http-metrics"]


def test_a_stopping_worker_drains_first() -> None:
    spec = pod("Deployment", "dask-worker")
    assert spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"] == (
        ["python", "-m", "modelops_runtime", "drain", "--timeout", "900"]
    )


def test_the_worker_s_first_nanny_is_probed_and_nothing_kills_it() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    assert container["startupProbe"]["tcpSocket"] == {"port": 9100}
    assert container["readinessProbe"]["tcpSocket"] == {"port": 9100}
    assert container["readinessProbe"]["periodSeconds"] == 30
    assert "livenessProbe" not in container
    annotations = found("Deployment", "dask-worker")["metadata"]["annotations"]
    assert annotations["checkov.io/skip1"].startswith("CKV_K8S_8=")


def test_all_ports_of_a_worker_are_declared() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    ports = [port["containerPort"] for port in container["ports"]]
    assert ports == [9000, 9001, 9002, 9100, 9101, 9102, 8790]


def test_workers_are_disrupted_one_at_a_time() -> None:
    spec = found("PodDisruptionBudget", "dask-worker")["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert spec["selector"] == found("Deployment", "dask-worker")["spec"]["selector"]


# --- autoscaling ---------------------------------------------------------------------------------


def test_keda_asks_the_scheduler() -> None:
    spec = found("ScaledObject", "dask-worker", scaled(QUEUE))["spec"]
    assert spec["scaleTargetRef"] == (
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "dask-worker"}
    )
    assert (spec["minReplicaCount"], spec["maxReplicaCount"], spec["cooldownPeriod"]) == (
        (0, 20, 600)
    )
    assert spec["advanced"]["restoreToOriginalReplicaCount"] is False
    assert spec["triggers"] == [
        {
            "type": "metrics-api",
            "metricType": "AverageValue",
            "metadata": {
                "url": QUEUE.url,
                "format": "json",
                "valueLocation": "desired_workers",
                "targetValue": "3",
            },
        }
    ]


@pytest.mark.parametrize(("fewest", "replicas"), [(0, 1), (4, 4)])
def test_the_fallback_is_never_zero(fewest: int, replicas: int) -> None:
    workspace = scaled(replace(QUEUE, fewest=fewest))
    assert found("ScaledObject", "dask-worker", workspace)["spec"]["fallback"] == {
        "failureThreshold": 5,
        "replicas": replicas,
        "behavior": "currentReplicasIfHigher",
    }


@pytest.mark.parametrize(("cooldown", "window"), [(600, 600), (9000, 3600)])
def test_the_window_of_scaling_in_stays_within_the_api_s_bound(cooldown: int, window: int) -> None:
    advanced = found("ScaledObject", "dask-worker", scaled(replace(QUEUE, cooldown=cooldown)))
    behaviour = advanced["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behaviour["scaleDown"]["stabilizationWindowSeconds"] == window
    assert behaviour["scaleDown"]["policies"] == (
        [{"type": "Pods", "value": 1, "periodSeconds": 120}]
    )


def test_the_horizontal_autoscaler_shrinks_slowly() -> None:
    spec = found("HorizontalPodAutoscaler", "dask-worker", scaled(CPU))["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    assert spec["metrics"][0]["resource"] == (
        {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    )
    assert spec["behavior"]["scaleDown"] == {
        "stabilizationWindowSeconds": 900,
        "selectPolicy": "Min",
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}],
    }


@pytest.mark.parametrize(
    ("scale", "kinds"),
    [
        (FixedScale(3), set()),
        (QUEUE, {"ScaledObject"}),
        (CPU, {"HorizontalPodAutoscaler"}),
    ],
)
def test_there_is_one_autoscaler_at_most(scale: Scale, kinds: set[str]) -> None:
    made = {body["kind"] for body in bodies(render(planned(scaled(scale))))}
    assert made & {"ScaledObject", "HorizontalPodAutoscaler"} == kinds


# --- network -------------------------------------------------------------------------------------


def test_an_empty_direction_denies_all_of_it() -> None:
    assert found("NetworkPolicy", "default-deny")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }


def test_a_direction_that_is_not_spoken_of_is_not_named() -> None:
    assert found("NetworkPolicy", "allow-dns")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
                        },
                        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                    },
                    {"ipBlock": {"cidr": "169.254.20.10/32"}},
                ],
                "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
            }
        ],
    }


def test_a_namespace_peer_without_labels_is_the_whole_namespace() -> None:
    (rule,) = found("NetworkPolicy", "monitoring")["spec"]["ingress"]
    assert rule["from"] == [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "metrics"}}}
    ]


def test_flows_name_both_ends_and_ranges_of_numbers() -> None:
    spec = found("NetworkPolicy", "dask-worker")["spec"]
    assert [peer["podSelector"]["matchLabels"] for peer in spec["ingress"][0]["from"]] == [
        {"app.kubernetes.io/name": "dask", "app.kubernetes.io/component": "scheduler"},
        {"app.kubernetes.io/name": "dask", "app.kubernetes.io/component": "worker"},
    ]
    assert spec["ingress"][0]["ports"] == [
        {"protocol": "TCP", "port": 9000, "endPort": 9002},
        {"protocol": "TCP", "port": 9100, "endPort": 9102},
    ]
    assert spec["egress"][1]["to"] == [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "169.254.0.0/16"]}}
    ]


@pytest.mark.parametrize("flow", [Flow((), HTTPS), Flow((PodsPeer("worker"),), ())])
def test_a_flow_that_would_allow_everything_is_refused(flow: Flow) -> None:
    policy = PolicyPlan("open", "worker", None, (flow,))
    with pytest.raises(ValueError, match="would allow all"):
        render(planned(replace(WORKSPACE_PLAN, policies=(policy,))))


def test_an_entity_policy_without_ports_is_refused() -> None:
    policy = EntityPolicyPlan("open", "", Entity.HOST, (), ())
    with pytest.raises(ValueError, match="would allow all"):
        render(planned(replace(WORKSPACE_PLAN, entity_policies=(policy,))))


def test_cilium_s_policies_follow_the_others() -> None:
    ports = [
        {"ports": [{"port": "53", "protocol": "UDP"}, {"port": "53", "protocol": "TCP"}]},
    ]
    assert found("CiliumNetworkPolicy", "allow-local-dns")["spec"] == {
        "endpointSelector": {},
        "egress": [
            {"toEntities": ["host"], "toPorts": ports},
            {"toCIDR": ["169.254.10.0/24"], "toPorts": ports},
        ],
    }
    spec = found("CiliumNetworkPolicy", "api-server")["spec"]
    assert spec["endpointSelector"]["matchLabels"]["app.kubernetes.io/component"] == (
        "secret-bootstrap"
    )
    assert [list(rule) for rule in spec["egress"]] == [["toEntities", "toPorts"]]


# --- config, secrets, storage --------------------------------------------------------------------


def test_the_configuration_is_immutable() -> None:
    body = found("ConfigMap", "modelops-runtime-0a1b2c3d")
    assert body["immutable"] is True
    assert body["data"] == {"runtime.json": '{"processes": 3}\n'}


def test_the_bootstrap_job_runs_once_and_stays() -> None:
    spec = found("Job", "secret-bootstrap-3f9a1c0b")["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (10, 900)
    assert "ttlSecondsAfterFinished" not in spec
    assert spec["template"]["spec"]["restartPolicy"] == "OnFailure"


def test_the_bootstrap_job_is_told_names_keys_and_its_namespace() -> None:
    (container,) = pod("Job", "secret-bootstrap-3f9a1c0b")["containers"]
    assert " ".join(container["args"]) == (
        "python -m modelops_runtime secret-bootstrap --secret store=password,token "
        "--secret web=cookie"
    )
    assert container["env"][0] == {
        "name": "POD_NAMESPACE",
        "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}},
    }


def test_the_bootstrap_job_may_make_secrets_and_read_its_own() -> None:
    assert found("Role", "secret-bootstrap")["rules"] == [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {
            "apiGroups": [""],
            "resources": ["secrets"],
            "resourceNames": ["store", "web"],
            "verbs": ["get"],
        },
    ]
    binding = found("RoleBinding", "secret-bootstrap")
    assert binding["roleRef"]["name"] == "secret-bootstrap"
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "secret-bootstrap", "namespace": NAMESPACE}
    ]


def test_a_generated_external_secret_is_made_once_and_outlives_its_maker() -> None:
    body = found("ExternalSecret", "dashboard")
    assert body["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert body["spec"]["refreshPolicy"] == "CreatedOnce"
    assert body["spec"]["target"] == (
        {"name": "dashboard", "creationPolicy": "Orphan", "immutable": True}
    )
    reference = body["spec"]["dataFrom"][0]["sourceRef"]["generatorRef"]
    generator = found("Password", reference["name"])
    assert reference["apiVersion"] == generator["apiVersion"]
    assert generator["spec"]["symbols"] == 0
    assert generator["spec"]["secretKeys"] == ["user", "password"]


def test_a_secret_of_a_store_keeps_the_store_s_key() -> None:
    assert found("ExternalSecret", "tracking")["spec"] == {
        "refreshPolicy": "Periodic",
        "refreshInterval": "1h0m0s",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": "key-vault"},
        "target": {"name": "tracking", "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": "mlflow-token", "remoteRef": {"key": "mlflow-token"}}],
    }


def test_nothing_is_a_secret(manifests: Manifests) -> None:
    assert all(body["kind"] != "Secret" for body in bodies(manifests))


def test_a_claim_is_shared_and_kept() -> None:
    body = found("PersistentVolumeClaim", "results")
    assert body["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert body["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "azurefile-csi-premium",
        "resources": {"requests": {"storage": "50Gi"}},
    }


# --- platform ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "policy"),
    [
        ("modelops-dev-batch", 1000, "Never"),
        ("modelops-dev-control", 100_000, "PreemptLowerPriority"),
    ],
)
def test_priority_classes(name: str, value: int, policy: str) -> None:
    body = found("PriorityClass", name)
    assert (body["value"], body["preemptionPolicy"], body["globalDefault"]) == (
        (value, policy, False)
    )
    assert body["metadata"]["labels"]["modelops.io/env"] == "dev"


def test_a_storage_class_retains_data() -> None:
    body = found("StorageClass", "modelops-retained")
    assert body["reclaimPolicy"] == "Retain"
    assert body["volumeBindingMode"] == "WaitForFirstConsumer"
    assert body["provisioner"] == "disk.csi.azure.com"


# --- Flux ----------------------------------------------------------------------------------------


def test_each_kustomization_has_its_file() -> None:
    made = units(planned())
    assert files_of(made["dev/flux"]) == ["platform.yaml", "ws-default.yaml"]
    assert files_of(made["dev/bootstrap"]) == ["root.yaml", "source.yaml"]


def test_a_kustomization_with_health_checks() -> None:
    body = found("Kustomization", "dev-ws-default")
    assert body["metadata"]["namespace"] == "modelops-system"
    assert body["spec"] == {
        "serviceAccountName": "flux-applier",
        "interval": "1h0m0s",
        "retryInterval": "2m0s",
        "timeout": "15m0s",
        "path": "./generated/dev/workspaces/default",
        "prune": True,
        "force": False,
        "deletionPolicy": "MirrorPrune",
        "sourceRef": {"kind": "GitRepository", "name": "modelops"},
        "dependsOn": [{"name": "dev-platform"}],
        "healthChecks": [
            {
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "name": "dask-scheduler",
                "namespace": NAMESPACE,
            }
        ],
    }


def test_a_kustomization_that_waits_has_no_health_checks() -> None:
    waiting = replace(KUSTOMIZATIONS[1], wait=True, depends_on=())
    made = units(planned(flux=replace(FLUX, kustomizations=(waiting,))))["dev/flux"]
    (body,) = made.components[0].objects
    assert body["spec"]["wait"] is True
    assert {"healthChecks", "dependsOn"}.isdisjoint(body["spec"])


def test_a_cluster_starts_with_the_repository_and_the_root() -> None:
    source = found("GitRepository", "modelops")
    assert source["apiVersion"] == "source.toolkit.fluxcd.io/v1"
    assert source["spec"] == {
        "interval": "1m0s",
        "url": "https://example.org/models.git",
        "ref": {"branch": "main"},
    }
    root = found("Kustomization", "dev-root")["spec"]
    assert root["path"] == "./generated/dev/flux"
    assert root["wait"] is False
    assert root["sourceRef"]["name"] == source["metadata"]["name"]


def test_flux_objects_use_only_fields_of_flux_2_7() -> None:
    later = {"ignore", "buildMetadata", "postBuild"}
    for body in bodies(render(planned())):
        if body["kind"] == "Kustomization":
            assert later.isdisjoint(body["spec"])
