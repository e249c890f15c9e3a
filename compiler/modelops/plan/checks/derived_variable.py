"""CFG006: an environment variable that is said twice, by a field and by hand."""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.plan import dask
from modelops.plan.scope import PARTS, Scope


def derived_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse variables that the compiler sets otherwise, and ones in both `env` and `secretEnv`.

    One that says the same as the compiler is merely said twice (CFG004).
    """
    for part in PARTS:
        yield from _set_elsewhere(scope, part)
        yield from _twice(scope, part)


def _set_elsewhere(scope: Scope, part: str) -> Iterator[Diagnostic]:
    thresholds = {dask.threshold_variable(name) for name in dask.THRESHOLDS}
    ours = _ours(scope)
    for field, written in _written(scope, part).items():
        for name in sorted(set(written) & set(dask.FIELD_VARIABLES[part]) - thresholds):
            source = dask.FIELD_VARIABLES[part][name]
            same = name in ours and written[name] == ours[name]
            yield scope.breach(
                cfg.CFG004 if same else cfg.CFG006,
                f"`{name}` is set by the compiler from {source}"
                + (", to the same value" if same else ""),
                scope.workspace.at_key(part, field, name),
                f"remove it here; what it says follows from {source}",
            )


def _ours(scope: Scope) -> Mapping[str, str]:
    """What the compiler sets, where it is known before the pod runs."""
    return {
        dask.SATURATION_VARIABLE: f"{scope.spec.workers.saturation:g}",
        dask.CONFIG_VARIABLE: f"{dask.CONFIG_DIRECTORY}/{dask.CONFIG_FILE}",
        dask.ADDRESS_VARIABLE: dask.scheduler_address(scope.namespace),
    }


def _twice(scope: Scope, part: str) -> Iterator[Diagnostic]:
    written = _written(scope, part)
    for name in sorted(set(written["env"]) & set(written["secretEnv"])):
        yield scope.breach(
            cfg.CFG006,
            f"`{name}` stands in both `{part}.env` and `{part}.secretEnv`",
            scope.workspace.at_key(part, "secretEnv", name),
            "remove one of the two",
            scope.note("the other", part, "env", name),
        )


def _written(scope: Scope, part: str) -> Mapping[str, Mapping[str, str | None]]:
    """The texts by field and name; None where only the cluster knows them."""
    spec = scope.part(part)
    return {"env": spec.env, "secretEnv": dict.fromkeys(spec.secret_env)}
