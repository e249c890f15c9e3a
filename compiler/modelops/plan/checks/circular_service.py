"""SHR001: services that use one another in a circle."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import shr
from modelops.plan.scope import ServiceScope


def circular_service(scope: ServiceScope) -> Iterator[Diagnostic]:
    """Refuse it: Flux would wait for each of them before the other. Told once, at the first."""
    start = scope.unit.name
    circle = _way(scope, start, (start,))
    if circle and start == min(circle):
        told = " -> ".join((*circle, start))
        yield scope.breach(
            shr.SHR001,
            f"services use one another in a circle: {told}",
            scope.unit.at_key("uses", circle[1] if len(circle) > 1 else start),
            "remove one of these uses: none of them could ever come first",
        )


def _way(scope: ServiceScope, at: str, walked: tuple[str, ...]) -> tuple[str, ...]:
    """The services from the first one back to it; empty where no way leads back."""
    spec = scope.spec if at == walked[0] else scope.services[at].spec
    for name in sorted(spec.uses):
        if name == walked[0]:
            return walked
        if name in scope.services and name not in walked:
            found = _way(scope, name, (*walked, name))
            if found:
                return found
    return ()
