"""Why every field of every generated object is what it is.

Objects whose values remember (`pipeline.remember`) come in; for each of their fields leaves how it
came to be: written, derived by a formula, or a constant of the compiler with its reason. Nothing is
found out by comparing: a value either carries its trace, or is listed as a constant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from modelops.explain.constants import constant
from modelops.manifests import Identity, Manifests, identity
from modelops.provenance import DataPath, Setting, Trace, trace_of

__all__ = ["Field", "How", "fed_by", "fields"]


class How(Enum):
    """How a field came to be."""

    WRITTEN = "written"
    DERIVED = "derived"
    CONSTANT = "constant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Field:
    """One scalar of one generated object; an empty map or list counts as one.

    Attributes:
        file: below `generated/`.
        path: keys and list indices inside the object.
        trace: what the value remembers; None for constants.
        reason: why a constant is what it is; empty for others.
    """

    file: str
    owner: Identity
    path: DataPath
    value: object
    trace: Trace | None
    reason: str

    @property
    def how(self) -> How:
        """How it came to be."""
        if self.trace is not None:
            return How.DERIVED if self.trace.formula else How.WRITTEN
        return How.CONSTANT if self.reason else How.UNKNOWN

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that it was made of."""
        return self.trace.settings if self.trace else ()


def fields(manifests: Manifests) -> Iterator[Field]:
    """Every field of every object, in the order of the files."""
    for environment in manifests.environments:
        for unit in environment.units:
            for component in unit.components:
                for body in component.objects:
                    file = f"{unit.name}/{component.file}"
                    for path, value in _scalars(body, ()):
                        yield _field(file, identity(body), path, value)
        for document in environment.documents:
            owner = Identity("", document.tree["kind"], "", environment.name)
            for path, value in _scalars(document.tree, ()):
                yield _field(document.path, owner, path, value)


def fed_by(found: Iterator[Field], file: str, line: int) -> Iterator[Field]:
    """The fields that a line of input feeds."""
    for field in found:
        if any(_stands_on(setting, file, line) for setting in field.settings):
            yield field


def _field(file: str, owner: Identity, path: DataPath, value: object) -> Field:
    trace = trace_of(value)
    pattern = ".".join("*" if isinstance(part, int) else part for part in path)
    reason = "" if trace else constant(owner.kind, owner.name, pattern)
    return Field(file, owner, path, value, trace, reason)


def _stands_on(setting: Setting, file: str, line: int) -> bool:
    at = setting.at
    return at is not None and at.file == file and at.line <= line <= at.end_line


def _scalars(value: object, path: DataPath) -> Iterator[tuple[DataPath, object]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _scalars(inner, (*path, key))
    elif isinstance(value, list) and value:
        for index, inner in enumerate(value):
            yield from _scalars(inner, (*path, index))
    else:
        yield path, value
