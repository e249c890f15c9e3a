"""CFG011: an external secret of which nobody says which store holds it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import AnyScope


def unnamed_store(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse `external` without a store where the environment names none either."""
    if scope.environment.spec.secrets.store is not None:
        return
    pull = scope.environment.spec.registry.pull_secret
    if pull is not None and pull.external is not None and pull.external.store is None:
        yield scope.breach(
            cfg.CFG011,
            f"nothing says which store holds the pull secret `{pull.name}`",
            scope.environment.at("registry", "pullSecret", "external"),
            "add `store: NAME` here, or `secrets: {store: NAME}` to the environment",
        )
    for name, secret in scope.spec.secrets.items():
        if secret.external is not None and secret.external.store is None:
            yield scope.breach(
                cfg.CFG011,
                f"nothing says which store holds the secret `{name}`",
                scope.unit.at_key("secrets", name, "external"),
                "add `store: NAME` here, or `secrets: {store: NAME}` to the environment",
            )
