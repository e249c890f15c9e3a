"""GIT006: `${…}` in a value that reaches the manifests, where Flux may replace it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.plan.scope import PARTS, Scope


def flux_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse it in `env`, the one free text that reaches the cluster."""
    for part in PARTS:
        for name, text in scope.part(part).env.items():
            if "${" in text:
                yield scope.breach(
                    git.GIT006,
                    f"`{part}.env.{name}` holds `${{`, which Flux replaces where it substitutes "
                    "variables",
                    scope.at(part, "env", name),
                    "write the value itself; in a shell script, $NAME without braces",
                )
