"""ADP004: more workers of a run than its store has connections for."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.store import StoreKind
from modelops.plan.facts import postgres
from modelops.plan.scope import RunScope


def crowded_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Warn where all workers together may open more connections than there are for them.

    One elsewhere is taken to have Postgres' own default: nobody can look.
    """
    store, workers = scope.spec.store, scope.spec.workers.replicas
    if store.kind is StoreKind.NONE:
        return
    all_of_it = postgres.CONNECTIONS[store.mode]
    left = all_of_it - postgres.RESERVED_CONNECTIONS
    wanted = workers * postgres.WORKER_CONNECTIONS
    if wanted > left:
        yield scope.breach(
            adp.ADP004,
            f"{workers} workers may open {wanted} connections to the store, and of its {all_of_it} "
            f"there are {left} for them",
            scope.at("workers", "replicas"),
            f"set `workers.replicas` to {left // postgres.WORKER_CONNECTIONS} or fewer: the "
            "simulations run on Dask\n"
            'or accept it in the run: `accept: {ADP004: "why it is fine"}`',
        )
