"""Which files of `generated/` are ours: what the inventory on disk lists, and our header.

Bytes of an `inventory.json` come in, the paths that it owns leave. A merge conflict in an
inventory is an everyday thing, so a broken one still owns what its text lists, and YAML files are
known by their first line without any inventory. Paths are only ever looked up, never joined to a
folder: one that points out of the tree owns nothing.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from modelops.disk.listing import Kind, kind_at, read_at_most
from modelops.manifests import INVENTORY, INVENTORY_KIND, header, inventory_content
from modelops.names import API_VERSION

LARGEST_INVENTORY = 2**26
"""Bytes; a longer one is nobody's, and is not read."""

HEADER = re.compile(re.escape(header("SOURCE").strip()).replace("SOURCE", "[^\r\n]+") + "\r?\n")
LONGEST_HEADER = 1024

OUR_KIND = re.compile(rf'"kind"\s*:\s*"{INVENTORY_KIND}"'.encode())
OUR_VERSION = re.compile(rf'"apiVersion"\s*:\s*"{re.escape(API_VERSION)}"'.encode())
ENTRY = re.compile(r'"([^"\\\n]+)"\s*:\s*\{\s*"(?:sha256|unit)"\s*:')
"""A path with what stands behind it, in the text of an inventory that is no longer JSON."""

Entries = Mapping[str, object]
"""By path below the environment's folder: what the inventory says of the file."""


def read_inventory(folder: Path) -> Entries | None:
    """What the inventory of an environment's folder lists; None where there is none of ours."""
    path = folder / INVENTORY
    if kind_at(path) is not Kind.FILE:
        return None
    content = read_at_most(path, LARGEST_INVENTORY + 1)
    return parsed(content) if len(content) <= LARGEST_INVENTORY else None


def parsed(content: bytes) -> Entries | None:
    """What an inventory lists; None for what was never one of ours."""
    try:
        root = json.loads(content)
    except (ValueError, RecursionError):
        return _salvaged(content)
    if not isinstance(root, dict):
        return None
    if (root.get("apiVersion"), root.get("kind")) != (API_VERSION, INVENTORY_KIND):
        return None
    files = root.get("files")
    return files if isinstance(files, dict) else {}


def _salvaged(content: bytes) -> Entries | None:
    """What a broken inventory lists: with conflict markers, what both sides do."""
    if not OUR_KIND.search(content) or not OUR_VERSION.search(content):
        return None
    return {path: {} for path in ENTRY.findall(content.decode("utf-8", "replace"))}


def union(final: bytes, going: Entries) -> bytes:
    """An inventory that owns what is coming and what is going, for the time of a write.

    Args:
        final: the inventory of what is coming.
        going: what an earlier compile wrote and this one removes, by path below the environment.
    """
    return inventory_content({**going, **json.loads(final)["files"]})


def has_header(path: Path) -> bool:
    """Whether a file begins with the line that every generated YAML file begins with."""
    first = read_at_most(path, LONGEST_HEADER).decode("utf-8", "replace")
    return HEADER.match(first) is not None
