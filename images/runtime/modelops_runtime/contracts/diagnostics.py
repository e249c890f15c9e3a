"""Contracts: what else is known about a trial or a failure, kept small and free of secrets.

Models and objectives put into it what they like, so nothing that is in it makes a trial fail. Plain
values stay what they are; a number that is not finite becomes a text; anything else is only called
by its type. Then secrets are hidden, and last, what is too long is cut in its middle, where it says
the least: an error begins with what was tried and ends with what went wrong.
"""

import json
import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from modelops_runtime.contracts.identity import canonical_json
from modelops_runtime.contracts.reals import as_float
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.redaction import HIDDEN, names_a_secret, redacted

MAX_BYTES = 64 * 1024
"""Of the JSON, in UTF-8."""

NOTE = "modelops.truncated"
"""The entry that says how much there was, where something was cut."""

DEEPEST = 16
"""Levels of nesting; what is below them is left out, so that nothing can hold itself."""

EXACT = 2**63
"""Whole numbers from here on are written as texts: few readers of JSON take them."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What is known, by name. Made by `diagnostics`, which makes it fit.

    Attributes:
        text: an object, as canonical JSON, at most `MAX_BYTES`.
    """

    text: str

    def __post_init__(self) -> None:
        """Check the text.

        Raises:
            ContractViolation: it is too long, or no such JSON.
        """
        size = len(self.text.encode(errors="replace"))
        if size > MAX_BYTES:
            raise ContractViolation(f"diagnostics of {size} bytes: the limit is {MAX_BYTES}")
        try:
            entries = self.entries
        except (ValueError, RecursionError) as error:
            raise ContractViolation(f"diagnostics that are no JSON: {error}") from error
        if not isinstance(entries, dict) or canonical_json(entries) != self.text.encode():
            raise ContractViolation("diagnostics are an object, as canonical JSON")

    @property
    def entries(self) -> Any:  # noqa: ANN401 -- JSON
        """What is known, as plain values, by name."""
        return json.loads(self.text)


NO_DIAGNOSTICS = Diagnostics("{}")


def diagnostics(found: Mapping[str, object], secrets: Iterable[str] = ()) -> Diagnostics:
    """What was found, made fit to be kept: plain, without the secrets, and cut where it is long."""
    entries = _plain_entries(found, tuple(secrets), DEEPEST)
    text = canonical_json(entries)
    if len(text) > MAX_BYTES:
        text = canonical_json(_cut(entries, len(text)))
    return Diagnostics(text.decode())


def _plain(value: object, secrets: tuple[str, ...], levels: int) -> object:
    """The value as JSON has it, without the secrets."""
    match value:
        case None | bool():
            return value
        case str():
            return redacted(_unicode(value), secrets)
        case Integral() | Real():
            return _plain_number(value, secrets)
        case Mapping() if levels:
            return _plain_entries(value, secrets, levels - 1)
        case list() | tuple() if levels:
            return [_plain(item, secrets, levels - 1) for item in value]
    return f"<{type(value).__qualname__}>"


def _plain_entries(
    found: Mapping[Any, object], secrets: tuple[str, ...], levels: int
) -> dict[str, object]:
    entries = {}
    for name, value in found.items():
        key = str(_plain(name, secrets, 0))
        entries[key] = HIDDEN if names_a_secret(key) else _plain(value, secrets, levels)
    return entries


def _plain_number(value: Integral | Real, secrets: tuple[str, ...]) -> object:
    number = int(value) if isinstance(value, Integral) else as_float(value)
    if isinstance(number, int) and not -EXACT <= number < EXACT:
        return hex(number)
    spelt = str(number)
    if redacted(spelt, secrets) != spelt:
        return HIDDEN
    return number if math.isfinite(number) else spelt


def _unicode(text: str) -> str:
    """The text with a question mark for each half of a character."""
    return str.__str__(text).encode(errors="replace").decode()


def _cut(entries: Mapping[str, object], size: int) -> dict[str, object]:
    """The entries that fit beside a note, as much of each as its share of the room allows.

    The smallest come first, and leave what they do not need to the others.
    """
    kept: dict[str, object] = {NOTE: f"cut from {size} bytes"}
    room = MAX_BYTES - 1 - sum(_bytes(name, value) for name, value in kept.items())
    ordered = sorted(entries.items(), key=lambda entry: (_bytes(*entry), entry[0]))
    for before, (name, value) in enumerate(ordered):
        fitting = _fitting(name, value, room // (len(ordered) - before))
        room -= sum(_bytes(*entry) for entry in fitting.items())
        kept |= fitting
    return kept


def _bytes(name: str, value: object) -> int:
    """What an entry adds to an object in JSON, its comma included."""
    return len(canonical_json({name: value})) - 1


def _fitting(name: str, value: object, share: int) -> dict[str, object]:
    """The entry, if it needs no more than its share; else with a text that does; or nothing."""
    if _bytes(name, value) <= share:
        return {name: value}
    text = value if isinstance(value, str) else canonical_json(value).decode()
    # Whole characters are counted, so none is ever split.
    most = min(len(text) // 2, share)
    kept = bisect_right(
        range(most + 1), share, key=lambda kept: _bytes(name, _without_middle(text, kept))
    )
    return {name: _without_middle(text, kept - 1)} if kept else {}


def _without_middle(text: str, kept: int) -> str:
    """So many characters of the beginning and of the end, and a mark between them."""
    return f"{text[:kept]} [… cut from {len(text)} characters …] {text[len(text) - kept :]}"
