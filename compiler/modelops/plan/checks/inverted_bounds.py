"""AVL002: bounds of an autoscaler that leave it nothing to choose, or that it cannot have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.model.workspace import AutoscalingMode
from modelops.plan.scope import Scope


def inverted_bounds(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a minimum above the maximum, and a minimum of 0 by CPU use."""
    autoscaling = scope.spec.workers.autoscaling
    if autoscaling is None or autoscaling.min is None:
        return
    if autoscaling.min > autoscaling.max:
        yield scope.breach(
            avl.AVL002,
            f"at least {autoscaling.min} workers are wanted, and at most {autoscaling.max}",
            scope.at("workers", "autoscaling", "min"),
            f"set min to {autoscaling.max} or less, or max to {autoscaling.min} or more",
            scope.note("the most", "workers", "autoscaling", "max"),
        )
    if autoscaling.min == 0 and autoscaling.mode is AutoscalingMode.CPU:
        yield scope.breach(
            avl.AVL002,
            "autoscaling by CPU use cannot go to 0 workers: without a pod there is no CPU use",
            scope.at("workers", "autoscaling", "min"),
            "set min to 1 or more, or mode to queue",
            scope.note("the mode", "workers", "autoscaling", "mode"),
        )
