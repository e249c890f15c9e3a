"""CFG009: an environment variable by whose name nothing is set."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.plan import dask
from modelops.plan.facts import dask_settings
from modelops.plan.scope import PARTS, Scope

OUR_PREFIX = "MODELOPS_"
OURS = frozenset(
    {
        dask.CONFIG_VARIABLE,
        "MODELOPS_INSECURE_REGISTRIES",
        "MODELOPS_LOG_LEVEL",
        "MODELOPS_MODEL_VARIABLES",
        "MODELOPS_REGISTRY_PASSWORD_FILE",
        "MODELOPS_REGISTRY_USERNAME",
    }
)
"""What the images of the runtime read."""


def unknown_variable(scope: Scope) -> Iterator[Diagnostic]:
    """Warn of `MODELOPS_…` and `DASK_…` that neither the runtime nor Dask reads."""
    for part in PARTS:
        for field, names in _written(scope, part):
            for name in sorted(names):
                if _unread(name):
                    yield scope.breach(
                        cfg.CFG009,
                        f"nothing reads `{name}`: it sets nothing",
                        scope.workspace.at_key(part, field, name),
                        _remedy(name),
                    )


def _written(scope: Scope, part: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "env", tuple(scope.part(part).env)
    yield "secretEnv", tuple(scope.part(part).secret_env)


def _unread(name: str) -> bool:
    if name.startswith(OUR_PREFIX):
        return name not in OURS
    if not name.startswith(dask_settings.PREFIX) or name in dask_settings.NO_SETTINGS:
        return False
    setting = dask_settings.setting_of(name)
    return not (dask_settings.is_setting(setting) or dask_settings.without_section(setting))


def _remedy(name: str) -> str:
    if name.startswith(OUR_PREFIX):
        return did_you_mean(name, OURS)
    variables = map(dask_settings.variable_of, dask_settings.SETTINGS)
    near = did_you_mean(name, variables)
    return near if near.startswith("did you") else "remove it; Dask has no such setting"
