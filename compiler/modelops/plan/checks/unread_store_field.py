"""CFG011: a field of a store that nothing reads in the mode that the store has."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.store import StoreKind, StoreMode
from modelops.plan.scope import RunScope

OF_ITS_OWN = {
    "host": "where it listens is known",
    "port": "where it listens is known",
    "secret": "its password is made for it",
    "sslmode": "what the connection has to be is known",
}
OF_AZURE = {
    "version": "`azure.postgres` of the environment has it",
    "size": "`azure.postgres` of the environment has it",
    "storageClass": "it has no volume in the cluster",
    "user": "its pods are who they are, by an identity of Azure",
    "retain": "it stays when the run's file goes",
    "backup": "Azure keeps copies, for `azure.postgres.backupDays`",
    "host": "where it listens is known from Azure",
    "port": "where it listens is known from Azure",
    "secret": "nobody logs in there with a password",
    "sslmode": "the connection is always verified in full",
}
UNREAD = {
    StoreMode.IN_CLUSTER: OF_ITS_OWN,
    StoreMode.CLOUD_NATIVE_PG: OF_ITS_OWN,
    StoreMode.AZURE_FLEXIBLE: OF_AZURE,
    StoreMode.EXTERNAL: {},
}
"""By mode: the fields that nothing reads, and why."""


def unread_store_field(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse what a run's own file says in vain; layers below speak to other files too."""
    store = scope.spec.store
    if store.kind is StoreKind.NONE:
        return
    for field, why in UNREAD[store.mode].items():
        if scope.unit.layer("store", field) == "file":
            yield scope.breach(
                cfg.CFG011,
                f"nothing reads `store.{field}` in mode {store.mode}: {why}",
                scope.unit.at_key("store", field),
                "remove it, or choose the mode that it was meant for",
                scope.note("the mode", "store", "mode"),
            )
