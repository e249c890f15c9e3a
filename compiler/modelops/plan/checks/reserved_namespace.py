"""NAM003: a workspace in a namespace that belongs to the cluster or to Flux."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import Scope


def reserved_namespace(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a workspace whose namespace is the one that Flux's own objects live in."""
    if scope.namespace != scope.environment.spec.flux.namespace:
        return
    yield scope.breach(
        nam.NAM003,
        f"the workspace `{scope.workspace.name}` compiles to the namespace `{scope.namespace}`, "
        "which is Flux's: removing the workspace would remove Flux's objects",
        scope.environment.at("flux", "namespace"),
        "give Flux a namespace of its own, such as modelops-system",
    )
