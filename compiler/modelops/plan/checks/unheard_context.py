"""SHR005: a context that no component is told, or a limit that is held against nothing."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import shr
from modelops.plan.scope import Scope


def unheard_context(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse what a workspace's own file says to nobody; layers below speak to other files too."""
    spec = scope.spec
    if not spec.components:
        for name in sorted(spec.context):
            if scope.unit.layer("context", name) == "file":
                yield scope.breach(
                    shr.SHR005,
                    f"`context.{name}` is told to nobody: {scope.unit.name} has no components",
                    scope.unit.at_key("context", name),
                    "remove it, or add the component that reads it",
                )
    held = any(one.spec.capacity.participants for one in scope.services.values())
    ours = scope.unit.layer("limits", "participants") == "file"
    if ours and spec.limits.participants and not held:
        yield scope.breach(
            shr.SHR005,
            f"`limits.participants: {spec.limits.participants}` is held against nothing: no "
            f"service that {scope.unit.name} uses says how many it can take",
            scope.at("limits", "participants"),
            "remove it, or write `capacity: {participants: …}` into a service that it uses",
        )
