"""ADP002: an external store of which it is not said where it is or how to log in."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.store import StoreKind, StoreMode
from modelops.plan.scope import RunScope


def incomplete_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse mode external without a host or a Secret."""
    store = scope.spec.store
    if store.kind is StoreKind.NONE or store.mode is not StoreMode.EXTERNAL:
        return
    written = {"host": store.host, "secret": store.secret}
    missing = [name for name, value in written.items() if value is None]
    if missing:
        told = " and ".join(f"`store.{name}`" for name in missing)
        yield scope.breach(
            adp.ADP002,
            f"the store is external, and {told} {'is' if len(missing) == 1 else 'are'} missing",
            scope.at("store", "mode"),
            "write `host: …`, and `secret: NAME` with `secrets: {NAME: {existing: true}}`",
        )
