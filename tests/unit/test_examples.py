"""The example environments: clean, current, and the same through stock cdk8s as through ours."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from ruamel.yaml import YAML

from modelops.manifests import Artefacts, Manifests
from modelops.pipeline import compile_sources, judge

ROOT = Path(__file__).parents[2]
ORACLE = Path(__file__).with_name("synth_oracle.py")


@pytest.fixture(scope="module")
def sources() -> dict[str, bytes]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "environments").rglob("*.yaml"))
    }


@pytest.fixture(scope="module")
def manifests(sources: dict[str, bytes]) -> Manifests:
    judged = judge(sources)
    assert judged.diagnostics == ()
    assert judged.value
    return judged.value


@pytest.fixture(scope="module")
def artefacts(sources: dict[str, bytes]) -> Artefacts:
    compiled = compile_sources(sources)
    assert compiled.diagnostics == ()
    assert compiled.value
    return compiled.value


def objects_of(manifests: Manifests, unit: str) -> list[dict[str, Any]]:
    (found,) = (one for each in manifests.environments for one in each.units if one.name == unit)
    return [dict(body) for component in found.components for body in component.objects]


def test_stock_cdk8s_makes_the_same_objects(manifests: Manifests) -> None:
    units = [one.name for each in manifests.environments for one in each.units]
    sent = [body for unit in units for body in objects_of(manifests, unit)]
    oracle = subprocess.run(
        [sys.executable, ORACLE],
        input=json.dumps(sent).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    made = json.loads(oracle.stdout)
    assert len(made) == len(sent) > 100
    for ours, theirs in zip(sent, made, strict=True):
        assert ours == theirs


def test_two_readers_find_the_objects_in_the_files(
    manifests: Manifests, artefacts: Artefacts
) -> None:
    core = YAML(typ="safe", pure=True)
    for environment in manifests.environments:
        (written,) = (one for one in artefacts.environments if one.name == environment.name)
        texts = {file.path: file.content.decode() for file in written.files}
        for unit in environment.units:
            for component in unit.components:
                text = texts[f"{unit.name}/{component.file}"]
                expected = [dict(body) for body in component.objects]
                assert list(yaml.safe_load_all(text)) == expected
                assert list(core.load_all(text)) == expected


def test_what_is_committed_is_what_is_compiled(artefacts: Artefacts) -> None:
    made = {
        file.path: file.content
        for environment in artefacts.environments
        for file in (*environment.files, environment.inventory)
    }
    folder = ROOT / "generated"
    on_disk = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert sorted(on_disk) == sorted(made)
    assert on_disk == made


def test_what_a_person_typed_reaches_the_container(manifests: Manifests) -> None:
    (workers,) = (
        body
        for body in objects_of(manifests, "dev/workspaces/malaria")
        if body["kind"] == "Deployment" and body["metadata"]["name"] == "dask-worker"
    )
    (container,) = workers["spec"]["template"]["spec"]["containers"]
    values = {one["name"]: one.get("value") for one in container["env"]}
    assert values["COUNTRY"] == "no"
    assert values["RELEASE"] == "012"


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("dev/workspaces/malaria", "ScaledObject"),
        ("dev/workspaces/surrogate", "Job"),
        ("prod/workspaces/climate", "ExternalSecret"),
        ("prod/workspaces/default", "CiliumNetworkPolicy"),
        ("prod/workspaces/climate", "PersistentVolumeClaim"),
        ("prod/platform", "ClusterSecretStore"),
        ("dev/platform", "StorageClass"),
        ("dev/flux", "Kustomization"),
        ("dev/bootstrap", "GitRepository"),
    ],
)
def test_the_examples_show_each_thing_once(manifests: Manifests, unit: str, kind: str) -> None:
    assert kind in {body["kind"] for body in objects_of(manifests, unit)}


def test_production_images_are_pinned_by_digest(manifests: Manifests) -> None:
    images = {
        container["image"]
        for unit in ("prod/workspaces/default", "prod/workspaces/climate")
        for body in objects_of(manifests, unit)
        if body["kind"] == "Deployment"
        for container in body["spec"]["template"]["spec"]["containers"]
    }
    assert images
    assert all("@sha256:" in image for image in images)
