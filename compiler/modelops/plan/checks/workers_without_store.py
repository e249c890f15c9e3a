"""ADP001: workers of a run without a store in which they could meet, or which outlives them."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity, Tier
from modelops.diagnostics.rulebook import adp
from modelops.model.store import StoreKind
from modelops.plan.scope import RunScope


def workers_without_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse several workers that would search each by itself; doubt one in production."""
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
    elif scope.spec.store.kind is StoreKind.NONE and scope.tier is Tier.PRODUCTION:
        yield Diagnostic(
            adp.ADP001,
            "the only worker keeps all trials in its memory: a restart would begin anew",
            scope.at("store", "kind"),
            "remove `store.kind: none`\n"
            'or accept it in the run: `accept: {ADP001: "why it is fine"}`',
            severity=Severity.WARNING,
        )
