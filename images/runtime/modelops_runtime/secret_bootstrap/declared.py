"""Part of `secret-bootstrap`: what the arguments declare."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""Names of Secrets: DNS subdomains (RFC 1123)."""

KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
"""Keys of Secrets, as the API takes them."""


@dataclass(frozen=True, slots=True)
class DeclaredSecret:
    """A Secret that has to be there.

    Attributes:
        name: its name.
        keys: its keys, each of which gets a value of its own; sorted.
    """

    name: str
    keys: tuple[str, ...]


def declared_secret(text: str) -> DeclaredSecret:
    """The Secret in `NAME=KEY,KEY`.

    Raises:
        ValueError: it is none; the message says why.
    """
    name, _, listed = text.partition("=")
    keys = listed.split(",")
    if not NAME.fullmatch(name):
        raise ValueError(f"`{name}` is no name of a Secret")
    for key in keys:
        if not KEY.fullmatch(key):
            raise ValueError(f"`{key}` is no key of a Secret")
    if len(set(keys)) < len(keys):
        raise ValueError(f"`{listed}` names a key twice")
    return DeclaredSecret(name, tuple(sorted(keys)))


def named_twice(secrets: Iterable[DeclaredSecret]) -> list[str]:
    """The names that several of them share, sorted."""
    names = [secret.name for secret in secrets]
    return sorted({name for name in names if names.count(name) > 1})
