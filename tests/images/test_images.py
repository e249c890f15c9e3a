"""What is written about the images agrees, wherever it stands; images.yaml and CI included."""

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from tests.images.places import IMAGES, ROOT

from modelops.image_build import CONTEXT, Build, Changes, Engine, building, builds, recipes
from modelops.model import ImagesSpec
from modelops.model.images import ExecutorType
from modelops.model.search import Sampler
from modelops.pipeline import configure
from modelops_runtime.executors.executor import ExecutorKind
from modelops_runtime.optuna_adapter.samplers import SAMPLERS, offered

FOLDER = ROOT / "images"
WORKFLOW = ROOT / ".github" / "workflows" / "images.yml"
RECIPES = recipes((FOLDER / "build.toml").read_text())
FACTS = ("python", "packages", "executors", "adapters", "samplers")


def program(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


EXPORTS = program("scripts/export_requirements.py")


def images_yaml() -> ImagesSpec:
    path = "environments/images.yaml"
    configuration = configure({path: (ROOT / path).read_bytes()}).value
    assert configuration is not None
    return configuration.images.spec


def capabilities(image: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / image / "capabilities.json").read_text())
    return found


def dockerfile(image: str) -> str:
    return (FOLDER / image / "Dockerfile").read_text()


def versions(image: str) -> dict[str, str]:
    """The version of each package that an image installs."""
    wanted = EXPORTS.pins((FOLDER / "requirements" / f"{image}.txt").read_text())
    return dict(line.partition(" ;")[0].split("==") for line in wanted)


def planned() -> tuple[Build, ...]:
    """What `modelops images build` builds."""
    return builds(RECIPES, RECIPES.entries, images_yaml(), Changes())


# --- Dockerfiles ---------------------------------------------------------------------------------


def test_every_image_has_a_recipe_and_every_recipe_an_image() -> None:
    assert tuple(RECIPES.entries) == IMAGES
    assert sorted(path.parent.name for path in FOLDER.glob("*/Dockerfile")) == list(IMAGES)


def test_hadolint_finds_nothing() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    for file in sorted(FOLDER.glob("*/Dockerfile")):
        told = subprocess.run(
            [hadolint, "--no-color", file], capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stdout + told.stderr
        assert "hadolint ignore" not in file.read_text()


def test_hadolint_would_find_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\n")
    hadolint = Path(sys.executable).with_name("hadolint")
    told = subprocess.run([hadolint, tmp_path / "Dockerfile"], capture_output=True, check=False)
    assert told.returncode == 1


@pytest.mark.parametrize("image", IMAGES)
def test_a_dockerfile_keeps_to_the_rules(image: str) -> None:
    text = dockerfile(image)
    lines = text.splitlines()
    assert "ARG BASE" in lines, "the base has no default: who builds says it"
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"${BASE}"}
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert f"requirements/{image}.txt" in text
    assert text.count("--require-hashes") == 2, "what builds the wheels, and what is installed"
    final = text.rpartition("FROM ")[2]
    assert "pip" not in final
    assert "apt-get" not in final
    assert not re.search(r"(?i)token|password|secret", text.replace("secret-bootstrap", ""))


@pytest.mark.parametrize("image", IMAGES)
def test_what_is_copied_is_in_the_context(image: str) -> None:
    """`.dockerignore` leaves everything out but what it names."""
    allowed = (FOLDER / ".dockerignore").read_text()
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile(image), re.MULTILINE):
        for source in sources.split():
            assert (FOLDER / source).exists(), source
            name = source.replace(f"{image}/", "*/").replace(f"/{Path(source).name}", "")
            assert f"!{name}" in allowed, source


# --- capabilities --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "entry"), [(image, entry) for image in IMAGES for entry in RECIPES.entries[image]]
)
def test_images_yaml_mirrors_what_is_in_an_image(image: str, entry: str) -> None:
    written = images_yaml().images[entry].model_dump(mode="json")
    wanted = capabilities(image)
    if entry == "dask-scheduler":  # the same image; it runs no code of bundles
        wanted = {**wanted, "executors": []}
    assert {fact: written[fact] or type(wanted[fact])() for fact in FACTS} == wanted
    assert written["user"] == 10001


@pytest.mark.parametrize("image", IMAGES)
def test_capabilities_are_those_of_the_requirements(image: str) -> None:
    installed = versions(image)
    for name, version in capabilities(image)["packages"].items():
        assert installed[name] == version


@pytest.mark.parametrize("image", IMAGES)
def test_labels_are_those_of_the_capabilities(image: str) -> None:
    labels = dict(re.findall(r'^(?:LABEL)? +(\S+?)="(.*?)"', dockerfile(image), re.MULTILINE))
    has = capabilities(image)
    told = {name.removeprefix("io.modelops."): value for name, value in labels.items()}
    assert told["python"] == has["python"]
    for package in ("dask", "distributed", "pyarrow"):
        assert told.get(package) == has["packages"].get(package)
    title = labels["org.opencontainers.image.title"]
    assert title == next(one.repository for one in planned() if one.name == image).split("/")[-1]


def test_capabilities_are_those_of_the_code() -> None:
    """What the images have less of is proved in them, by `attest.py`."""
    executors = set(capabilities("dask")["executors"])
    assert executors == set(map(str, ExecutorKind)) == set(map(str, ExecutorType))
    samplers = set(capabilities("adaptive-worker")["samplers"])
    lacking = {
        name
        for name, sampler in SAMPLERS.items()
        if any(need not in versions("adaptive-worker") for need in sampler.needs)
    }
    assert samplers == set(SAMPLERS) - lacking
    assert samplers <= set(offered())
    assert set(SAMPLERS) == set(Sampler)


def test_the_images_of_a_plane_and_of_searches_share_their_packages() -> None:
    assert capabilities("dask")["packages"] == capabilities("adaptive-worker")["packages"]
    dask, adaptive = versions("dask"), versions("adaptive-worker")
    assert dask.items() <= adaptive.items()


def test_the_base_has_the_python_of_the_images() -> None:
    for image in IMAGES:
        assert f"/python:{capabilities(image)['python']}-" in RECIPES.base


# --- requirements --------------------------------------------------------------------------------


def test_requirements_are_current() -> None:
    assert EXPORTS.checked() == []


def test_requirements_name_no_host_and_are_all_pinned() -> None:
    for file in (FOLDER / "requirements").glob("*.txt"):
        text = file.read_text()
        assert "//" not in text
        assert not re.search(r"^-", text, re.MULTILINE), (
            "no options: what is read is what is wanted"
        )
        for line, hashes in EXPORTS.pins(text).items():
            assert re.match(r"[a-z0-9-]+==[0-9.]+(?: ;|$)", line), line
            assert hashes, line
    assert "hatchling" in versions("build")


def test_a_stale_export_is_found() -> None:
    wanted = EXPORTS.pins(
        "a==1 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\nb==1 --hash=sha256:3\n"
    )
    same, newer = EXPORTS.pins("a==1 --hash=sha256:1\nb==1 --hash=sha256:3\n"), "b==2"
    assert EXPORTS.differences(same, wanted) == []
    assert EXPORTS.differences({**same, newer: same["b==1"]}, wanted) == ["b==2: no longer wanted"]
    assert EXPORTS.differences({"a==1": same["a==1"]}, wanted) == ["b==1: missing"]
    for hashes in ({"sha256:9"}, set()):
        [told] = EXPORTS.differences({**same, "a==1": frozenset(hashes)}, wanted)
        assert told.startswith("a==1: has no hash")


def test_each_image_installs_its_own_extra() -> None:
    extras = tomllib.loads((FOLDER / "runtime" / "pyproject.toml").read_text())["project"]
    assert set(extras["optional-dependencies"]) >= {"adaptive", "dask"}
    assert extras["dependencies"] == [], "so the tools need the standard library alone"
    assert versions("tools") == {}
    assert "optuna" in versions("adaptive-worker")
    assert "optuna" not in versions("dask")
    for image in ("adaptive-worker", "dask"):
        assert versions(image).keys() >= {"azure-identity", "azure-storage-blob"}


# --- the workflow --------------------------------------------------------------------------------


def workflow() -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(WORKFLOW.read_text())
    return found


def step(job: str, action: str) -> dict[str, Any]:
    """The one step of a job that uses an action."""
    (found,) = (
        one for one in workflow()["jobs"][job]["steps"] if one.get("uses", "").startswith(action)
    )
    options: dict[str, Any] = found["with"]
    return options


def test_the_workflow_builds_what_the_command_builds() -> None:
    built = workflow()["jobs"]["build"]["strategy"]["matrix"]["include"]
    prefix = images_yaml().registry
    assert built == [
        {"image": one.name, "repository": one.repository.removeprefix(f"{prefix}/")}
        for one in planned()
    ]


def test_the_workflow_builds_with_the_arguments_of_the_command() -> None:
    options = step("build", "docker/build-push-action@")
    for one in planned():
        arguments = dict(line.split("=", 1) for line in options["build-args"].splitlines())
        assert arguments.keys() == one.arguments.keys()
        assert options["file"].replace("${{ matrix.image }}", one.name) == one.dockerfile
        assert options["context"] == CONTEXT == building(Engine.DOCKER, one)[-1]


def test_the_workflow_begins_with_the_same_base() -> None:
    (pinned,) = (one for one in workflow()["jobs"]["prepare"]["steps"] if one.get("id") == "base")
    assert pinned["env"]["BASE"] == RECIPES.base
    arguments = step("build", "docker/build-push-action@")["build-args"]
    assert "BASE=${{ needs.prepare.outputs.base }}" in arguments


def test_the_workflow_says_what_is_in_an_image_and_how_it_was_made() -> None:
    options = step("build", "docker/build-push-action@")
    assert options["sbom"] is True
    assert options["provenance"] == "mode=max"
    assert options["push"] == "${{ github.event_name == 'push' }}"
    events = workflow()[True]  # YAML 1.1 reads `on` so
    assert events.keys() == {"pull_request", "push"}
    assert events["push"] == {"branches": ["main"], "tags": ["v*"]}


def test_what_others_can_write_is_in_no_script_of_the_workflow() -> None:
    """An expression in `run` is text before the shell reads it."""
    for job in workflow()["jobs"].values():
        for each in job["steps"]:
            assert "${{" not in each.get("run", "")
