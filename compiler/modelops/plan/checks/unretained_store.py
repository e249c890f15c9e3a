"""CFG011: a store whose data is to outlive its file, where no class of volumes does that."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.cluster import Provider
from modelops.model.store import StoreKind
from modelops.plan.scope import RunScope
from modelops.plan.store import ELSEWHERE, dumps


def unretained_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse `retain` on a cluster that names no class; on AKS the compiler makes one."""
    store, cluster = scope.spec.store, scope.cluster
    needs = store.retain and (store.mode not in ELSEWHERE or dumps(scope) is not None)
    named = store.storage_class or cluster.storage_classes.retained
    if store.kind is StoreKind.NONE or not needs or named or cluster.provider is Provider.AKS:
        return
    yield scope.breach(
        cfg.CFG011,
        f"the store is to be kept, and {scope.environment.name} names no storage class whose "
        "volumes outlive their claims",
        scope.at("store", "retain"),
        "name one: `cluster: {storageClasses: {retained: …}}` in the environment, or "
        "`store.storageClass` here\nor set `store.retain: false`",
    )
