"""GIT003: a namespaced object without a namespace, or one whose Namespace may come too late.

Flux applies units in the order of `dependsOn`; what is applied before its Namespace fails, and
what says no namespace lands in whichever one the applier thinks of. A Namespace that nobody makes
is a dangling reference, not this.
"""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.verify.flux import earlier_units
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding
from modelops.verify.scopes import is_built_in, is_cluster_scoped

PATH = ("metadata", "namespace")


def homeless_object(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every object that is in no namespace, in a needless one, or in one that comes late."""
    for environment in placement.environments:
        earlier = earlier_units(environment)
        for placed in environment.objects:
            yield from _object(environment, placed, earlier)


def _object(
    environment: PlacedEnvironment, placed: Placed, earlier: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    namespace = placed.identity.namespace
    if is_cluster_scoped(placed.identity):
        if namespace:
            text = f"a {placed.identity.kind} has no namespace"
            yield finding(git.GIT003, placed, PATH, text, "leave the namespace out")
    elif not namespace:
        text = "is missing: every namespaced object says where it belongs"
        yield finding(git.GIT003, placed, PATH, text, "name the namespace")
    else:
        yield from _late(environment, placed, earlier)


def _late(
    environment: PlacedEnvironment, placed: Placed, earlier: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    maker = environment.namespaces.get(placed.identity.namespace)
    unit = placed.unit.name
    if maker is None or maker.unit.name == unit or maker.unit.name in earlier.get(unit, ()):
        return
    if maker.identity in environment.given.identities or is_built_in(maker.identity):
        return
    text = f"the Namespace comes from {maker.unit.name}, which {unit} does not depend on"
    remedy = f"let the Flux Kustomization of {unit} depend on that of {maker.unit.name}"
    yield finding(git.GIT003, placed, PATH, text, remedy)
