"""SHR003: a context value of another type than the layer below gives it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import shr
from modelops.plan.scope import Scope
from modelops.provenance import DataPath, Origin

TYPES = ((bool, "true or false"), (str, "text"), (int, "a number"), (float, "a number"))


def retyped_context(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse it: who reads the value counts on the type of its default."""
    for name in sorted(scope.spec.context):
        written = _written(scope, name)
        told = [(origin, _type(origin.value)) for origin in written]
        for origin, kind in told[1:]:
            if kind != told[0][1]:
                yield scope.breach(
                    shr.SHR003,
                    f"`context.{name}` is {told[0][1]} here, and {kind} in {origin.layer}",
                    told[0][0].mark.value,
                    f"write {kind}, as components read it",
                    Note(origin.mark.value, f"{kind}, in {origin.layer}"),
                )
                break


def _written(scope: Scope, name: str) -> list[Origin]:
    """What each layer says of a value, the winner first; as one value, or below `value`."""
    places: tuple[DataPath, ...] = (("context", name, "value"), ("context", name))
    found: list[Origin] = []
    for path in places:
        trail = scope.unit.origins.trails.get(path)
        if trail is not None:
            said = (trail.winner, *trail.overridden)
            found += [origin for origin in said if not isinstance(origin.value, dict)]
    return found


def _type(value: object) -> str:
    if isinstance(value, list | tuple):
        return "a list"
    return next((told for kind, told in TYPES if isinstance(value, kind)), "nothing")
