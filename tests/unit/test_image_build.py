"""From `images/build.toml` and images.yaml to what an engine is started with."""

import pytest

from modelops.image_build import (
    Build,
    Changes,
    Engine,
    NotBuildable,
    Recipes,
    asking_docker,
    building,
    builds,
    checked_base,
    docker_digest,
    pushing,
    recipes,
)
from modelops.model import ImagesSpec

TEXT = """
base = "quay.io/base/python:3.12"
[images]
plane = ["scheduler", "worker"]
alone = ["alone"]
"""
DIGEST = f"sha256:{'ab' * 32}"


def images(**changes: object) -> ImagesSpec:
    plane = {"repository": "dask", "tag": "1.0"}
    entries = {
        "scheduler": plane,
        "worker": plane,
        "alone": {"repository": "other.example.org/x/alone", "tag": "2.0"},
    }
    return ImagesSpec.model_validate(
        {"registry": "registry.example.org/models", "images": {**entries, **changes}}
    )


def build(**changes: str) -> Build:
    (found,) = builds(recipes(TEXT), ["plane"], images(), Changes(**changes))
    return found


def test_an_image_is_called_what_images_yaml_says() -> None:
    found = builds(recipes(TEXT), ["alone", "plane"], images(), Changes(revision="abc"))
    assert [one.reference for one in found] == [
        "other.example.org/x/alone:2.0",
        "registry.example.org/models/dask:1.0",
    ]
    assert found[1].entries == ("scheduler", "worker")
    assert found[1].dockerfile == "images/plane/Dockerfile"
    assert found[1].arguments == {
        "BASE": "quay.io/base/python:3.12",
        "VERSION": "1.0",
        "REVISION": "abc",
    }


def test_the_command_line_wins() -> None:
    found = build(base="mine:1", tag="trial")
    assert found.reference == "registry.example.org/models/dask:trial"
    assert found.arguments["BASE"] == "mine:1"
    assert found.arguments["VERSION"] == "trial"


@pytest.mark.parametrize("engine", Engine)
def test_each_engine_is_asked_for_the_same(engine: Engine) -> None:
    told = building(engine, build(revision="abc"))
    assert told == (
        *(engine, "build", "--file", "images/plane/Dockerfile"),
        *("--tag", "registry.example.org/models/dask:1.0"),
        *("--build-arg", "BASE=quay.io/base/python:3.12"),
        *("--build-arg", "VERSION=1.0", "--build-arg", "REVISION=abc"),
        "images",
    )


def test_each_engine_tells_the_digest_in_its_way() -> None:
    one = build()
    assert pushing(Engine.DOCKER, one, "file") == ("docker", "push", one.reference)
    for engine in (Engine.PODMAN, Engine.BUILDAH):
        assert pushing(engine, one, "file") == (
            *(engine, "push", "--digestfile", "file"),
            one.reference,
        )
    assert one.reference in asking_docker(one)
    told = f'["other.example.org/dask@sha256:{"0" * 64}","{one.repository}@{DIGEST}"]'
    assert docker_digest(one, told) == DIGEST


@pytest.mark.parametrize("told", ["null", "[]", f'["elsewhere/dask@{DIGEST}"]'])
def test_what_docker_has_not_pushed_has_no_digest(told: str) -> None:
    with pytest.raises(NotBuildable, match=r"no digest of registry\.example\.org/models/dask:1\.0"):
        docker_digest(build(), told)


def test_only_a_base_by_digest_is_published() -> None:
    checked_base(build(base=f"quay.io/base/python:3.12@{DIGEST}"))
    with pytest.raises(NotBuildable, match=r"`--base quay\.io/base/python:3\.12@sha256:…`"):
        checked_base(build())


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({"worker": {"repository": "dask", "tag": "1.1"}}, "one repository and tag"),
        ({"worker": {"repository": "task", "tag": "1.0"}}, "one repository and tag"),
        ({"scheduler": {"repository": "dask"}}, "`scheduler` of images.yaml has no tag"),
    ],
)
def test_what_images_yaml_leaves_open_is_told(entries: dict[str, object], told: str) -> None:
    with pytest.raises(NotBuildable, match=told):
        builds(recipes(TEXT), ["plane"], images(**entries), Changes())


def test_a_missing_entry_and_a_missing_registry_are_told() -> None:
    with pytest.raises(NotBuildable, match=r"images\.yaml has no `scheduler`"):
        builds(recipes(TEXT), ["plane"], ImagesSpec(), Changes())
    nowhere = images().model_copy(update={"registry": None})
    with pytest.raises(NotBuildable, match="relative repository"):
        builds(recipes(TEXT), ["plane"], nowhere, Changes())
    assert builds(recipes(TEXT), ["alone"], nowhere, Changes())


@pytest.mark.parametrize(
    "text",
    ["", "base = 1\nimages = 2", "[images]\na = ['a']", "base =", 'base = "x"\n[images]\na=1'],
)
def test_recipes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(NotBuildable, match=r"images/build\.toml cannot be read"):
        recipes(text)


def test_recipes_are_in_the_order_of_their_names() -> None:
    found = recipes(TEXT)
    assert found == Recipes(
        "quay.io/base/python:3.12", {"alone": ("alone",), "plane": ("scheduler", "worker")}
    )
    assert list(found.entries) == ["alone", "plane"]
