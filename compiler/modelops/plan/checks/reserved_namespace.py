"""NAM003: a unit in a namespace that belongs to the cluster or to Flux."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import AnyScope


def reserved_namespace(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse a unit whose namespace is the one that Flux's own objects live in."""
    if scope.namespace != scope.environment.spec.flux.namespace:
        return
    yield scope.breach(
        nam.NAM003,
        f"the {scope.kind} `{scope.unit.name}` compiles to the namespace `{scope.namespace}`, "
        f"which is Flux's: removing the {scope.kind} would remove Flux's objects",
        scope.environment.at("flux", "namespace"),
        "give Flux a namespace of its own, such as modelops-system",
    )
