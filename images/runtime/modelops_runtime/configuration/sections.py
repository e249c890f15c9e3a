"""Part of `configuration`: JSON objects, read key by key until nothing is left."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from numbers import Real
from typing import NoReturn, TypeVar

from modelops_runtime.contracts.reals import as_float
from modelops_runtime.contracts.violation import ContractViolation

API_VERSION = "modelops.io/v1"
"""Of both files: what this runtime reads."""

Choice = TypeVar("Choice", bound=StrEnum)
Made = TypeVar("Made")
Wanted = TypeVar("Wanted")


class Misconfigured(ValueError):  # noqa: N818 -- named for what is so, as its message says it
    """A file is not as the runtime needs it; the message begins with the path of the key."""


class Section:
    """An object of the file: what is taken from it, and what is left.

    Every key has to be taken: `ending` complains of the others.

    Attributes:
        where: its path, for messages; empty for the file itself.
    """

    def __init__(self, path: str, value: object) -> None:
        """Begin an object.

        Raises:
            Misconfigured: the value is none.
        """
        self.where = path
        if not isinstance(value, dict):
            _refuse(path, "an object", value)
        self._left = dict(value)

    def path(self, key: str) -> str:
        """Where a key of it stands, for messages."""
        return f"{self.where}.{key}" if self.where else key

    def names(self) -> tuple[str, ...]:
        """The keys that are left, sorted."""
        return tuple(sorted(self._left))

    def take(self, key: str) -> object:
        """The value of a key, whatever it is.

        Raises:
            Misconfigured: it is missing.
        """
        if key not in self._left:
            raise Misconfigured(f"{self.path(key)}: the key is missing")
        return self._left.pop(key)

    def text(self, key: str) -> str:
        """A text."""
        return self._typed(key, str, "a text")

    def flag(self, key: str) -> bool:
        """True or false."""
        return self._typed(key, bool, "true or false")

    def count(self, key: str, least: int = 0) -> int:
        """A whole number that is not below the least."""
        value = self.whole(key)
        if value < least:
            raise Misconfigured(f"{self.path(key)}: {value} is less than {least}")
        return value

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int):
            _refuse(self.path(key), "a whole number", value)
        return value

    def number(self, key: str) -> float:
        """A number."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, Real):
            _refuse(self.path(key), "a number", value)
        return as_float(value)

    def items(self, key: str) -> list[object]:
        """A list."""
        return self._typed(key, list, "a list")

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """One of several words."""
        value = self.text(key)
        try:
            return choices(value)
        except ValueError:
            words = " | ".join(choices)
            raise Misconfigured(f"{self.path(key)}: `{value}` is none of {words}") from None

    def constant(self, key: str, word: str) -> None:
        """A text that can only be this one."""
        value = self.text(key)
        if value != word:
            raise Misconfigured(f"{self.path(key)}: `{value}` is not `{word}`")

    def section(self, key: str) -> "Section":
        """An object within this one."""
        return Section(self.path(key), self.take(key))

    def optional(self, key: str) -> str | None:
        """A text, or null."""
        value = self.take(key)
        if value is not None and not isinstance(value, str):
            _refuse(self.path(key), "a text or null", value)
        return value

    def ending(self, made: Made) -> Made:
        """What was made of this object, once nothing of it is left.

        Raises:
            Misconfigured: a key is left that nobody knows.
        """
        for key in self.names():
            raise Misconfigured(f"{self.path(key)}: nothing has this key")
        return made

    def _typed(self, key: str, wanted: type[Wanted], words: str) -> Wanted:
        value = self.take(key)
        if not isinstance(value, wanted):
            _refuse(self.path(key), words, value)
        return value


def document(text: str, kind: str) -> Section:
    """The file as one object of this kind.

    Raises:
        Misconfigured: it is no JSON, or something else.
    """
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Misconfigured(f"the file is no JSON: {error}") from error
    section = Section("", value)
    section.constant("apiVersion", API_VERSION)
    section.constant("kind", kind)
    return section


@contextmanager
def at(path: str) -> Iterator[None]:
    """What violates a contract within is a mistake at this key.

    Raises:
        Misconfigured: something did.
    """
    try:
        yield
    except ContractViolation as error:
        raise Misconfigured(f"{path}: {error}") from error


def read(section: Section, key: str, parse: Callable[[str], Made]) -> Made:
    """A text as what a contract makes of it.

    Raises:
        Misconfigured: the contract makes nothing of it.
    """
    text = section.text(key)
    with at(section.path(key)):
        return parse(text)


def _unique(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"`{key}` stands in it twice")
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _refuse(path: str, wanted: str, value: object) -> NoReturn:
    name = path or "the file"
    raise Misconfigured(f"{name}: {_kind(value)} stands where {wanted} has to be")


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
    return "a list" if isinstance(value, list) else "an object"
