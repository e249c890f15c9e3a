"""What is committed in `generated/`, judged by a program that is not ours: kubeconform.

It is looked for on PATH and in `bin/`; where it is in neither and Go is there, it is built once
into `bin/`. Its schemas are laid out here from the development dependency `kubernetes-validate`
and from our own file of custom resources, so it needs no network and knows no default location.
"""

import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.required import missing

ROOT = Path(__file__).parent.parent.parent
GENERATED = ROOT / "generated"
MODULE = "github.com/yannh/kubeconform/cmd/kubeconform@v0.7.0"
MINORS = ("1.34", "1.37")
"""The oldest and the newest target; `verify` itself also holds objects against those between."""

NO_OBJECTS = (r"(^|/)kustomization\.yaml$", r"\.json$")
"""Files that a cluster never sees: kustomize's lists, inventories, inputs of other programs."""


@pytest.fixture(scope="session")
def kubeconform() -> Path:
    own = ROOT / "bin" / "kubeconform"
    found = shutil.which("kubeconform")
    if found or own.exists():
        return Path(found or own)
    if not shutil.which("go"):
        missing("kubeconform is neither on PATH nor in bin/, and there is no Go to build it")
    built = subprocess.run(
        ["go", "install", MODULE],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"GOBIN": str(own.parent)},
    )
    if built.returncode:
        missing(f"kubeconform is not there and could not be built: {built.stderr[-200:]}")
    return own


@pytest.fixture(scope="session", params=MINORS)
def schemas(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one minor's schemas, in kubeconform's own layout.

    The files refer to each other by addresses on the web; here they lie beside one another.
    Descriptions are left out: kubeconform reads all definitions again for every kind.
    """
    folder = tmp_path_factory.mktemp(f"schemas-{request.param}")
    source = files("kubernetes_validate") / "kubernetes-json-schema"
    for file in (source / f"v{request.param}.0-local-strict").iterdir():
        text = file.read_text(encoding="utf-8")
        if file.name == "_definitions.json" or '"kind"' in text:
            local = text.replace('"/api/_definitions.json#', '"_definitions.json#')
            content = json.loads(local, object_hook=without_description)
            content.pop("$id", None)
            (folder / file.name).write_text(json.dumps(content), encoding="utf-8")
    vendored = files("modelops.verify") / "schemas" / "custom-resources.json.gz"
    for name, definition in json.loads(gzip.decompress(vendored.read_bytes())).items():
        group, version, kind = name.split("/")
        file_name = f"{kind}-{group.split('.')[0]}-{version}.json".lower()
        (folder / file_name).write_text(json.dumps(definition["schema"]), encoding="utf-8")
    return folder


def without_description(node: dict[str, Any]) -> dict[str, Any]:
    if isinstance(node.get("description"), str):
        del node["description"]
    return node


def judged(kubeconform: Path, schemas: Path, manifests: Path) -> tuple[int, Mapping[str, Any]]:
    """The exit code, and kubeconform's own account."""
    ignored = [part for pattern in NO_OBJECTS for part in ("-ignore-filename-pattern", pattern)]
    layout = f"{schemas}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
    options = ("-strict", "-summary", "-output", "json", "-schema-location", layout, *ignored)
    done = subprocess.run(
        [str(kubeconform), *options, str(manifests)], check=False, capture_output=True, text=True
    )
    account: Mapping[str, Any] = json.loads(done.stdout)
    return done.returncode, account


def test_nothing_is_wrong_with_what_is_committed(kubeconform: Path, schemas: Path) -> None:
    code, account = judged(kubeconform, schemas, GENERATED)
    assert account.get("resources", []) == []
    assert code == 0
    summary = account["summary"]
    assert summary["valid"] > 0, f"{GENERATED} holds no object: run uv run modelops compile"
    assert (summary["invalid"], summary["errors"], summary["skipped"]) == (0, 0, 0)


def test_a_broken_copy_is_refused(kubeconform: Path, schemas: Path, tmp_path: Path) -> None:
    deployment = next(
        body
        for file in sorted(GENERATED.rglob("*.yaml"))
        for body in yaml.safe_load_all(file.read_text(encoding="utf-8"))
        if body["kind"] == "Deployment"
    )
    deployment["spec"]["replica"] = 1
    (tmp_path / "broken.yaml").write_text(yaml.safe_dump(deployment), encoding="utf-8")
    code, account = judged(kubeconform, schemas, tmp_path)
    assert code == 1
    assert account["summary"]["invalid"] == 1
    (refused,) = account["resources"]
    assert "replica" in refused["msg"]
