"""Manifests of many workspaces as a person would keep them: templates and a few parameters each.

Workspaces whose objects have the same shape share a template. What is the same in all of them
stands in it as it is; what differs becomes a parameter, one for all places that always differ
alike; of a text, only the words that differ. What ModelOps derives (a quota, a memory limit, a
hash) is a parameter too, so no peer has to compute it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
Identity = tuple[str, str, str]
Parameters = dict[str, str | int]

WORD = re.compile(r"([A-Za-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Hole:
    """A place that a parameter fills, as it is."""

    parameter: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text of which some parts are parameters."""

    parts: tuple[str | Hole, ...]


Template = Any
"""Plain data in which a Hole or a Text may stand for a scalar."""


@dataclass(frozen=True, slots=True)
class Family:
    """Workspaces that one template makes.

    Attributes:
        objects: the templates of the objects, in order.
        workspaces: the parameters by workspace.
    """

    name: str
    objects: tuple[Template, ...]
    workspaces: Mapping[str, Parameters]


@dataclass(slots=True)
class _Found:
    """The parameters that were found, by the values they have in each workspace."""

    names: dict[tuple[str | int, ...], str] = field(default_factory=dict)

    def hole(self, wanted: str, values: Sequence[str | int]) -> Hole:
        """The parameter with these values, made if need be."""
        key = tuple(values)
        if key not in self.names:
            taken = set(self.names.values())
            number = len([each for each in taken if each.rstrip("0123456789") == wanted])
            self.names[key] = f"{wanted}{number + 1}" if number else wanted
        return Hole(self.names[key])


def identity(body: Body) -> Identity:
    """Kind, namespace and name."""
    metadata = body["metadata"]
    return body["kind"], metadata.get("namespace", ""), metadata["name"]


def factored(workspaces: Mapping[str, Sequence[Body]]) -> tuple[Family, ...]:
    """Families of the workspaces, in the order of their first members."""
    shapes: dict[str, list[str]] = {}
    for workspace, objects in workspaces.items():
        shapes.setdefault(json.dumps(_shape(list(objects))), []).append(workspace)
    return tuple(
        _family(f"family{number}", {each: workspaces[each] for each in members})
        for number, members in enumerate(shapes.values(), 1)
    )


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in value]
    return type(value).__name__


def _family(name: str, members: Mapping[str, Sequence[Body]]) -> Family:
    found = _Found()
    found.hole("name", list(members))
    objects = tuple(
        _unified("object", list(alike), found) for alike in zip(*members.values(), strict=True)
    )
    parameters = {
        workspace: {parameter: values[at] for values, parameter in found.names.items()}
        for at, workspace in enumerate(members)
    }
    return Family(name, objects, parameters)


def _unified(key: str, values: list[Any], found: _Found) -> Template:
    """What stands for one place of all members; `key` is the nearest key above it."""
    first = values[0]
    if isinstance(first, dict):
        return {each: _unified(each, [value[each] for value in values], found) for each in first}
    if isinstance(first, list):
        return [_unified(key, list(alike), found) for alike in zip(*values, strict=True)]
    if all(value == first for value in values):
        return first
    return _text(key, values, found) if isinstance(first, str) else found.hole(_word(key), values)


def _text(key: str, values: Sequence[str], found: _Found) -> Template:
    split = [WORD.split(value) for value in values]
    if len({len(words) for words in split}) > 1:
        return found.hole(_word(key), values)
    parts: list[str | Hole] = []
    for alike in zip(*split, strict=True):
        same = len(set(alike)) == 1
        if same and parts and isinstance(parts[-1], str):
            parts[-1] += alike[0]
        elif not same or alike[0]:
            parts.append(alike[0] if same else found.hole(_word(key), alike))
    return parts[0] if len(parts) == 1 else Text(tuple(parts))


def _word(key: str) -> str:
    """A key as the name of a parameter: `limits.cpu` is `limitsCpu`."""
    words: list[str] = re.findall(r"[A-Za-z]+", key) or ["value"]
    return words[0] + "".join(each.capitalize() for each in words[1:])


# --- templates in other forms --------------------------------------------------------------------


def filled(template: Template, parameters: Parameters) -> Any:  # noqa: ANN401 -- plain data
    """The template with the parameters of one workspace."""
    match template:
        case Hole(parameter):
            return parameters[parameter]
        case Text(parts):
            return "".join(str(filled(part, parameters)) for part in parts)
        case dict():
            return {key: filled(inner, parameters) for key, inner in template.items()}
        case list():
            return [filled(inner, parameters) for inner in template]
    return template


def expression(template: Template, access: str) -> str:
    """The template in Jsonnet or Python, whose literals are alike but for true and false.

    Args:
        template: what to write.
        access: a parameter there, such as `p.{}`.
    """
    match template:
        case Hole(parameter):
            return access.format(parameter)
        case Text(parts):
            return " + ".join(expression(part, access) for part in parts)
        case dict():
            inner = (f"{json.dumps(k)}: {expression(v, access)}" for k, v in template.items())
            return f"{{{_joined(inner)}}}"
        case list():
            return f"[{_joined(expression(each, access) for each in template)}]"
    return json.dumps(template)


def functions(families: Iterable[Family]) -> str:
    """A Python function for each family, from parameters to a list of objects."""
    written = ((each.name, expression(list(each.objects), 'p["{}"]')) for each in families)
    return "\n\n\n".join(
        f"def {name}(p):\n    true, false = True, False\n    return {made}"
        for name, made in written
    )


def _joined(each: Iterable[str]) -> str:
    return ",\n".join(each)
