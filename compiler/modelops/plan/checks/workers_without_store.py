"""ADP001: several workers of a run without a store in which they could meet."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.store import StoreKind
from modelops.plan.scope import RunScope


def workers_without_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse more than one worker where each would search by itself."""
    replicas = scope.spec.workers.replicas
    if scope.spec.store.kind is StoreKind.NONE and replicas > 1:
        yield scope.breach(
            adp.ADP001,
            f"{replicas} workers and no store: each would search by itself, and a restart would "
            "begin anew",
            scope.at("store", "kind"),
            "remove `store.kind: none`, or set `workers.replicas: 1`",
            scope.note("the workers", "workers", "replicas"),
        )
