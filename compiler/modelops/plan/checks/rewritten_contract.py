"""SEC005: a variable by which a run's workers learn what the compiler made, set by hand."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.model.store import StoreKind
from modelops.plan import dask
from modelops.plan.facts import postgres, providers
from modelops.plan.run import GRACE_VARIABLE
from modelops.plan.run_config import BUNDLE_REF, CONFIG_VARIABLE
from modelops.plan.scope import RunScope
from modelops.plan.store import LOGIN_VARIABLE, PASSWORD_VARIABLE

SOURCES = {
    dask.ADDRESS_VARIABLE: "`workspace`",
    dask.POD_NAME_VARIABLE: "the pod",
    CONFIG_VARIABLE: "the run",
    GRACE_VARIABLE: "the time that its pods have to stop",
    BUNDLE_REF: "`bundle.image`",
}
"""What the workers read, and where its value comes from."""

OF_STORE = frozenset({*postgres.VARIABLES, LOGIN_VARIABLE, PASSWORD_VARIABLE})


def rewritten_contract(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse them in `env` and `secretEnv`; Postgres' own are free where there is no store."""
    of_store = _of_store(scope)
    for path, written in (
        (("workers", "env"), scope.spec.workers.env),
        (("secretEnv",), scope.spec.secret_env),
    ):
        for name in sorted(written):
            source = SOURCES.get(name, "`store`" if name in of_store else None)
            if source is not None:
                yield scope.breach(
                    sec.SEC005,
                    f"`{name}` is set from {source}: workers would go elsewhere, or not at all",
                    scope.unit.at_key(*path, name),
                    f"remove it here; what it says follows from {source}",
                )


def _of_store(scope: RunScope) -> frozenset[str]:
    """By which workers find their store and log in there."""
    if scope.spec.store.kind is StoreKind.NONE:
        return frozenset()
    return OF_STORE | (providers.WORKLOAD_IDENTITY_VARIABLES if scope.store_in_azure else set())
