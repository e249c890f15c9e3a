"""ADP006: a run on a workspace that its environment does not have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import adp
from modelops.plan.scope import RunScope


def unknown_workspace(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse a run whose simulations would go nowhere."""
    name = scope.spec.workspace
    if scope.workspace is None:
        yield scope.breach(
            adp.ADP006,
            f"{scope.environment.name} has no workspace `{name}`",
            scope.at("workspace"),
            f"write the name of one that it has, or add "
            f"`environments/{scope.environment.name}/workspaces/{name}.yaml`",
        )
