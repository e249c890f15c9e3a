"""VER002: a Flux Kustomization whose path is the folder of no unit."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import ver
from modelops.verify.flux import ROOT, kustomizations
from modelops.verify.paths import shown, value_at
from modelops.verify.placement import Placement, finding


def dangling_flux_path(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every path that is not `./generated/` and the name of one of the units."""
    for environment in placement.environments:
        folders = {f"{ROOT}{unit}" for unit in environment.units}
        for placed in kustomizations(environment):
            path = value_at(placed.body, "spec", "path")
            if path not in folders:
                remedy = did_you_mean(str(path), folders)
                text = f"{shown(path)} is the folder of no unit"
                yield finding(ver.VER002, placed, ("spec", "path"), text, remedy)
