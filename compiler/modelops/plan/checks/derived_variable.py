"""CFG011: an environment variable that already follows from something else."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.plan import dask
from modelops.plan.scope import PARTS, Scope


def derived_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `env` names that the compiler sets, and names in both `env` and `secretEnv`."""
    for part in PARTS:
        yield from _set_elsewhere(scope, part)
        yield from _twice(scope, part)


def _set_elsewhere(scope: Scope, part: str) -> Iterator[Diagnostic]:
    thresholds = {dask.threshold_variable(name) for name in dask.THRESHOLDS}
    for field in ("env", "secretEnv"):
        written = _names(scope, part, field)
        for name in sorted(set(written) & set(dask.FIELD_VARIABLES[part]) - thresholds):
            source = dask.FIELD_VARIABLES[part][name]
            yield scope.breach(
                cfg.CFG011,
                f"`{name}` is set by the compiler from {source}",
                scope.workspace.at_key(part, field, name),
                f"remove it here; what it says follows from {source}",
            )


def _twice(scope: Scope, part: str) -> Iterator[Diagnostic]:
    both = set(_names(scope, part, "env")) & set(_names(scope, part, "secretEnv"))
    for name in sorted(both):
        yield scope.breach(
            cfg.CFG011,
            f"`{name}` stands in both `{part}.env` and `{part}.secretEnv`",
            scope.workspace.at_key(part, "secretEnv", name),
            "remove one of the two",
            scope.note("the other", part, "env", name),
        )


def _names(scope: Scope, part: str, field: str) -> tuple[str, ...]:
    spec = scope.part(part)
    return tuple(spec.env if field == "env" else spec.secret_env)
