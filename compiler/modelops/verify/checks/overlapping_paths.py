"""GIT004: two Flux Kustomizations whose paths are the same, or lie inside one another.

Both would apply the same files, and each would prune what the other keeps. Objects of one identity
in two places are the business of `duplicate_identity`.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.verify.flux import kustomizations
from modelops.verify.paths import shown, text_at
from modelops.verify.placement import Placed, Placement, finding

HELP = "one Kustomization for each folder, and no folder inside another's"


def overlapping_paths(placement: Placement) -> Iterator[Diagnostic]:
    """Yield each Kustomization that shares files with one before it."""
    for environment in placement.environments:
        taken: dict[PurePosixPath, Placed] = {}
        around: dict[PurePosixPath, Placed] = {}
        for second in kustomizations(environment):
            path = _path(second)
            folders = (path, *path.parents)
            first = around.get(path) or next((taken[one] for one in folders if one in taken), None)
            if first is not None:
                yield _shared(first, second)
            taken.setdefault(path, second)
            for folder in folders:
                around.setdefault(folder, second)


def _shared(first: Placed, second: Placed) -> Diagnostic:
    path = shown(text_at(first.body, "spec", "path"))
    text = f"shares its files with {path} of {first.identity} in {first.file}"
    return finding(git.GIT004, second, ("spec", "path"), text, HELP)


def _path(placed: Placed) -> PurePosixPath:
    """The folder from the repository's root: `./a/` and `a` are the same."""
    return PurePosixPath("/", text_at(placed.body, "spec", "path"))
