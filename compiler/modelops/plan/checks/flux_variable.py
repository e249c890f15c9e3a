"""GIT006: `${…}` in a value that reaches the manifests, where Flux may replace it."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import workloads
from modelops.provenance import DataPath


def flux_variable(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it in what people may write freely: variables, words of a command, files."""
    for path, text in _texts(scope):
        if "${" in text:
            yield scope.breach(
                git.GIT006,
                f"`{'.'.join(map(str, path))}` holds `${{`, which Flux replaces where it "
                "substitutes variables",
                scope.at(*path),
                "write the value itself; in a shell script, $NAME without braces",
            )


def _texts(scope: AnyScope) -> Iterator[tuple[DataPath, str]]:
    for part in scope.parts:
        for name, text in part.env.items():
            yield (*part.path, "env", name), text
    for one in workloads(scope):
        for field, words in (("command", one.spec.command), ("args", one.spec.args)):
            for index, word in enumerate(words):
                yield (*one.path, field, index), word
        for file, text in one.spec.files.items():
            yield (*one.path, "files", file), text
