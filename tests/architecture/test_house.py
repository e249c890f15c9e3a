"""The house is as its map says: rooms, layers, purity, pins, and what the README promises."""

import builtins
import doctest
import importlib.metadata
import io
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import modelops

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "compiler" / "modelops"
RUNTIME = ROOT / "images" / "runtime"


def rooms() -> set[str]:
    found = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    return found | {path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("_")}


def test_the_map_names_every_room_and_no_other() -> None:
    text = (ROOT / "compiler" / "ARCHITECTURE.md").read_text()
    assert set(re.findall(r"^### `(\w+)`$", text, re.MULTILINE)) == rooms()


def test_the_map_of_the_runtime_names_every_package_and_no_other() -> None:
    text = (RUNTIME / "ARCHITECTURE.md").read_text()
    headings = re.findall(r"^### (.*)$", text, re.MULTILINE)
    named = [name for heading in headings for name in re.findall(r"`(\w+)`", heading)]
    packages = [file.parent.name for file in RUNTIME.glob("modelops_runtime/*/__init__.py")]
    assert sorted(named) == sorted(packages)


@pytest.mark.parametrize("folder", ["compiler", "images/runtime"])
def test_every_room_of_the_map_has_its_invariant(folder: str) -> None:
    text = (ROOT / folder / "ARCHITECTURE.md").read_text()
    _, *sections = re.split(r"^### ", text, flags=re.MULTILINE)
    assert sections
    for section in sections:
        assert "*Invariant: " in section, section.splitlines()[0]


def test_import_layers_hold() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as m; m()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_no_source_imports_the_folders_of_the_repository() -> None:
    """`import compiler` would work from the root, by accident, and nowhere else."""
    pattern = re.compile(
        r"^\s*(?:from|import)\s+(compiler|tests|scripts|environments)\b", re.MULTILINE
    )
    for path in PACKAGE.rglob("*.py"):
        assert not pattern.search(path.read_text()), path


def test_a_module_says_what_it_is_for() -> None:
    for path in PACKAGE.rglob("*.py"):
        first = path.read_text().lstrip()
        assert first.startswith('"""'), path
        assert len(first.split('"""')[1]) > len("Something."), path


def test_judging_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """All stages but the last are functions of their arguments: no file, no process, no network."""
    from modelops.pipeline import judge  # noqa: PLC0415 -- imports are done before the doors close

    sources = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "environments").rglob("*.yaml"))
    }
    assert judge(sources).value is not None  # schemas of the package are read once, here

    def closed(*_: object, **__: object) -> None:
        raise AssertionError("a pure stage touched the world")

    for owner, name in (
        (builtins, "open"),
        (io, "open"),
        (socket, "socket"),
        (subprocess, "Popen"),
    ):
        monkeypatch.setattr(owner, name, closed)
    assert judge(sources).value is not None


def test_what_is_installed_is_what_is_pinned() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]
    pins = dict(pin.split("==") for pin in settings["constraint-dependencies"])
    ours = {"modelops-compiler", "modelops-infra", "modelops-runtime"}
    tools = {"pip", "setuptools", "uv", "wheel"}
    installed = {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version
        for one in importlib.metadata.distributions(path=[str(Path(sys.prefix) / "lib"), *sys.path])
    }
    for name in sorted(set(installed) - ours - tools):
        assert pins.get(name) == installed[name], name


def test_ci_runs_the_line_that_the_readme_tells() -> None:
    readme, ci = (ROOT / "README.md").read_text(), (ROOT / ".ci" / "run").read_text()
    for line in (
        "python -m pip install uv && uv run modelops compile",
        "python -m pip install uv && uv run pytest",
    ):
        assert line in readme
    assert "\npython -m pip install uv && uv run pytest\n" in ci


def test_links_of_the_documentation_lead_somewhere() -> None:
    folders = ("compiler/**/*.md", "images/**/*.md", ".github/*.md")
    pages = [ROOT / "README.md", *(page for each in folders for page in ROOT.glob(each))]
    for page in pages:
        for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text()):
            assert (page.parent / link).exists(), f"{page}: {link}"


def test_the_public_door_opens_on_what_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    tried = doctest.testmod(modelops)
    assert tried.attempted > 3
    assert tried.failed == 0
    assert all(getattr(modelops, name) for name in modelops.__all__)
    with pytest.raises(AttributeError, match="no attribute `compile`"):
        _ = modelops.compile
