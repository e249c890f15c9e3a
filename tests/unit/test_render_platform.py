"""The stage `render`: what an environment's units share, and the Flux objects."""

from dataclasses import replace

import pytest
from tests.unit.rendering import (
    FLUX,
    KUSTOMIZATIONS,
    NAMESPACE,
    bodies,
    files_of,
    found,
    planned,
    units,
)

from modelops.render import render

# --- platform -------------------------------------------------------------------------------------


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


# --- Flux -----------------------------------------------------------------------------------------


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
