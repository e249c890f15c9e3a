"""NAM002: a Secret of a run under a name that its store takes."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan import store
from modelops.plan.scope import RunScope


def taken_secret(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse it: one Secret cannot hold the passwords of both."""
    taken = {secret.name for secret in store.generated(scope)}
    for name in scope.spec.secrets:
        if name in taken:
            yield scope.breach(
                nam.NAM002,
                f"`{name}` is also the Secret that the run's own store gets its password from",
                scope.unit.at_key("secrets", name),
                "give the Secret another name",
            )
