"""The command `bundle-tool`, as a process."""

import os
import sys
from pathlib import Path

import pytest
from tests.runtime.bundle_files import listed, sources
from tests.runtime.program import Ended, run
from tests.runtime.registry_server import State, serving

from modelops_runtime.bundles.cache import BundleCache
from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.contracts.bundle import BundleReference


def tool(*arguments: object) -> Ended:
    command = [sys.executable, "-m", "modelops_runtime", "bundle-tool", *map(str, arguments)]
    return run(command, {"PATH": os.environ["PATH"]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sources(tmp_path / "bundle" / "models", sir="beta = 0.3").parent


def test_the_digest_of_a_folder(folder: Path) -> None:
    found = tool("digest", folder)
    assert (found.status, found.stdout, found.stderr) == (0, f"{digest_of(folder)}\n", "")


def test_into_a_cache(folder: Path, tmp_path: Path) -> None:
    found = tool("add", folder, "--cache", tmp_path / "cache")
    assert (found.status, found.stdout) == (0, f"{digest_of(folder)}\n")
    cache = BundleCache(tmp_path / "cache", 2**40, Registry())
    with cache.using(BundleReference(digest_of(folder))) as code:
        assert listed(code) == listed(folder)


def test_to_a_registry_and_back(folder: Path, tmp_path: Path) -> None:
    digest = digest_of(folder)
    with serving(State()) as host:
        there = tool("push", folder, f"{host}/models/sir:v1")
        assert (there.status, there.stdout) == (0, f"{digest}\n")
        assert there.log[-1]["bundle"] == f"{host}/models/sir@{digest}"
        back = tool("pull", f"{host}/models/sir@{digest}", tmp_path / "new" / "folder")
        assert (back.status, back.stdout) == (0, f"{digest}\n")
        again = tool("pull", f"{host}/models/sir@{digest}", tmp_path / "new" / "folder")
        assert (again.status, again.stdout) == (64, "")
        assert "there already" in again.told
    pulled = tmp_path / "new" / "folder"
    assert listed(pulled) == listed(folder)
    assert os.access(pulled / "models" / "sir.py", os.W_OK)
    assert pulled.stat().st_mode & 0o200
    assert [path.name for path in pulled.parent.iterdir()] == ["folder"]


def test_what_cannot_be_packed_is_misconfigured(folder: Path, tmp_path: Path) -> None:
    assert tool("digest", tmp_path / "gone").status == 64
    (folder / "bundle.toml").write_text("[environment]\npython = 3\n")
    for found in (
        tool("digest", folder),
        tool("add", folder, "--cache", tmp_path / "cache"),
        tool("push", folder, "localhost:1/sir"),
    ):
        assert (found.status, found.stdout) == (64, "")
        assert found.told == "bundle.toml: environment.python: a text is needed, not `3`"
    assert tool("pull", "localhost:1/sir:latest", tmp_path / "new").status == 64


def test_a_folder_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = tool("add", folder, "--cache", tmp_path / "file" / "cache")
    assert (found.status, found.stdout) == (75, "")
    assert "Not a directory" in found.told
    found = tool("pull", f"localhost:1/sir@sha256:{'0' * 64}", tmp_path / "file" / "new")
    assert (found.status, found.stdout) == (64, "")
    assert "a folder cannot be used" in found.told


def test_what_a_registry_refuses(tmp_path: Path) -> None:
    with serving(State()) as host:
        found = tool("pull", f"{host}/models/sir@sha256:{'0' * 64}", tmp_path / "new")
    assert (found.status, found.stdout) == (69, "")
    assert not (tmp_path / "new").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".pull-")]


def test_arguments_that_are_none() -> None:
    for arguments in ((), ("destroy", "folder"), ("add", "folder")):
        assert tool(*arguments).status == 2
