"""NAM002: two units in one namespace."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import nam
from modelops.model import Configuration
from modelops.plan.scope import AnyScope, ServiceScope, unit_scopes


def shared_namespace(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse two workspaces or runs whose names come out as the same namespace.

    Names that are cut end in a hash of the whole, so this takes two names with equal hashes.
    Services share a namespace on purpose.
    """
    first: dict[str, AnyScope] = {}
    for scope in unit_scopes(configuration):
        if isinstance(scope, ServiceScope):
            continue
        other = first.setdefault(scope.namespace, scope)
        if other is not scope:
            yield scope.breach(
                nam.NAM002,
                f"two {scope.kind}s compile to the namespace `{scope.namespace}`",
                scope.at(),
                "rename one of the two files",
                Note(other.at(), f"the other {other.kind}"),
            )
