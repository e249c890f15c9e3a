"""CFG006: an environment variable that is said twice, by a field and by hand."""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.workspace import BlobResults
from modelops.plan import dask
from modelops.plan.facts import dask_settings
from modelops.plan.facts.providers import WORKLOAD_IDENTITY_VARIABLES
from modelops.plan.scope import PARTS, Scope


def derived_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse variables that the compiler sets otherwise, and ones in both `env` and `secretEnv`.

    One that says the same as the compiler is merely said twice (CFG004). Dask reads some settings
    under several names, and whole maps of them: either would win over what the compiler sets.
    """
    for part in PARTS:
        yield from _set_elsewhere(scope, part)
        yield from _set_with_others(scope, part)
        yield from _twice(scope, part)


def _set_elsewhere(scope: Scope, part: str) -> Iterator[Diagnostic]:
    thresholds = {dask.threshold_variable(name) for name in dask.THRESHOLDS}
    ours = _ours(scope)
    for field, written in _written(scope, part).items():
        for name in sorted(written):
            variable = dask_settings.spelled(name)
            source = dask.FIELD_VARIABLES[part].get(variable, _of_login(scope, part, name))
            if source is None or variable in thresholds:
                continue
            same = variable in ours and written[name] == ours[variable]
            yield scope.breach(
                cfg.CFG004 if same else cfg.CFG006,
                f"`{name}` is set by the compiler from {source}"
                + (", to the same value" if same else ""),
                scope.workspace.at_key(part, field, name),
                f"remove it here; what it says follows from {source}",
            )


def _of_login(scope: Scope, part: str, name: str) -> str | None:
    """What says it to pods that log in to Azure: AKS does not where somebody has."""
    in_azure = part == "workers" and isinstance(scope.spec.results, BlobResults)
    told = in_azure and name in WORKLOAD_IDENTITY_VARIABLES
    return "the identity that `results` needs" if told else None


def _set_with_others(scope: Scope, part: str) -> Iterator[Diagnostic]:
    """A variable that holds a map of settings, with one of the compiler's in it."""
    settings = {dask_settings.setting_of(name): name for name in dask.FIELD_VARIABLES[part]}
    for field, written in _written(scope, part).items():
        for name in sorted(written):
            held = next((one for one in settings if dask_settings.is_section_of(name, one)), None)
            if held is not None:
                source = dask.FIELD_VARIABLES[part][settings[held]]
                yield scope.breach(
                    cfg.CFG006,
                    f"`{name}` sets a whole map of settings, and `{settings[held]}`, which is in "
                    f"it, is set by the compiler from {source}",
                    scope.workspace.at_key(part, field, name),
                    f"write a variable for each setting that you mean, such as `{name}__…`",
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
