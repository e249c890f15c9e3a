"""SEC004: a variable of a run that a Secret and something else both set."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import sec
from modelops.plan.scope import RunScope
from modelops.plan.uses import variable_of
from modelops.provenance import DataPath


def shadowed_secret(scope: RunScope) -> Iterator[Diagnostic]:
    """Refuse one name for two values: which of them wins cannot be seen in the file."""
    spec = scope.spec
    first: dict[str, DataPath] = {}
    for service, use in sorted(spec.uses.items()):
        first.setdefault(use.as_ or variable_of(service), ("uses", service))
    for path, written in (
        (("workers", "env"), spec.workers.env),
        (("secretEnv",), spec.secret_env),
    ):
        for name in sorted(written):
            other = first.setdefault(name, (*path, name))
            if other != (*path, name):
                yield scope.breach(
                    sec.SEC004,
                    f"`{name}` is set by `{_field(other)}` and by `{_field((*path, name))}`",
                    scope.unit.at_key(*path, name),
                    "remove one of the two, or name the service's otherwise with `as`"
                    if other[0] == "uses"
                    else "remove one of the two",
                    scope.note("the other", *other),
                )


def _field(path: DataPath) -> str:
    return ".".join(map(str, path))
