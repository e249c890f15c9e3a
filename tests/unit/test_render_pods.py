"""The stage `render`: what all pods have in common, and the namespace they live in."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.rendering import (
    BOOTSTRAP,
    MIB,
    NAMESPACE,
    POD,
    PODS,
    SCHEDULER,
    WORKERS,
    WORKSPACE_PLAN,
    found,
    pod,
)

from modelops.planned import ContainerBounds, PlainValue

# --- namespace ------------------------------------------------------------------------------------


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


# --- pods -----------------------------------------------------------------------------------------


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
