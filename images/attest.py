"""The last step of a build: an image that is not what it says it is, is not made.

Run inside the image's own environment. A file of capabilities comes in; the process fails with a
line for each thing that is otherwise. Reaches no network.
"""

import importlib.metadata
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ADAPTERS = "modelops_runtime.algorithms"
"""The entry points of the runtime's adapters: there in every image, but not what they import."""


def differences(capabilities: Mapping[str, Any]) -> Iterator[str]:
    """What this environment has otherwise."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if python != capabilities["python"]:
        yield f"Python is {python}, not {capabilities['python']}: build from another base"
    for name, version in capabilities["packages"].items():
        installed = _installed(name)
        if installed != version:
            yield f"{name} is {installed}, not {version}"
    lacking = set(capabilities["executors"]) - set(_executors())
    if lacking:
        yield f"there is no executor {', '.join(sorted(lacking))}"
    for what, found in (("adapters", _adapters()), ("samplers", _samplers())):
        if set(capabilities[what]) != set(found):
            yield f"{what} are {found}, not {capabilities[what]}"


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _executors() -> list[str]:
    """Those that workers of this image could have; uv makes the environments of bundles."""
    try:
        from modelops_runtime.executors.executor import ExecutorKind  # noqa: PLC0415 -- may fail
    except ImportError:
        return []
    return [str(kind) for kind in ExecutorKind] if _installed("uv") else []


def _adapters() -> list[str]:
    """Those that can be imported."""
    return [one.name for one in importlib.metadata.entry_points(group=ADAPTERS) if _loads(one)]


def _loads(offered: importlib.metadata.EntryPoint) -> bool:
    try:
        offered.load()
    except ImportError:
        return False
    return True


def _samplers() -> list[str]:
    """Those of which the libraries are there."""
    try:
        from modelops_runtime.optuna_adapter.samplers import offered  # noqa: PLC0415 -- may fail
    except ImportError:
        return []
    return list(offered())


if __name__ == "__main__":
    found = list(differences(json.loads(Path(sys.argv[1]).read_text())))
    sys.exit("\n".join(found) or None)
