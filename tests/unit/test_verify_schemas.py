"""The vendored schemas: current, complete, strict, and read once per minor and kind."""

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from modelops.manifests import (
    Body,
    Component,
    EnvironmentManifests,
    Given,
    Manifests,
    Unit,
)
from modelops.verify import verify
from modelops.verify.schemas import (
    Minor,
    common_definitions,
    common_validator,
    custom_scopes,
    custom_validator,
    minors_around,
    validator,
)

ROOT = Path(__file__).parent.parent.parent


def messages(body: Body, kubernetes: str) -> list[str]:
    unit = Unit(
        "dev/platform", "environments/dev/environment.yaml", (Component("a.yaml", (body,)),)
    )
    source = "environments/dev/environment.yaml"
    made = EnvironmentManifests("dev", source, kubernetes, (unit,), Given(frozenset()))
    return [found.message for found in verify(Manifests((made,))).diagnostics]


def test_the_committed_schemas_are_those_of_the_development_dependency() -> None:
    script = ROOT / "scripts" / "vendor_schemas.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize("minor", list(Minor))
def test_every_kind_of_every_minor_can_be_checked(minor: Minor) -> None:
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{minor}.0-local-strict"
    definitions = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    kinds = [
        (f"{kinds[0]['group']}/{kinds[0]['version']}".removeprefix("/"), kinds[0]["kind"])
        for schema in definitions.values()
        if len(kinds := schema.get("x-kubernetes-group-version-kind", ())) == 1
        and {"apiVersion", "kind", "metadata"} <= set(schema["properties"])
    ]
    assert ("apps/v1", "Deployment") in kinds
    for api_version, kind in kinds:
        schema = validator(minor, api_version, kind)
        assert schema is not None, (api_version, kind)
        assert not schema.is_valid({"apiVersion": api_version, "kind": kind, "metadaat": {}})


def test_the_custom_resources_are_known_with_their_scopes() -> None:
    others = {kind for kind, scope in custom_scopes().items() if scope != "Namespaced"}
    assert others == {("external-secrets.io", "ClusterSecretStore")}
    assert sorted(kind for _, kind in custom_scopes()) == [
        "CiliumNetworkPolicy",
        "Cluster",
        "ClusterSecretStore",
        "ExternalSecret",
        "GitRepository",
        "HTTPRoute",
        "Kustomization",
        "Password",
        "Route",
        "ScaledObject",
    ]
    assert custom_validator("kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization") is None


@pytest.mark.parametrize(
    ("minor", "around"),
    [
        ("1.34", ["1.33", "1.34", "1.35"]),
        ("1.36", ["1.35", "1.36", "1.37"]),
        ("1.37", ["1.36", "1.37"]),
        ("1.33", ["1.33", "1.34"]),
        ("1.3", []),
        ("1.38", []),
        ("", []),
    ],
)
def test_a_minor_is_judged_with_its_neighbours(minor: str, around: list[str]) -> None:
    assert list(minors_around(minor)) == around


def test_a_validator_is_made_once() -> None:
    assert validator(Minor.V1_35, "v1", "Pod") is validator(Minor.V1_35, "v1", "Pod")
    assert validator(Minor.V1_35, "v1", "Pod") is not validator(Minor.V1_36, "v1", "Pod")


def test_a_field_is_refused_for_the_minors_that_lack_it() -> None:
    """`resource.k8s.io/v1` came with Kubernetes 1.34."""
    body = {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "DeviceClass",
        "metadata": {"name": "gpu"},
        "spec": {"selectors": []},
    }
    assert messages(body, "1.35") == []
    (message,) = messages(body, "1.34")
    assert message == (
        "generated/dev/platform/a.yaml: DeviceClass gpu: no schema is known for DeviceClass of"
        " resource.k8s.io/v1 (Kubernetes 1.33)"
    )


def test_a_minor_without_schemas_is_said_of_the_environment() -> None:
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a"}, "wrong": 1}
    assert messages(body, "1.29") == ["no schemas of Kubernetes 1.29 are known"]


def quota(pods: object) -> Body:
    return {"apiVersion": "v1", "kind": "ResourceQuota", "spec": {"hard": {"pods": pods}}}


def test_quantities_take_numbers_and_words() -> None:
    schema = validator(Minor.V1_35, "v1", "ResourceQuota")
    assert schema is not None
    for right in ("1500m", "1Gi", "1e3", ".5", 3, 0.5):
        assert schema.is_valid(quota(right)), right
    wrong: object
    for wrong in ("1 Gi", "GiB", "1K", True, []):
        assert not schema.is_valid(quota(wrong)), wrong


def closed(required: list[str], **fields: object) -> Body:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": fields,
    }


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


@pytest.mark.parametrize(
    ("older", "newer", "common"),
    [
        (TEXT, TEXT, TEXT),
        (closed([], a=TEXT), closed([], a=TEXT, b=TEXT), closed([], a=TEXT)),
        (closed([], a=TEXT, b=TEXT), closed([], a=NUMBER, b=TEXT), closed([], b=TEXT)),
        (
            closed(["a"], a=TEXT, b=TEXT),
            closed(["b"], a=TEXT, b=TEXT),
            closed(["a", "b"], a=TEXT, b=TEXT),
        ),
    ],
)
def test_what_is_common_to_two_minors_is_what_both_accept(
    older: Body, newer: Body, common: Body
) -> None:
    assert common_definitions({"x": older, "old": TEXT}, {"x": newer, "new": TEXT}) == {"x": common}


def test_minors_that_differ_otherwise_have_nothing_in_common() -> None:
    open_map = {"type": "object", "properties": {"a": TEXT}}
    for other in (TEXT, {**open_map, "properties": {"a": NUMBER}}):
        assert common_definitions({"x": open_map}, {"x": other})["x"]["not"] == {}


def test_what_only_one_minor_knows_is_not_common() -> None:
    """`workloadRef` of pods came with Kubernetes 1.35, `resource.k8s.io/v1` with 1.34."""
    minors = minors_around("1.35")
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
    good = {**pod, "spec": {"containers": [{"name": "a"}]}}
    new = {**pod, "spec": {"containers": [{"name": "a"}], "workloadRef": {}}}
    schema = common_validator(minors, "v1", "Pod")
    assert schema is not None
    assert schema.is_valid(good)
    assert not schema.is_valid(new)
    assert common_validator(minors_around("1.34"), "resource.k8s.io/v1", "DeviceClass") is None
