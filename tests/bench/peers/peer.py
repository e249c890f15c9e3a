"""What a peer is: a program that makes the manifests of all workspaces from templates of its own.

`prepare` writes what a person would have written for it into a folder and tells the command; the
manifests appear below `out`, each workspace in a file or folder of its name. Programs are installed
into a folder of the benchmark's own.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from tests.bench.factoring import Body, Family
from tests.bench.runs import Command

TOOLS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "modelops-bench"
"""Kept from one run to the next; nothing of the project's own environment is in it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A command, and the folder in which its manifests appear."""

    command: Command
    out: Path


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer.

    Attributes:
        name: with its version, as the table shows it.
        install: make it available; None where it cannot be had here, else where it is.
        prepare: write its input and tell how it is started.
        slow: whether it is timed once, not in turns with the others, from 100 workspaces on.
    """

    name: str
    install: Callable[[], Path | None]
    prepare: Callable[[Path, Path, tuple[Family, ...]], Prepared]
    slow: bool = False


def packages(environment: str, *requirements: str) -> Path | None:
    """The Python of an environment that holds these packages, made if need be."""
    folder = TOOLS / environment
    python = folder / "bin" / "python"
    done = folder / "installed.json"
    if done.exists() and json.loads(done.read_text()) == list(requirements):
        return python
    shutil.rmtree(folder, ignore_errors=True)
    made = _succeeds(sys.executable, "-m", "venv", str(folder)) and _succeeds(
        str(python), "-m", "pip", "install", "--quiet", *requirements
    )
    if made:
        done.write_text(json.dumps(requirements))
    return python if made else None


def go_program(package: str, name: str) -> Path | None:
    """A program that Go builds from its sources; None where there is no Go."""
    program = TOOLS / "bin" / name
    if not program.exists() and shutil.which("go"):
        _succeeds("go", "install", package, GOBIN=str(program.parent))
    return program if program.exists() else None


def _succeeds(*line: str, **variables: str) -> bool:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(line, env=environment | variables, check=False, capture_output=True)
    return done.returncode == 0


def put(file: Path, text: str) -> None:
    """Write a file, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def put_parameters(folder: Path, families: tuple[Family, ...]) -> None:
    """One small file of parameters for each workspace, which every peer can read."""
    for family in families:
        for workspace, parameters in family.workspaces.items():
            put(folder / family.name / f"{workspace}.json", json.dumps(parameters, indent=2))


def clearing(folder: Path) -> Callable[[], None]:
    """Leave the folder empty."""

    def clear() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    return clear


def manifests(folder: Path) -> Iterator[tuple[str, Body]]:
    """Every object below a folder, by the workspace whose file or folder it stands in.

    Lists of the resources of a kustomization, which are no objects of the cluster, are left out.
    """
    for file in sorted(folder.rglob("*.y*ml")):
        if file.name == "kustomization.yaml":
            continue
        workspace = file.relative_to(folder).parts[0].partition(".")[0]
        with file.open("rb") as content:
            for body in yaml.load_all(content, Loader=yaml.CSafeLoader):
                yield workspace, body
