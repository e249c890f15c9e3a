"""NAM002: a Secret that two declarations make."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import AnyScope


def colliding_name(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a Secret of the unit that is also the one that images are pulled with."""
    pull = scope.environment.spec.registry.pull_secret
    declared = scope.spec.secrets.get(pull.name) if pull else None
    if pull is None or declared is None or declared.existing:
        return
    at = scope.environment.at("registry", "pullSecret", "name")
    yield scope.breach(
        nam.NAM002,
        f"`{pull.name}` is made by this {scope.kind} and is also the Secret that "
        f"{scope.environment.name} pulls images with",
        scope.unit.at_key("secrets", pull.name),
        f"give the {scope.kind}'s Secret another name",
        Note(at, "the pull secret, which someone else makes"),
    )
