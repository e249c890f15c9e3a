"""AVL001: a fixed number of workers beside an autoscaler that would change it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.plan.scope import Scope


def replicas_beside_autoscaling(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `replicas` and `autoscaling` together: one would be ignored."""
    workers = scope.spec.workers
    if workers.replicas is None or workers.autoscaling is None:
        return
    yield scope.breach(
        avl.AVL001,
        f"`workers.replicas: {workers.replicas}` stands beside `workers.autoscaling`: the number "
        "of workers cannot be both fixed and not",
        scope.workspace.at_key("workers", "autoscaling"),
        "remove one of the two; `replicas: null` removes an inherited one",
        scope.note("the fixed number", "workers", "replicas"),
    )
