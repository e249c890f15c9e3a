"""VER001: a value that would be lost or changed between the objects and the written YAML.

The charts are made by a JavaScript program from JSON. It drops null values of maps and empty maps
in metadata, rounds integers beyond 2^53, loses or stumbles over two keys, and writes
exponents that YAML 1.1 parsers read as text.
"""

from collections.abc import Iterator
from math import isfinite

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import ver
from modelops.verify.ordinary import LARGEST, LOST_KEYS
from modelops.verify.paths import map_at, search, shown
from modelops.verify.placement import Placed, Placement, finding

DROPPED_IF_EMPTY = ("annotations", "finalizers", "labels")
HELP = "a defect of the renderer: leave the value out, or write it in another way"


def unrepresentable_value(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every value that would not arrive as it is."""
    for placed in placement.objects:
        if not placed.is_ordinary:
            for path, text in search(placed.body, _loss):
                yield finding(ver.VER001, placed, path, text, HELP)
        yield from _metadata(placed)


def _metadata(placed: Placed) -> Iterator[Diagnostic]:
    if not placed.identity.name:
        yield finding(ver.VER001, placed, ("metadata", "name"), "is missing", "name the object")
    metadata = map_at(placed.body, "metadata")
    for key in DROPPED_IF_EMPTY:
        if metadata.get(key) in ({}, []):
            yield finding(
                ver.VER001, placed, ("metadata", key), "is empty and would be dropped", HELP
            )


def _loss(key: object, value: object) -> str:
    """What would happen to this key or value; nothing if it arrives as it is."""
    if key in LOST_KEYS:
        return f"the key {shown(key)} would be lost"
    if value is None and isinstance(key, str):
        return "null would be dropped"
    if isinstance(value, int):
        return f"{value} is beyond 2^53 and would be rounded" if abs(value) > LARGEST else ""
    if isinstance(value, float):
        return _fraction_loss(value)
    return ""


def _fraction_loss(value: float) -> str:
    if not isfinite(value):
        return f"{value} is no number in JSON"
    return f"{value} would be written with an exponent" if "e" in repr(value) else ""
