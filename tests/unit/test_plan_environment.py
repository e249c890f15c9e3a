"""The stage `plan`: what an environment's units share, its Flux graph, secrets, what is given."""

import pytest
from tests.unit.small_tree import (
    DEV,
    IMAGES,
    MALARIA,
    MIB,
    TREE,
    dev,
    environment,
    malaria,
    planned,
)

from modelops.manifests import Identity
from modelops.planned import (
    EnvironmentPlan,
    ExternalSecret,
    GeneratedSecret,
    HealthCheck,
    ImagePlan,
    KustomizationPlan,
    PlainValue,
    ScratchVolume,
    SecretsPlan,
    StorageClassPlan,
)

GENERIC_POOLS = "pools: {cpu: {allocatable: {cpu: 8, memory: 32Gi}}}"
GENERIC = environment("provider: generic", pools=GENERIC_POOLS)
DEFAULT = "environments/dev/workspaces/default.yaml"

# --- environments --------------------------------------------------------------------------------


def test_environments_and_workspaces_are_sorted_by_name() -> None:
    names = ("zeta", "beta", "default")
    workspaces = {f"environments/dev/workspaces/{name}.yaml": "{}" for name in names}
    specs = {"environments/alpha/environment.yaml": environment(), **workspaces}
    plan = planned(specs).value
    assert plan is not None
    assert [one.name for one in plan.environments] == ["alpha", "dev"]
    assert plan.environments[0].workspaces == ()
    assert [one.name for one in plan.environments[1].workspaces] == [
        "beta",
        "default",
        "malaria",
        "zeta",
    ]


def test_an_environment_knows_its_file() -> None:
    plan = dev({})
    assert (plan.name, plan.source, plan.kubernetes) == ("dev", DEV, "1.35")
    assert (plan.platform.unit, plan.platform.source) == ("dev/platform", DEV)
    assert plan.platform.labels == {"modelops.io/env": "dev", "modelops.io/kind": "platform"}


def test_schedulers_push_workers_off_a_node_and_not_the_other_way_round() -> None:
    batch, control = dev({}).platform.priority_classes
    assert (batch.name, batch.preempts) == ("modelops-dev-batch", False)
    assert (control.name, control.preempts) == ("modelops-dev-control", True)
    assert (batch.value, control.value) == (1_000, 100_000)


@pytest.mark.parametrize(
    ("dev_spec", "made"),
    [
        (environment(), "modelops-dev-retained"),
        (environment("storageClasses: {retained: modelops-kept}"), "modelops-kept"),
        (environment("storageClasses: {retained: somebody-s}"), None),
        (GENERIC, None),
        (f"{GENERIC}\n  storageClasses: {{retained: modelops-kept}}", None),
    ],
)
def test_a_retained_class_is_made_on_aks_where_its_name_is_ours(
    dev_spec: str, made: str | None
) -> None:
    wanted = () if made is None else (StorageClassPlan(made),)
    assert dev({DEV: dev_spec}).platform.storage_classes == wanted


# --- the Flux graph ------------------------------------------------------------------------------


def test_a_workspace_waits_for_the_platform_and_is_ready_with_its_scheduler() -> None:
    flux = dev({DEFAULT: "{}"}).flux
    assert flux.kustomizations == (
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
        *(
            KustomizationPlan(
                name=f"dev-ws-{name}",
                file=f"ws-{name}.yaml",
                unit=f"dev/workspaces/{name}",
                source=f"environments/dev/workspaces/{name}.yaml",
                depends_on=("dev-platform",),
                health_checks=(HealthCheck("apps/v1", "Deployment", namespace, "dask-scheduler"),),
                wait=False,
                timeout=900,
            )
            for name, namespace in (
                ("default", "modelops-dask-dev"),
                ("malaria", "modelops-dask-dev-malaria"),
            )
        ),
    )


def test_what_a_kustomization_depends_on_is_there() -> None:
    flux = dev({DEFAULT: "{}"}).flux
    names = {one.name for one in flux.kustomizations}
    assert {name for one in flux.kustomizations for name in one.depends_on} <= names
    assert len(names) == len(flux.kustomizations)
    assert flux.root not in names


def test_a_long_name_is_cut_for_flux_alone() -> None:
    name = "a" * 63
    plan = dev({f"environments/dev/workspaces/{name}.yaml": "{}"})
    kustomization = plan.flux.kustomizations[1]
    assert len(kustomization.name) <= 63
    assert kustomization.unit == f"dev/workspaces/{name}"
    (check,) = kustomization.health_checks
    assert check.namespace == plan.workspaces[0].namespace


def test_flux_reads_what_the_environment_says() -> None:
    plain = dev({}).flux
    assert (plain.namespace, plain.source, plain.url, plain.branch) == (
        "modelops-system",
        "modelops",
        "https://example.org/models",
        "main",
    )
    assert (plain.interval, plain.retry_interval, plain.service_account) == (
        3600,
        120,
        "flux-applier",
    )
    assert (plain.unit, plain.bootstrap_unit, plain.source_file, plain.root) == (
        "dev/flux",
        "dev/bootstrap",
        DEV,
        "dev-root",
    )
    written = TREE[DEV].replace(
        "models}",
        "models, namespace: ops, source: repo, branch: next, interval: 10m, serviceAccount: sa}",
    )
    flux = dev({DEV: written}).flux
    assert (flux.namespace, flux.source, flux.branch, flux.interval, flux.service_account) == (
        "ops",
        "repo",
        "next",
        600,
        "sa",
    )


# --- secrets -------------------------------------------------------------------------------------

OPERATOR = environment(
    "features: {externalSecrets: true, networkPolicy: calico}",
    rest="secrets: {provider: externalSecrets, store: vault}",
)
SECRETS = """\
secrets:
  web: {generate: [cookie, admin, cookie]}
  api: {generate: [token]}
  cloud: {external: {key: cloud-token}}
  other: {external: {store: elsewhere, key: other-token}}
  team: {existing: true}
"""
EXTERNAL = (
    ExternalSecret("cloud", "vault", "cloud-token"),
    ExternalSecret("other", "elsewhere", "other-token"),
)
GENERATED = (
    GeneratedSecret("api", ("token",)),
    GeneratedSecret("web", ("admin", "cookie")),
)


def test_external_secrets_makes_all_but_what_exists() -> None:
    assert malaria(SECRETS, OPERATOR).secrets == SecretsPlan(None, GENERATED, EXTERNAL)


def test_a_job_makes_the_generated_ones_where_no_operator_does() -> None:
    rest = "secrets: {store: vault}"
    secrets = malaria(
        SECRETS, environment("features: {externalSecrets: true, networkPolicy: calico}", rest=rest)
    ).secrets
    assert (secrets.passwords, secrets.external) == ((), EXTERNAL)
    job = secrets.bootstrap
    assert job is not None
    assert (job.name, job.secrets, job.deadline) == ("secret-bootstrap", GENERATED, 900)


def test_the_job_is_a_small_pod_with_the_workers_image() -> None:
    job = malaria("secrets: {web: {generate: [cookie]}}").secrets.bootstrap
    assert job is not None
    assert job.pod.image == malaria().workers.pod.image != malaria().scheduler.pod.image
    assert isinstance(job.pod.image, ImagePlan)
    amounts = job.pod.amounts
    assert (amounts.cpu_request, amounts.cpu_limit) == (100, 500)
    assert (amounts.memory_request, amounts.memory_limit) == (256 * MIB, 256 * MIB)
    assert amounts.disk_limit == 1024 * MIB
    assert job.pod.grace == 30
    assert job.pod.variables == {"HOME": PlainValue("/tmp")}  # noqa: S108 -- in the container
    assert job.pod.volumes == (ScratchVolume("tmp", "/tmp", 64 * MIB),)  # noqa: S108 -- as above


def test_without_secrets_nothing_makes_any() -> None:
    assert malaria().secrets == SecretsPlan(None, (), ())
    assert malaria("secrets: {team: {existing: true}}").secrets == SecretsPlan(None, (), ())


# --- what is given -------------------------------------------------------------------------------


def given(plan: EnvironmentPlan) -> set[str]:
    """Identities as `Kind name` or `Kind namespace/name`."""
    return {
        f"{one.kind} {one.namespace}/{one.name}" if one.namespace else f"{one.kind} {one.name}"
        for one in plan.given.identities
    }


AKS_CLASSES = {
    "StorageClass azurefile-csi",
    "StorageClass azurefile-csi-premium",
    "StorageClass default",
    "StorageClass managed-csi",
    "StorageClass managed-csi-premium",
}
FLUX = {"Namespace modelops-system", "ServiceAccount modelops-system/flux-applier"}


def test_what_aks_has() -> None:
    assert given(dev({})) == {"Namespace kube-system", *FLUX, *AKS_CLASSES}


def test_what_another_cluster_has_is_what_its_file_names() -> None:
    assert given(dev({DEV: GENERIC})) == {
        "Namespace kube-system",
        "Namespace keda",
        *FLUX,
        "StorageClass azurefile-csi-premium",
        "StorageClass managed-csi-premium",
    }


def test_what_an_environment_s_file_names_is_there() -> None:
    dev_spec = environment(
        "monitoring: {namespace: metrics}",
        "storageClasses: {standard: fast, retained: kept, shared: nfs}",
    )
    assert given(dev({DEV: dev_spec})) == {
        "Namespace kube-system",
        "Namespace metrics",
        *FLUX,
        *AKS_CLASSES,
        "StorageClass fast",
        "StorageClass kept",
        "StorageClass nfs",
    }


def test_a_class_of_ours_is_not_given() -> None:
    dev_spec = environment("storageClasses: {retained: modelops-kept}")
    assert "StorageClass modelops-kept" not in given(dev({DEV: dev_spec}))


def test_secrets_that_exist_or_come_to_be_and_stores_are_given() -> None:
    pull = "registry: {pullSecret: {name: ghcr, existing: true}}"
    plan = dev({DEV: f"{OPERATOR}\n{pull}", MALARIA: SECRETS, DEFAULT: "{}"})
    namespace = "modelops-dask-dev-malaria"
    assert given(plan) - given(dev({})) == {
        f"Secret {namespace}/api",
        f"Secret {namespace}/ghcr",
        f"Secret {namespace}/team",
        f"Secret {namespace}/web",
        "Secret modelops-dask-dev/ghcr",
        "ClusterSecretStore vault",
        "ClusterSecretStore elsewhere",
    }
    groups = {one.group for one in plan.given.identities if one.kind == "ClusterSecretStore"}
    assert groups == {"external-secrets.io"}
    assert Identity("storage.k8s.io", "StorageClass", "", "default") in plan.given.identities


def test_nothing_is_decided_beside_an_error() -> None:
    assert planned({MALARIA: "workers: {pool: none}"}).value is None


def test_a_warning_stands_beside_the_plan() -> None:
    images = "images: {w: {repository: quay.io/x/y, tag: '1', executors: [isolated_warm]}}\n"
    spec = "workers: {image: w}\nscheduler: {image: w}"
    outcome = planned({IMAGES: images, MALARIA: spec})
    assert outcome.value is not None
    assert not outcome.failed
    assert [one.rule.code for one in outcome.diagnostics] == ["IMG001"]
