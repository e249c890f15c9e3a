"""GIT005: a Flux Kustomization that does not prune, wait for health, give up or try again.

Two may say `wait: false`: the root, whose unit is nothing but Kustomizations (one that fails would
hold up all others), and a unit with a Job, which may run longer than any timeout.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.manifests import Unit
from modelops.verify.flux import GROUP, kustomizations, unit_of
from modelops.verify.paths import text_at, value_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding, group_of
from modelops.verify.security import Breach

HELP = "prune, timeout, retryInterval, and `wait: true` or health checks"
DURATIONS = ("timeout", "retryInterval")


def careless_kustomization(placement: Placement) -> Iterator[Diagnostic]:
    """Yield what each Kustomization leaves to Flux's defaults."""
    for environment in placement.environments:
        for placed in kustomizations(environment):
            for path, text in _breaches(placed, environment):
                yield finding(git.GIT005, placed, ("spec", *path), text, HELP)


def _breaches(placed: Placed, environment: PlacedEnvironment) -> Iterator[Breach]:
    if value_at(placed.body, "spec", "prune") is False:  # that it is said is the schema's business
        yield ("prune",), "must be true: what is removed from git would run for ever"
    for key in DURATIONS:
        if not text_at(placed.body, "spec", key):
            yield (key,), "must be said"
    waits = value_at(placed.body, "spec", "wait")
    checks = value_at(placed.body, "spec", "healthChecks")
    unit = environment.units.get(unit_of(placed))
    if waits is not True and not checks and not (waits is False and unit and _may_not_wait(unit)):
        yield ("wait",), "must be true where there are no healthChecks"


def _may_not_wait(unit: Unit) -> bool:
    kinds = [
        (group_of(text_at(body, "apiVersion")), text_at(body, "kind"))
        for component in unit.components
        for body in component.objects
    ]
    return all(kind == (GROUP, "Kustomization") for kind in kinds) or ("batch", "Job") in kinds
