"""Configured objects whose every value remembers where it was written: what `explain` plans with.

A twin is equal to its original and of the same models; only its texts, numbers and keys carry a
trace. Truth values become the numbers 1 and 0, which can.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar, cast

from modelops.model import Configuration, Configured, ConfiguredEnvironment, Spec
from modelops.provenance import DataPath, Setting, Trace, TracedFlag, traced

S = TypeVar("S", bound=Spec)


def twin(configuration: Configuration) -> Configuration:
    """The same configuration, remembering."""
    return replace(
        configuration,
        images=_twin(configuration.images),
        environments=tuple(
            ConfiguredEnvironment(
                _twin(one.environment),
                workspaces=tuple(_twin(workspace) for workspace in one.workspaces),
                runs=tuple(_twin(run) for run in one.runs),
                services=tuple(_twin(service) for service in one.services),
                cloud=_twin(one.cloud) if one.cloud else None,
            )
            for one in configuration.environments
        ),
    )


def _twin(configured: Configured[S]) -> Configured[S]:
    name = Setting(configured.source, (), configured.origins.start, "file", text=configured.name)
    canonical = configured.spec.model_dump(mode="json", by_alias=True)
    return replace(
        configured,
        name=traced(configured.name, Trace("", (name,))),
        spec=cast("S", _value(configured, canonical, configured.spec, ())),
    )


def _value(
    configured: Configured[S],
    canonical: Any,  # noqa: ANN401 -- any field
    value: object,
    path: DataPath,
) -> Any:  # noqa: ANN401 -- any field
    """The remembering twin of one value; `canonical` is the same as people would read it."""

    def inner(part: str | int, of: object) -> Any:  # noqa: ANN401 -- any field
        return _value(configured, canonical[part], of, (*path, part))

    match value:
        case Spec():
            names = {name: info.alias or name for name, info in type(value).model_fields.items()}
            fields = {name: inner(key, getattr(value, name)) for name, key in names.items()}
            return value.model_copy(update=fields)
        case Mapping():
            return MappingProxyType(
                {_key(configured, (*path, key)): inner(key, of) for key, of in value.items()}
            )
        case tuple():
            return tuple(inner(index, of) for index, of in enumerate(value))
        case bool():
            flag = TracedFlag(value)
            flag.trace = _written(configured, path, str(value).lower())
            return flag
    return traced(value, _written(configured, path, str(canonical)))


def _key(configured: Configured[S], path: DataPath) -> str:
    key = str(path[-1])
    return traced(key, Trace("", (configured.setting(path, key, key=True),)))


def _written(configured: Configured[S], path: DataPath, text: str) -> Trace:
    return Trace("", (configured.setting(path, text),))
