"""VER002: the password of an external store in a Secret that nothing declares."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import ver
from modelops.model.store import StoreMode
from modelops.plan.scope import RunScope
from modelops.plan.store import PASSWORD


def undeclared_password(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse `store.secret` that is not under `secrets`, or that will have no key `password`."""
    store = scope.spec.store
    if store.mode is not StoreMode.EXTERNAL or store.secret is None:
        return
    declared = scope.spec.secrets.get(store.secret)
    if declared is None:
        near = did_you_mean(store.secret, sorted(scope.spec.secrets))
        yield scope.breach(
            ver.VER002,
            f"the Secret `{store.secret}` is not declared: the workers would never start",
            scope.at("store", "secret"),
            (f"{near}\n" if near else "")
            + f"or declare it: `secrets: {{{store.secret}: {{existing: true}}}}`",
        )
        return
    keys = (declared.external.key,) if declared.external else declared.generate
    if not declared.existing and PASSWORD not in keys:
        yield scope.breach(
            ver.VER002,
            f"the Secret `{store.secret}` has no key `{PASSWORD}`, and clients of the store read "
            "that one",
            scope.at("store", "secret"),
            f"let it have the key `{PASSWORD}`",
            scope.note("its keys", "secrets", store.secret),
        )
