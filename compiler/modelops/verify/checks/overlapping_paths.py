"""GIT004: two Flux Kustomizations whose paths are the same, or lie inside one another.

Both would apply the same files, and each would prune what the other keeps. Objects of one identity
in two places are the business of `duplicate_identity`.
"""

from collections.abc import Iterator
from itertools import combinations
from pathlib import PurePosixPath

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.verify.flux import kustomizations
from modelops.verify.paths import shown, text_at
from modelops.verify.placement import Placed, Placement, finding

HELP = "one Kustomization for each folder, and no folder inside another's"


def overlapping_paths(placement: Placement) -> Iterator[Diagnostic]:
    """Yield the second of every two Kustomizations that share files."""
    for environment in placement.environments:
        applied = [(placed, _path(placed)) for placed in kustomizations(environment)]
        for (first, upper), (second, lower) in combinations(applied, 2):
            if upper.is_relative_to(lower) or lower.is_relative_to(upper):
                path = shown(text_at(first.body, "spec", "path"))
                text = f"shares its files with {path} of {first.identity} in {first.file}"
                yield finding(git.GIT004, second, ("spec", "path"), text, HELP)


def _path(placed: Placed) -> PurePosixPath:
    """The folder from the repository's root: `./a/` and `a` are the same."""
    return PurePosixPath("/", text_at(placed.body, "spec", "path"))
