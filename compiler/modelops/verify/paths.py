"""Part of the stage `verify`: walking plain data without trusting its shape.

Every check sees every object, also one that its schema refuses; so these functions answer with
something empty where an object has not the shape that a check would like. Nothing here judges.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from modelops.provenance import DataPath

SHOWN = 60
"""Characters of a value that a message repeats at most."""


def value_at(node: object, *keys: str) -> Any:  # noqa: ANN401 -- plain data has any type
    """What lies at `keys`, None where there is nothing."""
    for key in keys:
        if not isinstance(node, dict):
            return None
        node = node.get(key)
    return node


def map_at(node: object, *keys: str) -> Mapping[str, Any]:
    """The map at `keys`, an empty one where there is none."""
    found = value_at(node, *keys)
    return found if isinstance(found, dict) else {}


def text_at(node: object, *keys: str) -> str:
    """The string at `keys`, an empty one where there is none."""
    found = value_at(node, *keys)
    return found if isinstance(found, str) else ""


def maps_at(node: object, *keys: str) -> Iterator[tuple[DataPath, Mapping[str, Any]]]:
    """The maps in the list at `keys`, each with its path from `node`."""
    found = value_at(node, *keys)
    if isinstance(found, list):
        for index, item in enumerate(found):
            if isinstance(item, dict):
                yield (*keys, index), item


def texts_at(node: object, *keys: str) -> tuple[str, ...]:
    """The strings in the list at `keys`."""
    found = value_at(node, *keys)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()


def search(
    node: Mapping[str, Any] | Sequence[Any],
    verdict: Callable[[object, object], str],
    path: DataPath = (),
) -> list[tuple[DataPath, str]]:
    """Every place below `node` whose `verdict(key, value)` is not empty, with the verdict.

    Maps, lists and scalars are all asked about, in the order of the data.
    """
    found: list[tuple[DataPath, str]] = []
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if text := verdict(key, value):
            found.append(((*path, key), text))
        if isinstance(value, dict | list) and value:
            found += search(value, verdict, (*path, key))
    return found


def path_text(path: DataPath) -> str:
    """`spec.containers[0].image`, `metadata.labels["modelops.io/env"]`."""
    return "".join(_step(step) for step in path).removeprefix(".")


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if step.isidentifier() or step.isalnum() else f"[{shown(step)}]"


def shown(value: object) -> str:
    """A value in a message: scalars as JSON, cut where they are long; never a whole document."""
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
