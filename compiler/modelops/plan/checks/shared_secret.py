"""NAM002: two services that make the same Secret."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import nam
from modelops.model import Configuration
from modelops.plan.scope import ServiceScope, services_of


def shared_secret(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse it: services share a namespace, and a Secret has one maker."""
    for held in configuration.environments:
        first: dict[str, ServiceScope] = {}
        for scope in services_of(configuration, held):
            for name, secret in sorted(scope.spec.secrets.items()):
                if secret.existing:
                    continue
                other = first.setdefault(name, scope)
                if other is not scope:
                    yield scope.breach(
                        nam.NAM002,
                        f"the Secret `{name}` is made by {other.unit.name} and by "
                        f"{scope.unit.name}, which share a namespace",
                        scope.unit.at_key("secrets", name),
                        f"rename it, or use the other's: `secrets: {{{name}: {{existing: true}}}}`",
                        Note(other.unit.at_key("secrets", name), "the other maker"),
                    )
