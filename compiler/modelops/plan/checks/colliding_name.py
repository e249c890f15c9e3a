"""NAM002: two declarations that compile to the same object or namespace."""

from collections.abc import Iterator

from modelops import names
from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import Scope


def colliding_name(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a Secret that is also the pull secret, and namespaces that two workspaces share."""
    yield from _pull_secret(scope)
    yield from _namespace(scope)


def _pull_secret(scope: Scope) -> Iterator[Diagnostic]:
    pull = scope.environment.spec.registry.pull_secret
    declared = scope.spec.secrets.get(pull.name) if pull else None
    if pull is None or declared is None or declared.existing:
        return
    at = scope.environment.at("registry", "pullSecret", "name")
    yield scope.breach(
        nam.NAM002,
        f"`{pull.name}` is made by this workspace and is also the Secret that "
        f"{scope.environment.name} pulls images with",
        scope.workspace.at_key("secrets", pull.name),
        "give the workspace's Secret another name",
        Note(at, "the pull secret, which someone else makes"),
    )


def _namespace(scope: Scope) -> Iterator[Diagnostic]:
    """Cannot happen while names carry a hash of all they stand for; kept as the guard of that."""
    for environment in scope.configuration.environments:
        for other in environment.workspaces:
            same = other is scope.workspace
            namespace = names.workspace_namespace(environment.name, other.name)
            if not same and namespace == scope.namespace and scope.workspace.source > other.source:
                yield scope.breach(
                    nam.NAM002,
                    f"two workspaces compile to the namespace `{namespace}`",
                    scope.at(),
                    "rename one of the two files",
                    Note(other.at(), "the other workspace"),
                )
