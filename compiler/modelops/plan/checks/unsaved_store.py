"""AVL008: a store of production of which there is no copy."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Tier
from modelops.diagnostics.rulebook import avl
from modelops.model.store import StoreKind, StoreMode
from modelops.plan.scope import RunScope
from modelops.plan.store import ELSEWHERE


def unsaved_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Warn in production of a store in the cluster without dumps: replicas copy mistakes too."""
    store = scope.spec.store
    ours = store.kind is not StoreKind.NONE and store.mode not in ELSEWHERE
    if scope.tier is Tier.PRODUCTION and ours and store.backup is None:
        one = "one Postgres" if store.mode is StoreMode.IN_CLUSTER else "one cluster of Postgres"
        yield scope.breach(
            avl.AVL008,
            f"the trials of `{scope.unit.name}` are in {one}, and nothing dumps them",
            scope.at("store"),
            'write `store: {backup: {schedule: "0 3 * * *", keep: 7}}`\n'
            'or accept it in the run: `accept: {AVL008: "why it is fine"}`',
        )
