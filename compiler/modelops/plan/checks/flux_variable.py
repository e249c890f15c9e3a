"""GIT006: `${…}` in a value that reaches the manifests, where Flux may replace it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.plan.scope import AnyScope


def flux_variable(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it in `env`, the one free text that reaches the cluster."""
    for part in scope.parts:
        for name, text in part.env.items():
            if "${" in text:
                where = ".".join(map(str, (*part.path, "env", name)))
                yield scope.breach(
                    git.GIT006,
                    f"`{where}` holds `${{`, which Flux replaces where it substitutes variables",
                    scope.at(*part.path, "env", name),
                    "write the value itself; in a shell script, $NAME without braces",
                )
