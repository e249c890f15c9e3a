"""ModelOps: layered YAML in, verified Kubernetes manifests out.

The public door. Sources are path and bytes, so nothing is read or written here:

    >>> from pathlib import Path
    >>> from modelops import judge
    >>> root = Path("environments")
    >>> sources = {path.as_posix(): path.read_bytes() for path in root.rglob("*.yaml")}
    >>> outcome = judge(sources)
    >>> [diagnostic.message for diagnostic in outcome.diagnostics]
    []
    >>> [environment.name for environment in outcome.value.environments]
    ['dev', 'prod', 'staging', 'workshops']

`compile_sources` goes on to the bytes of every file; it starts a Node child.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelops.diagnostics import Diagnostic, Outcome
    from modelops.documents import Preview
    from modelops.manifests import Artefacts, Manifests
    from modelops.pipeline import compile_sources, judge

__all__ = [
    "Artefacts",
    "Diagnostic",
    "Manifests",
    "Outcome",
    "Preview",
    "compile_sources",
    "judge",
]

_HOMES = {
    "Artefacts": "manifests",
    "Diagnostic": "diagnostics",
    "Manifests": "manifests",
    "Outcome": "diagnostics",
    "Preview": "documents",
    "compile_sources": "pipeline",
    "judge": "pipeline",
}


def __getattr__(name: str) -> object:
    """Fetch a public name when it is first asked for: `modelops --version` needs none."""
    if name not in _HOMES:
        raise AttributeError(f"module `modelops` has no attribute `{name}`")
    return getattr(import_module(f"modelops.{_HOMES[name]}"), name)
