"""Part of stage `validate`: the models as trees of types, for what pydantic has no word for.

A type comes in, the types below it leave: which keys may stand at a place, where else a key exists,
which values are kept as they were typed. Nothing here sees what a person wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import WithJsonSchema
from pydantic.fields import FieldInfo

from modelops.model import Spec
from modelops.model.fields import SourceText

ANY = "*"
"""Stands in a pattern for every key of a map and every item of a list."""

Pattern = tuple[str, ...]
"""Keys as written from the root down, with `ANY` where a person chooses them."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a model where a value may stand.

    Attributes:
        annotation: its type, without what is said beside it.
        said: what is said beside it: the metadata of its `Annotated`.
        field: the field that describes it, the nearest where it is inside a map or a list.
    """

    annotation: Any
    said: tuple[Any, ...] = ()
    field: FieldInfo | None = None

    @property
    def model(self) -> type[Spec] | None:
        """The model that stands here, None where no model or several may."""
        models = [each for each in self.choices() if _is_model(each.annotation)]
        return models[0].annotation if len(models) == 1 else None

    @property
    def models(self) -> tuple[type[Spec], ...]:
        """The models of which one stands here."""
        return tuple(each.annotation for each in self.choices() if _is_model(each.annotation))

    @property
    def description(self) -> str:
        """What the model says of it, for people."""
        return (self.field.description if self.field else None) or ""

    def choices(self) -> Iterator["Slot"]:
        """The types of which one stands here, null left out."""
        if get_origin(self.annotation) not in (Union, UnionType):
            yield self
            return
        for choice in get_args(self.annotation):
            if choice is not NoneType:
                yield from _slot(choice, self.field).choices()

    def below(self) -> Iterator[tuple[str, "Slot"]]:
        """The slots one step down, by key or `ANY`."""
        for choice in self.choices():
            inner = get_args(choice.annotation)
            if _is_model(choice.annotation):
                yield from fields(choice.annotation).items()
            elif get_origin(choice.annotation) is tuple:
                yield ANY, _slot(inner[0], self.field)
            elif _is_map(choice.annotation) and inner:
                yield ANY, _slot(inner[1], self.field)

    def allowed(self) -> tuple[str, ...]:
        """The values of an enum or a literal, as they are written; empty for other types."""
        return tuple(text for choice in self.choices() for text in _values(choice.annotation))

    def examples(self) -> tuple[str, ...]:
        """What the type gives as examples of itself."""
        schemas = [
            said.json_schema or {}
            for choice in self.choices()
            for said in choice.said
            if isinstance(said, WithJsonSchema)
        ]
        return tuple(str(example) for schema in schemas for example in schema.get("examples", ()))


def _slot(annotation: Any, field: FieldInfo | None) -> Slot:  # noqa: ANN401 -- a type form
    if get_origin(annotation) is not Annotated:
        return Slot(annotation, (), field)
    inner, *said = get_args(annotation)
    return Slot(inner, tuple(said), field)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Spec)


def _is_map(annotation: object) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _values(annotation: Any) -> tuple[str, ...]:  # noqa: ANN401 -- a type form
    if get_origin(annotation) is Literal:
        return tuple(_as_written(value) for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(_as_written(member.value) for member in annotation)
    return ()


def _as_written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@cache
def fields(model: type[Spec]) -> dict[str, Slot]:
    """The keys that a model takes, as they are written."""
    return {
        info.alias or name: Slot(info.annotation, tuple(info.metadata), info)
        for name, info in model.model_fields.items()
    }


def _everything(slot: Slot, path: Pattern = ()) -> Iterator[tuple[Pattern, Slot]]:
    """Every slot of a tree of types with its pattern, the outer ones first."""
    yield path, slot
    for key, inner in slot.below():
        yield from _everything(inner, (*path, key))


@cache
def homes(model: type[Spec]) -> dict[str, tuple[Pattern, ...]]:
    """Every key that exists somewhere below a model, with the places that have it."""
    found: dict[str, dict[Pattern, None]] = {}
    for pattern, slot in _everything(Slot(model)):
        for inner in slot.models:
            for key in fields(inner):
                found.setdefault(key, {})[pattern] = None
    return {key: tuple(patterns) for key, patterns in found.items()}


@cache
def source_texts(model: type[Spec]) -> tuple[Pattern, ...]:
    """The places whose scalars stay what was typed."""
    marker = get_args(SourceText)[1]
    return tuple(pattern for pattern, slot in _everything(Slot(model)) if marker in slot.said)
