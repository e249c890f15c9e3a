"""AVL004: a disruption budget that lets no pod go, so that no node with one can be drained.

Pods of what an autoscaler counts are taken to be enough for any number that is wanted of them.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.verify.paths import map_at, shown, value_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding
from modelops.verify.selectors import selected

HELP = "let one pod go: `maxUnavailable: 1`, or no budget at all"
ALL = "100%"
NONE = (0, "0%")


def blocking_budget(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every budget under which no eviction is ever allowed."""
    for environment in placement.environments:
        for placed in environment.of(("policy", "PodDisruptionBudget")):
            yield from _budget(environment, placed)


def _budget(environment: PlacedEnvironment, placed: Placed) -> Iterator[Diagnostic]:
    spec = map_at(placed.body, "spec")
    most, least = spec.get("maxUnavailable"), spec.get("minAvailable")
    if most in NONE and not isinstance(most, bool):
        text = f"{shown(most)} lets no pod go"
        yield finding(avl.AVL004, placed, ("spec", "maxUnavailable"), text, HELP)
    pods = _replicas(environment, placed)
    if least == ALL or (isinstance(least, int) and pods is not None and least >= pods > 0):
        text = f"{shown(least)} of {'all' if pods is None else pods} pods lets no pod go"
        yield finding(avl.AVL004, placed, ("spec", "minAvailable"), text, HELP)


def _replicas(environment: PlacedEnvironment, placed: Placed) -> int | None:
    """How many pods the budget is for; None where somebody else decides it."""
    selector = map_at(placed.body, "spec", "selector")
    owners = [pod.owner.body for pod in selected(environment, placed.identity.namespace, selector)]
    counts = [value_at(owner, "spec", "replicas") for owner in owners]
    whole = [count for count in counts if isinstance(count, int)]
    return sum(whole) if whole and len(whole) == len(counts) else None
