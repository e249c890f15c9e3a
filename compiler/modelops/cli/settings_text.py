"""One value of a setting as YAML-like text for people, and the place that it came from.

Values and origins come in, single lines leave. This is a display and no output: the YAML that Flux
reads is written in one place, the child of `synth`. Pure.
"""

import re
from collections.abc import Mapping

from modelops.provenance import Origin

LONGEST_SHOWN = 40
"""Characters of what a layer said."""

_PLAIN = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./@+=()-]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9_./(]))*")
_QUANTITY = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:m|[kKMGTPE]i?)|(?:[0-9]+h)?(?:[0-9]+m)?[0-9]+s")
_OTHERWISE_READ = frozenset(["null", "true", "false", "yes", "no", "on", "off", "y", "n"])
"""Words that some reader of YAML takes for something else than text."""


def flow(value: object) -> str:
    """A value on one line."""
    match value:
        case Mapping():
            return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """A scalar that every YAML reader, of 1.1 or 1.2, reads as the same value."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case float():
            said = repr(value)
            return said if "." in said else said.replace("e", ".0e")
        case int():
            return str(value)
    return _word(str(value))


def _word(said: str) -> str:
    if _QUANTITY.fullmatch(said):
        return said
    if _PLAIN.fullmatch(said) and said.lower() not in _OTHERWISE_READ:
        return said
    return '"' + "".join(_escaped(character) for character in said) + '"'


def _escaped(character: str) -> str:
    """A character between double quotes, as YAML writes it."""
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def placed(origin: Origin) -> str:
    """`file:line:column (layer)`; an argument of the command line says all by itself."""
    at = place(origin)
    return at if at.startswith("--") else f"{at} ({origin.layer})"


def place(origin: Origin) -> str:
    """`file:line:column`, or the argument of the command line, as a terminal may show it."""
    at = origin.mark.value
    said = at.file if at.file.startswith("--") else str(at)
    return "".join(character if character.isprintable() else "?" for character in said)


def typed(origin: Origin) -> str:
    """What a layer said, as it was typed where that is short."""
    if isinstance(origin.value, dict):
        return "a map"
    text = origin.mark.text
    said = flow(origin.value) if text is None or not text.isprintable() or not text else text
    return said if len(said) <= LONGEST_SHOWN else f"{said[: LONGEST_SHOWN - 3]}..."
