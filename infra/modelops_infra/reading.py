"""`inputs.json` to `Inputs`, or a refusal that names the key: nothing is guessed or ignored."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from modelops_infra.shapes import Inputs

KIND = "InfraInputs"
VERSION = 1

T = TypeVar("T")


class Unreadable(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """The file is not what this program can build from; the message says what to do."""


def read(text: str) -> Inputs:
    """The inputs in a text.

    Raises:
        Unreadable: it is no JSON, of another version, or has a key too many, too few or of another
            type.
    """
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"it is no JSON: {error}") from error
    if not isinstance(tree, dict) or tree.get("kind") != KIND:
        raise Unreadable(f"it is no {KIND}: give it generated/ENV/infra/inputs.json")
    if tree.get("version") != VERSION:
        raise Unreadable(
            f"it is of version {tree.get('version')}, and this program knows {VERSION}: use"
            " compiler and program of one commit"
        )
    return _object(Inputs, tree, "")


def _object(shape: type[T], tree: object, path: str) -> T:
    if not isinstance(tree, dict):
        raise Unreadable(f"{path or 'it'} has to be an object")
    hints = get_type_hints(shape)
    keys = {_camel(field.name): field.name for field in fields(shape)}  # type: ignore[arg-type]
    for key in sorted(tree.keys() - keys.keys()):
        raise Unreadable(f"{_below(path, key)} is not known here: it may be a newer compiler's")
    for key in sorted(keys.keys() - tree.keys()):
        raise Unreadable(f"{_below(path, key)} is missing: compile again")
    return shape(
        **{name: _value(hints[name], tree[key], _below(path, key)) for key, name in keys.items()}
    )


def _value(hint: Any, value: object, path: str) -> Any:  # noqa: ANN401 -- any type of a field
    if isinstance(hint, UnionType):
        wanted = [each for each in get_args(hint) if each is not NoneType]
        return None if value is None else _value(wanted[0], value, path)
    if is_dataclass(hint):
        return _object(hint, value, path)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return tuple(
            _value(inner, each, f"{path}[{index}]")
            for index, each in enumerate(_of(list, value, path))
        )
    if get_origin(hint) is Mapping:
        return {
            key: _of(str, each, _below(path, key)) for key, each in _of(dict, value, path).items()
        }
    return _of(hint, value, path)


def _of(wanted: type[T], value: object, path: str) -> T:
    """The value, where it is of exactly this type: a truth value is no number."""
    if type(value) is not wanted:
        raise Unreadable(f"{path} has to be of type {wanted.__name__}: {value!r} is none")
    return value


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
