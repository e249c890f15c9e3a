"""The stage `render`: configuration, what makes Secrets, and volumes."""

import re
from dataclasses import replace

import pytest
from tests.unit.rendering import (
    BOOTSTRAP,
    NAMESPACE,
    POD,
    QUEUE,
    SECRETS,
    WORKERS,
    WORKSPACE_PLAN,
    found,
    pod,
)

from modelops.planned import BootstrapPlan, GeneratedSecret, ImagePlan, PodPlan, WorkspacePlan


def test_the_configuration_is_immutable() -> None:
    body = found("ConfigMap", "modelops-runtime-0a1b2c3d")
    assert body["immutable"] is True
    assert body["data"] == {"runtime.json": '{"processes": 3}\n'}


def test_the_bootstrap_job_runs_once_and_stays() -> None:
    spec = found("Job", "secret-bootstrap")["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (10, 900)
    assert "ttlSecondsAfterFinished" not in spec
    assert spec["template"]["spec"]["restartPolicy"] == "OnFailure"


def bootstrapped(plan: BootstrapPlan) -> WorkspacePlan:
    return replace(WORKSPACE_PLAN, secrets=replace(SECRETS, bootstrap=plan))


def job_name(workspace: WorkspacePlan) -> str:
    name: str = found("Job", "secret-bootstrap", workspace)["metadata"]["name"]
    return name


@pytest.mark.parametrize(
    "changed",
    [
        replace(BOOTSTRAP.pod, image=ImagePlan("acr.azurecr.io/dask:2", 10001)),
        replace(BOOTSTRAP.pod, image=replace(POD.image, user=1000)),
        replace(BOOTSTRAP.pod, component="bootstrap"),
        replace(BOOTSTRAP.pod, placement=replace(POD.placement, node_selector={"a": "b"})),
        replace(BOOTSTRAP.pod, pull_secrets=()),
        replace(BOOTSTRAP.pod, grace=31),
    ],
    ids=["image", "user", "label", "placement", "pull secret", "grace"],
)
def test_a_changed_template_makes_a_job_of_another_name(changed: PodPlan) -> None:
    workspace = bootstrapped(replace(BOOTSTRAP, pod=changed))
    assert job_name(workspace) != job_name(WORKSPACE_PLAN)


def test_one_more_key_makes_a_job_of_another_name() -> None:
    more = (*BOOTSTRAP.secrets, GeneratedSecret("more", ("password",)))
    assert job_name(bootstrapped(replace(BOOTSTRAP, secrets=more))) != job_name(WORKSPACE_PLAN)


def test_the_job_s_name_is_a_hash_of_its_template_and_of_nothing_else() -> None:
    name = job_name(WORKSPACE_PLAN)
    assert re.fullmatch(r"secret-bootstrap-[0-9a-f]{8}", name)
    relabelled = replace(WORKSPACE_PLAN, labels={"team": "polio"}, keep=False)
    rescaled = replace(relabelled, workers=replace(WORKERS, scale=QUEUE, drain=1))
    assert {job_name(one) for one in (WORKSPACE_PLAN, relabelled, rescaled)} == {name}


def test_no_order_of_a_map_reaches_the_job_s_name() -> None:
    selector = {"a": "1", "b": "2"}
    names = {
        job_name(
            bootstrapped(
                replace(
                    BOOTSTRAP,
                    pod=replace(POD, placement=replace(POD.placement, node_selector=dict(order))),
                )
            )
        )
        for order in (selector.items(), reversed(selector.items()))
    }
    assert len(names) == 1


def test_the_bootstrap_job_is_told_names_keys_and_its_namespace() -> None:
    (container,) = pod("Job", "secret-bootstrap")["containers"]
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


def test_a_claim_is_shared_and_kept() -> None:
    body = found("PersistentVolumeClaim", "results")
    assert body["metadata"]["annotations"] == {"kustomize.toolkit.fluxcd.io/prune": "disabled"}
    assert body["spec"] == {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "azurefile-csi-premium",
        "resources": {"requests": {"storage": "50Gi"}},
    }
