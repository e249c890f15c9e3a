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
    workers = scope.spec.workers.replicas
    all_of_it, kept = _connections(scope)
    left = all_of_it - kept
    wanted = workers * postgres.WORKER_CONNECTIONS
    if all_of_it and wanted > left:
        yield scope.breach(
            adp.ADP004,
            f"{workers} workers may open {wanted} connections to the store, and of its {all_of_it} "
            f"there are {left} for them",
            scope.at("workers", "replicas"),
            f"set `workers.replicas` to {left // postgres.WORKER_CONNECTIONS} or fewer: the "
            "simulations run on Dask\n"
            'or accept it in the run: `accept: {ADP004: "why it is fine"}`',
        )


def _connections(scope: RunScope) -> tuple[int, int]:
    """How many there are, and how many of them are for others; none where there is no store."""
    store, azure = scope.spec.store, scope.environment.spec.azure
    if scope.store_in_azure:
        server = azure.postgres if azure else None
        known = postgres.flexible_connections(server.sku) if server else 0
        return known, postgres.FLEXIBLE_KEPT + postgres.RESERVED_CONNECTIONS
    known = 0 if store.kind is StoreKind.NONE else postgres.CONNECTIONS[store.mode]
    return known, postgres.RESERVED_CONNECTIONS
