"""AVL002: bounds of an autoscaler that leave it nothing to choose, or that it cannot have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.model.workload import CpuAutoscaling
from modelops.model.workspace import Autoscaling, AutoscalingMode
from modelops.plan.scope import AnyScope, Scope
from modelops.plan.workloads import workloads
from modelops.provenance import DataPath


def inverted_bounds(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a minimum above the maximum, and a minimum of 0 by CPU use."""
    if isinstance(scope, Scope):
        autoscaling = scope.spec.workers.autoscaling
        yield from _crossed(scope, ("workers", "autoscaling"), "workers", autoscaling)
        yield from _nothing(scope, autoscaling)
    for one in workloads(scope):
        yield from _crossed(scope, (*one.path, "autoscaling"), "pods", one.spec.autoscaling)


def _crossed(
    scope: AnyScope, path: DataPath, what: str, bounds: Autoscaling | CpuAutoscaling | None
) -> Iterator[Diagnostic]:
    if bounds is not None and bounds.min is not None and bounds.min > bounds.max:
        yield scope.breach(
            avl.AVL002,
            f"at least {bounds.min} {what} are wanted, and at most {bounds.max}",
            scope.at(*path, "min"),
            f"set min to {bounds.max} or less, or max to {bounds.min} or more",
            scope.note("the most", *path, "max"),
        )


def _nothing(scope: Scope, autoscaling: Autoscaling | None) -> Iterator[Diagnostic]:
    if autoscaling and autoscaling.min == 0 and autoscaling.mode is AutoscalingMode.CPU:
        yield scope.breach(
            avl.AVL002,
            "autoscaling by CPU use cannot go to 0 workers: without a pod there is no CPU use",
            scope.at("workers", "autoscaling", "min"),
            "set min to 1 or more, or mode to queue",
            scope.note("the mode", "workers", "autoscaling", "mode"),
        )
