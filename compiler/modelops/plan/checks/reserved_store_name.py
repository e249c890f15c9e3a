"""CFG011: a role or a database of a store that Postgres has for itself."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.store import StoreKind, StoreMode
from modelops.plan.facts import postgres
from modelops.plan.scope import RunScope


def reserved_store_name(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse them where role and database are to be made; one elsewhere is as it is."""
    store = scope.spec.store
    if store.kind is StoreKind.NONE or store.mode is StoreMode.EXTERNAL:
        return
    if not scope.store_in_azure and _is_reserved(store.user):
        yield scope.breach(
            cfg.CFG011,
            f"Postgres has a role `{store.user}` of its own, or keeps that name to itself",
            scope.at("store", "user"),
            "give the run's role another name, such as optuna_user",
        )
    azures = postgres.FLEXIBLE_DATABASES if scope.store_in_azure else frozenset()
    if store.database in postgres.RESERVED_DATABASES | azures:
        yield scope.breach(
            cfg.CFG011,
            f"Postgres has a database `{store.database}` of its own",
            scope.at("store", "database"),
            "give the run's database another name, such as optuna",
        )


def _is_reserved(role: str) -> bool:
    return role in postgres.RESERVED_ROLES or role.startswith(postgres.RESERVED_PREFIX)
