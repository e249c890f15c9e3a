"""What the components of a workspace are told: environment variables, and the same as a file.

In variables lists are joined by commas and truth values are `true` and `false`; the file keeps the
types.
"""

import json
import re

from modelops import names
from modelops.model.context import ContextEntry
from modelops.model.fields import Scalar
from modelops.plan import dask
from modelops.plan.scope import Scope
from modelops.planned import ConfigPlan, PlainValue
from modelops.provenance import TracedFlag, carried, derived, scalars

FILE = "context.json"
FILE_VARIABLE = "MODELOPS_CONTEXT_FILE"
PREFIX = "MODELOPS_CONTEXT_"
CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def variable_of(name: str, entry: ContextEntry) -> str:
    """The variable that holds a value: `MODELOPS_CONTEXT_CONTENT_FOCUS` for `contentFocus`."""
    return entry.as_ or carried(f"{PREFIX}{CAPITAL.sub('_', name).upper()}", name)


def told(scope: Scope) -> dict[str, PlainValue]:
    """The context as environment variables, by name, and where its file is."""
    entries = sorted(scope.spec.context.items())
    if not entries:
        return {}
    values = {variable_of(name, entry): PlainValue(text(entry)) for name, entry in entries}
    return {FILE_VARIABLE: PlainValue(f"{dask.CONFIG_DIRECTORY}/{FILE}"), **values}


def text(entry: ContextEntry) -> str:
    """A value as a variable holds it."""
    value = entry.value
    if isinstance(value, tuple):
        return carried(",".join(_text(one) for one in value), *value)
    return carried(_text(value), value)


def context_file(scope: Scope) -> ConfigPlan | None:
    """The context as one JSON file; None where nothing is told, or nobody is there to be told."""
    entries = sorted(scope.spec.context.items())
    if not entries or not scope.spec.components:
        return None
    values = {name: _typed(entry) for name, entry in entries}
    content = json.dumps(values, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    named = names.content_named(names.CONTEXT, content.encode())
    sources = (*(name for name, _ in entries), *scalars([_sources(one) for _, one in entries]))
    return ConfigPlan(
        name=derived("context-<hash of the context>", named, *sources),
        file=FILE,
        text=derived("the workspace's context, as JSON", content, *sources),
    )


def _text(value: Scalar) -> str:
    return str(bool(value)).lower() if isinstance(value, bool | TracedFlag) else str(value)


def _typed(entry: ContextEntry) -> Scalar | list[Scalar]:
    """As JSON writes it: truth values that remember are numbers otherwise."""
    value = entry.value
    return [_plain(one) for one in value] if isinstance(value, tuple) else _plain(value)


def _plain(value: Scalar) -> Scalar:
    return bool(value) if isinstance(value, TracedFlag) else value


def _sources(entry: ContextEntry) -> list[object]:
    return list(entry.value) if isinstance(entry.value, tuple) else [entry.value]
