"""AVL001: a fixed number of pods beside an autoscaler that would change it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.model.workload import Component
from modelops.model.workspace import Workers
from modelops.plan.scope import AnyScope, Scope
from modelops.plan.workloads import workloads
from modelops.provenance import DataPath


def replicas_beside_autoscaling(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse `replicas` and `autoscaling` together: one would be ignored."""
    for path, what, spec in _scaled(scope):
        if spec.replicas is None or spec.autoscaling is None:
            continue
        prefix = "".join(f"{part}." for part in path)
        yield scope.breach(
            avl.AVL001,
            f"`{prefix}replicas: {spec.replicas}` stands beside `{prefix}autoscaling`: the number "
            f"of {what} cannot be both fixed and not",
            scope.unit.at_key(*path, "autoscaling"),
            "remove one of the two; `replicas: null` removes an inherited one",
            scope.note("the fixed number", *path, "replicas"),
        )


def _scaled(scope: AnyScope) -> Iterator[tuple[DataPath, str, Workers | Component]]:
    """Whatever of the unit may have an autoscaler, and what its pods are called."""
    if isinstance(scope, Scope):
        yield ("workers",), "workers", scope.spec.workers
    for one in workloads(scope):
        yield one.path, "pods", one.spec
