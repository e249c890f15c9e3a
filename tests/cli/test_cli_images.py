"""`modelops images build`, up to the engine; tests/images builds with real ones."""

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

RECIPES = """
base = "quay.io/base/python:3.12"
[images]
plane = ["dask-scheduler", "dask-worker"]
"""
REFERENCE = "registry.example.org/models/dask:7"
PINNED = f"quay.io/base/python:3.12@sha256:{'0' * 64}"


@pytest.fixture
def recipes(project: Path) -> Path:
    (project / "images" / "plane").mkdir(parents=True)
    (project / "images" / "plane" / "Dockerfile").write_text("ARG BASE\n")
    (project / "images" / "build.toml").write_text(RECIPES)
    return project


@pytest.fixture
def engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH; nothing is in it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def engine(folder: Path, name: str, script: str) -> None:
    """A program that notes how it was called, and then does what the script says."""
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "$0 $*" >> {folder}/calls\n{script}\n')
    file.chmod(0o755)


def calls(folder: Path) -> list[list[str]]:
    """How engines were called: their names and arguments."""
    lines = [shlex.split(line) for line in (folder / "calls").read_text().splitlines()]
    return [[Path(first).name, *rest] for first, *rest in lines]


@pytest.mark.usefixtures("recipes", "engines")
def test_without_any_engine_it_says_what_to_do(run: Run) -> None:
    code, out, err = run("images", "build", "--tag", "7")
    assert (code, out) == (1, "")
    assert "looked for docker, podman, buildah" in err
    assert "--dry-run --engine docker" in err
    code, _, err = run("images", "build", "--tag", "7", "--engine", "podman")
    assert code == 1
    assert "looked for podman." in err


@pytest.mark.usefixtures("recipes", "engines")
def test_a_dry_run_needs_no_engine(run: Run) -> None:
    code, out, _ = run("images", "build", "--tag", "7", "--dry-run", "--engine", "docker")
    assert code == 0
    (line,) = out.splitlines()
    assert line.startswith(f"docker build --file images/plane/Dockerfile --tag {REFERENCE} ")
    assert " --build-arg BASE=quay.io/base/python:3.12 --build-arg VERSION=7 " in line
    assert line.endswith(" images")


@pytest.mark.usefixtures("recipes")
def test_the_first_engine_that_works_builds_in_the_project(
    run: Run, engines: Path, project: Path
) -> None:
    """A docker without its daemon is on many machines."""
    engine(engines, "docker", "exit 1")
    engine(engines, "buildah", f"echo $PWD > {engines}/here")
    code, out, err = run("images", "build", "plane", "--tag", "7")
    assert (code, out) == (0, f"{REFERENCE}\n")
    assert f"1/1 plane: {REFERENCE}, with buildah" in err
    first, second, third = calls(engines)
    assert [first, second] == [["docker", "info"], ["buildah", "info"]]
    assert third[:2] == ["buildah", "build"]
    assert (engines / "here").read_text().strip() == str(project)


@pytest.mark.usefixtures("recipes")
def test_an_engine_that_fails_ends_the_command(run: Run, engines: Path) -> None:
    engine(engines, "podman", '[ "$1" = info ] || exit 3')
    code, out, err = run("images", "build", "--tag", "7")
    assert (code, out) == (1, "")
    assert f"could not build {REFERENCE}: podman ended with exit code 3" in err
    engine(engines, "podman", "exit 125")
    code, _, err = run("images", "build", "--tag", "7")
    assert code == 1
    assert "no engine works here: `podman info`" in err


@pytest.mark.usefixtures("recipes")
def test_a_push_tells_the_digest_and_where_it_belongs(run: Run, engines: Path) -> None:
    digest = f"sha256:{'5' * 64}"
    engine(
        engines, "docker", f"""[ "$1" != image ] || echo '["x@y","{REFERENCE[:-2]}@{digest}"]'"""
    )
    engine(engines, "podman", f'[ "$1" != push ] || echo {digest} > "$3"')
    for chosen in ("docker", "podman"):
        code, out, err = run(
            "images", "build", "--tag", "7", "--push", "--base", PINNED, "--engine", chosen
        )
        assert (code, out) == (0, f"{REFERENCE}@{digest}\n")
        assert f"environments/images.yaml: dask-scheduler, dask-worker: digest: {digest}" in err


@pytest.mark.usefixtures("recipes")
def test_a_push_from_a_moving_base_does_nothing(run: Run, engines: Path) -> None:
    engine(engines, "docker", "")
    code, _, err = run("images", "build", "--tag", "7", "--push")
    assert code == 1
    assert "--base quay.io/base/python:3.12@sha256:…" in err
    assert not (engines / "calls").exists()


@pytest.mark.usefixtures("recipes", "engines")
def test_wrong_invocations_say_what_is_there(run: Run) -> None:
    code, _, err = run("images", "build", "plain")
    assert code == 2
    assert "there is no image `plain`: did you mean `plane`?" in err
    code, _, err = run("images", "build", "--tag", "a b")
    assert code == 2
    assert "cannot be a tag" in err
    code, _, err = run("images", "build")
    assert code == 1
    assert "has no tag: write one, or give --tag" in err


@pytest.mark.usefixtures("engines")
def test_what_cannot_be_read_is_told(run: Run, project: Path) -> None:
    code, _, err = run("images", "build")
    assert code == 1
    assert "cannot read images/build.toml" in err
    (project / "images").mkdir()
    (project / "images" / "build.toml").write_text(RECIPES)
    (project / "environments" / "images.yaml").write_text("kind: [")
    code, _, err = run("images", "build")
    assert code == 1
    assert "environments/images.yaml" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("recipes", "engines")
def test_the_revision_is_the_commit_where_git_knows_one(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("images", "build", "--tag", "7", "--dry-run", "--engine", "docker")
    assert " REVISION=unknown " in run(*asked)[1]
    monkeypatch.setenv("PATH", os.defpath)
    for command in (
        "git init -q .",
        "git add .",
        "git -c user.name=x -c user.email=x@example.org commit -q -m x",
    ):
        assert os.system(f"cd {project} && {command}") == 0  # noqa: S605 -- fixed words
    clean = run(*asked)[1]
    assert "-dirty" not in clean
    (project / "images" / "build.toml").write_text(RECIPES + "\n")
    commit = clean.partition("REVISION=")[2].split()[0]
    assert len(commit) == 40
    assert f" REVISION={commit}-dirty " in run(*asked)[1]
