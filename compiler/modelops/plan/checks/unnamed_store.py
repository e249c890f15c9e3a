"""CFG011: an external secret of which nobody says which store holds it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import Scope


def unnamed_store(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `external` without a store where the environment names none either."""
    if scope.environment.spec.secrets.store is not None:
        return
    for name, secret in scope.spec.secrets.items():
        if secret.external is not None and secret.external.store is None:
            yield scope.breach(
                cfg.CFG011,
                f"nothing says which store holds the secret `{name}`",
                scope.workspace.at_key("secrets", name, "external"),
                "add `store: NAME` here, or `secrets: {store: NAME}` to the environment",
            )
