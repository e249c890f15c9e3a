"""ADP002: a store elsewhere of which it is not said where it is or how to log in."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.model.cluster import Provider
from modelops.model.store import StoreKind, StoreMode
from modelops.plan.scope import RunScope


def incomplete_store(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse mode external without a host or a Secret, and Azure's where nothing describes it."""
    store = scope.spec.store
    if scope.store_in_azure:
        yield from _without_server(scope)
    if store.kind is not StoreKind.NONE and store.mode is StoreMode.EXTERNAL:
        yield from _without_login(scope)


def _without_server(scope: RunScope) -> Iterator[Diagnostic]:
    """Only pods of Azure's own cluster are somebody there."""
    azure, name = scope.environment.spec.azure, scope.environment.name
    if scope.cluster.provider is not Provider.AKS:
        yield scope.breach(
            adp.ADP002,
            f"the store is a server of Azure, and the cluster of {name} is not Azure's: its pods "
            "cannot log in there",
            scope.at("store", "mode"),
            "choose another mode: inCluster, cloudNativePg or external",
        )
    elif azure is None or azure.postgres is None:
        yield scope.breach(
            adp.ADP002,
            f"the store is a server of Azure, and {name} describes none",
            scope.at("store", "mode"),
            f"add `azure: {{postgres: {{}}}}` to {scope.environment.source}\n"
            "or choose another mode",
        )


def _without_login(scope: RunScope) -> Iterator[Diagnostic]:
    store = scope.spec.store
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
