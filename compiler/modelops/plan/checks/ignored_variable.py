"""DSK007: a Dask variable that looks right and lacks its first part."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import dsk
from modelops.plan import dask
from modelops.plan.facts import dask_settings
from modelops.plan.scope import PARTS, Scope


def ignored_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse `DASK_WORKER__…` and its like: Dask reads `DASK_DISTRIBUTED__WORKER__…` alone."""
    for part in PARTS:
        spec = scope.part(part)
        for field, names in (("env", tuple(spec.env)), ("secretEnv", tuple(spec.secret_env))):
            for name in sorted(names):
                meant = _meant(name)
                if meant:
                    yield scope.breach(
                        dsk.DSK007,
                        f"Dask ignores `{name}`: its setting would be "
                        f"`{dask_settings.setting_of(name)}`, and it reads `{meant}`",
                        scope.workspace.at_key(part, field, name),
                        _remedy(part, meant),
                    )


def _meant(name: str) -> str | None:
    if not name.startswith(dask_settings.PREFIX):
        return None
    return dask_settings.without_section(dask_settings.setting_of(name))


def _remedy(part: str, meant: str) -> str:
    variable = dask_settings.variable_of(meant)
    if variable in dask.FIELD_VARIABLES[part]:
        return f"remove it, and set `{dask.FIELD_VARIABLES[part][variable]}` instead"
    if dask_settings.is_setting(meant):
        return f"write `{variable}`"
    return did_you_mean(variable, map(dask_settings.variable_of, dask_settings.SETTINGS))
