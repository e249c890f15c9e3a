"""NAM002: two workspaces in one namespace."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import nam
from modelops.model import Configuration
from modelops.plan.scope import Scope, scopes


def shared_namespace(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse two workspaces whose names come out as the same namespace.

    Names that are cut end in a hash of the whole, so this takes two names with equal hashes.
    """
    first: dict[str, Scope] = {}
    for scope in scopes(configuration):
        other = first.setdefault(scope.namespace, scope)
        if other is not scope:
            yield scope.breach(
                nam.NAM002,
                f"two workspaces compile to the namespace `{scope.namespace}`",
                scope.at(),
                "rename one of the two files",
                Note(other.at(), "the other workspace"),
            )
