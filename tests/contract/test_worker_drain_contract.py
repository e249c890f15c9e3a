"""The `preStop` hooks of the compiler's workers, read by the runtime itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelops_runtime.__main__ import COMMANDS
from modelops_runtime.worker_drain.command import ADDRESS_VARIABLE, POD_VARIABLE, parsed

ROOT = Path(__file__).parents[2]
DASK_WORKER = ["dask", "worker"]
PROGRAM = ["python", "-m", "modelops_runtime"]
ROOM = 15
"""Seconds to close connections, after the deadline."""


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each pod of Dask workers in the examples, and its file."""
    for path in sorted((ROOT / "generated").rglob("workers.yaml")):
        for body in filter(None, yaml.safe_load_all(path.read_text())):
            pod = body["spec"].get("template", {}).get("spec")
            if pod and pod["containers"][0]["args"][:2] == DASK_WORKER:
                yield path.relative_to(ROOT).as_posix(), pod


PODS = list(pods())
each = pytest.mark.parametrize("pod", [pod for _, pod in PODS], ids=[path for path, _ in PODS])


def hook(pod: dict[str, Any]) -> list[str]:
    command: list[str] = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    return command


def test_the_examples_have_workers() -> None:
    assert PODS


@each
def test_the_runtime_knows_the_hook_and_its_arguments(pod: dict[str, Any]) -> None:
    *program, name = hook(pod)[:4]
    assert (program, name) == (PROGRAM, "worker-drain")
    assert name in COMMANDS
    assert hook(pod)[4:] == ["--timeout", f"{parsed(hook(pod)[4:]).timeout:g}"]


@each
def test_the_pod_outlives_the_hook(pod: dict[str, Any]) -> None:
    assert pod["terminationGracePeriodSeconds"] >= parsed(hook(pod)[4:]).timeout + ROOM


@each
def test_the_hook_is_told_what_it_reads(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    variables = {one["name"]: one for one in container["env"]}
    args = container["args"]
    assert variables[ADDRESS_VARIABLE]["value"] == args[2]
    assert variables[POD_VARIABLE]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert args[args.index("--name") + 1] == f"$({POD_VARIABLE})"
