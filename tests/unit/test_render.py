"""The stage `render`: which units and files there are, and what holds of every object."""

import json
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema_rs
import pytest
from tests.unit.rendering import (
    GIVEN,
    NAMESPACE,
    PLATFORM,
    QUEUE,
    VARIANTS,
    WORKSPACE,
    bodies,
    component,
    files_of,
    found,
    nested,
    planned,
    scaled,
    units,
)

from modelops.manifests import Manifests
from modelops.render import render

# --- units and files ------------------------------------------------------------------------------


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


# --- laws of every object -------------------------------------------------------------------------


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


def test_nothing_is_a_secret(manifests: Manifests) -> None:
    assert all(body["kind"] != "Secret" for body in bodies(manifests))


# --- the API's schemas ----------------------------------------------------------------------------


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
