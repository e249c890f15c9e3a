"""AVL009, GIT007 and STO003: which changes of which fields are refused, and which are not."""

from typing import Any

import pytest
import yaml

from modelops.manifests import Component, EnvironmentManifests, Given, Manifests, Unit
from modelops.verify import verify

FILE = "dev/platform/a.yaml"
RBAC = "rbac.authorization.k8s.io"


def body(kind: str, **fields: object) -> dict[str, Any]:
    version, _, name = kind.rpartition("/")
    return {
        "apiVersion": version,
        "kind": name,
        "metadata": {"name": "a", "namespace": "b"},
    } | fields


def changed(before: dict[str, Any], after: dict[str, Any], file: str = FILE) -> list[str]:
    """Code and message, without the file, of what is found because of the older object."""
    unit = Unit(
        "dev/platform", "environments/dev/environment.yaml", (Component("a.yaml", (after,)),)
    )
    made = EnvironmentManifests("dev", unit.source, "1.35", (unit,), Given(frozenset()))
    earlier = {file: f"# A header.\n---\n{yaml.safe_dump(before)}".encode()}
    found = verify(Manifests((made,)), earlier).diagnostics
    return [
        f"{one.severity} {one.rule.code} {one.message.partition(' a in b: ')[2]}"
        for one in found
        if one.rule.code in {"AVL009", "GIT007", "STO003"}
    ]


def workload(kind: str, app: str, **fields: object) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": app}}, "spec": {"containers": [{"name": app}]}}
    selector = {"matchLabels": {"app": app}}
    return body(kind, spec={"selector": selector, "template": template, "replicas": 1} | fields)


def claim(size: str = "10Gi", **fields: object) -> dict[str, Any]:
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
    return body("v1/PersistentVolumeClaim", spec=spec | fields)


@pytest.mark.parametrize("kind", ["apps/v1/Deployment", "apps/v1/StatefulSet", "apps/v1/DaemonSet"])
def test_a_selector_is_an_error(kind: str) -> None:
    (told,) = changed(workload(kind, "x"), workload(kind, "y"))
    place, _, change = told.partition(": ")
    assert place == "error AVL009 spec.selector.matchLabels.app"
    assert change == 'was "x" and becomes "y", which cannot be changed in place'


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (claim(storageClassName="a"), claim(storageClassName="b"), "spec.storageClassName"),
        (claim("10Gi"), claim("9Gi"), "spec.resources.requests.storage"),
    ],
    ids=["class", "size"],
)
def test_what_a_volume_cannot_become_is_an_error(
    before: dict[str, Any], after: dict[str, Any], place: str
) -> None:
    (told,) = changed(before, after)
    assert told.startswith(f"error STO003 {place}: was ")


STATEFUL, JOB = "apps/v1/StatefulSet", "batch/v1/Job"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (
            workload(STATEFUL, "x", serviceName="a"),
            workload(STATEFUL, "x", serviceName="b"),
            "spec.serviceName",
        ),
        (
            workload(STATEFUL, "x"),
            workload(STATEFUL, "x", podManagementPolicy="Parallel"),
            "spec.podManagementPolicy",
        ),
        (
            workload(STATEFUL, "x", volumeClaimTemplates=[{"spec": {"storageClassName": "c"}}]),
            workload(STATEFUL, "x", volumeClaimTemplates=[{"spec": {"storageClassName": "d"}}]),
            "spec.volumeClaimTemplates[0].spec.storageClassName",
        ),
        (
            body(JOB, spec={"template": {"spec": {"containers": [{"image": "a:1"}]}}}),
            body(JOB, spec={"template": {"spec": {"containers": [{"image": "a:2"}]}}}),
            "spec.template.spec.containers[0].image",
        ),
        (body(JOB, spec={"completions": 2}), body(JOB, spec={}), "spec.completions"),
        (
            body("v1/Service", spec={}),
            body("v1/Service", spec={"clusterIP": "None"}),
            "spec.clusterIP",
        ),
        (
            body("v1/ConfigMap", immutable=True, data={"a": "1"}),
            body("v1/ConfigMap", immutable=True, data={"a": "2"}),
            "data.a",
        ),
        (
            body("storage.k8s.io/v1/StorageClass", provisioner="a", parameters={"sku": "1"}),
            body("storage.k8s.io/v1/StorageClass", provisioner="a", parameters={"sku": "2"}),
            "parameters.sku",
        ),
        (
            body(f"{RBAC}/v1/RoleBinding", roleRef={"name": "a"}),
            body(f"{RBAC}/v1/RoleBinding", roleRef={"name": "b"}),
            "roleRef.name",
        ),
        (
            body("scheduling.k8s.io/v1/PriorityClass", value=1),
            body("scheduling.k8s.io/v1/PriorityClass", value=2),
            "value",
        ),
    ],
)
def test_other_fields_are_a_warning(
    before: dict[str, Any], after: dict[str, Any], place: str
) -> None:
    (told,) = changed(before, after)
    assert told.startswith(f"warning GIT007 {place}: was ")
    assert changed(before, before) == changed(after, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (workload("apps/v1/Deployment", "x"), workload("apps/v1/Deployment", "x", replicas=2)),
        (workload(STATEFUL, "x", podManagementPolicy="OrderedReady"), workload(STATEFUL, "x")),
        (claim("10Gi"), claim("0.02Ti")),
        (claim("1Gi"), claim("1024Mi")),
        (body("v1/ConfigMap", data={"a": "1"}), body("v1/ConfigMap", data={"a": "2"})),
        (workload("apps/v1/Deployment", "x"), workload(STATEFUL, "y")),
    ],
)
def test_what_may_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert changed(before, after) == []


def test_another_name_or_namespace_is_another_object() -> None:
    old, new = workload("apps/v1/Deployment", "x"), workload("apps/v1/Deployment", "y")
    for metadata in ({"name": "c", "namespace": "b"}, {"name": "a", "namespace": "c"}):
        assert changed(old | {"metadata": metadata}, new) == []


def test_another_environment_is_another_cluster() -> None:
    old, new = workload("apps/v1/Deployment", "x"), workload("apps/v1/Deployment", "y")
    assert changed(old, new, "prod/platform/a.yaml") == []


def test_another_file_of_the_unit_is_all_one_and_another_unit_is_not() -> None:
    old, new = workload("apps/v1/Deployment", "x"), workload("apps/v1/Deployment", "y")
    assert changed(old, new, "dev/platform/moved.yaml") != []
    assert changed(old, new, "dev/workspaces/moved.yaml") == []


def test_what_flux_may_replace_may_change() -> None:
    metadata = {
        "name": "a",
        "namespace": "b",
        "annotations": {"kustomize.toolkit.fluxcd.io/force": "enabled"},
    }
    old = body(JOB, spec={"template": {"spec": {"restartPolicy": "Never"}}})
    new = body(JOB, spec={"template": {"spec": {}}}, metadata=metadata)
    assert changed(old, new) == []


@pytest.mark.parametrize(
    "text", [b"kind: Job\na: [", b"kind: Job\n", b"\xff\xfe", b"", b"kind: Job\n- a"]
)
def test_a_file_that_is_broken_holds_nothing(text: bytes) -> None:
    unit = Unit("dev/platform", "environments/dev/environment.yaml", ())
    made = EnvironmentManifests("dev", unit.source, "1.35", (unit,), Given(frozenset()))
    assert verify(Manifests((made,)), {FILE: text}).diagnostics == ()
