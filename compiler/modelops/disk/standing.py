"""What stands in `generated/` at one moment, and which of it has not changed since another.

A folder and the names of environments come in; a `Look` leaves: all paths, and for each folder a
stamp of the sizes, times and numbers that the system keeps of its files. A folder with the same
stamp as before holds the same bytes, so that nobody needs to read them. This is what git does for
its index; as there, what changed a moment ago is not trusted, for clocks tick too slowly.
"""

import os
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from modelops.disk.failures import reading
from modelops.disk.inventory import read_inventory
from modelops.disk.listing import Kind, entries, kind_at, kind_of, read_at_most
from modelops.manifests import digest

FRESH = 2_000_000_000
"""Nanoseconds that the slowest clock of a file system may take for a tick."""

LONGEST = 1 << 26
"""Bytes of a file that is read to know its content; none of ours is longer."""

Digests = Mapping[str, str]
"""The SHA-256 of files by name."""


@dataclass(frozen=True, slots=True)
class Look:
    """All that stood in the folders of some environments.

    Attributes:
        root: what paths are below.
        found: everything, the environments' folders among it, sorted by path.
        stamps: by folder; two equal ones mean equal contents.
        fresh: the folders that changed a moment ago: they may change again unnoticed.
    """

    root: Path
    found: Mapping[str, Kind]
    stamps: Mapping[str, str]
    fresh: frozenset[str]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was known of a folder: its stamp at the time, and the content of its files."""

    stamp: str
    digests: Digests


def look(root: Path, names: Iterable[str]) -> Look:
    """What stands in the folders of these environments.

    Raises:
        Unreadable: a folder may not be read.
    """
    found: dict[str, Kind] = {}
    stamps: dict[str, str] = {}
    limit, fresh = time.time_ns() - FRESH, set()
    for name in names:
        kind = kind_at(root / name)
        if kind is not None:
            found[name] = kind
        pending = [name] if kind is Kind.FOLDER else []
        while pending:
            folder = pending.pop()
            held = _held(root / folder)
            paths = {f"{folder}/{name}": kind_of(stat.st_mode) for name, stat in held}
            found |= paths
            pending += [path for path, kind in paths.items() if kind is Kind.FOLDER]
            stamps[folder], newest = _stamp(held)
            if newest > limit:
                fresh.add(folder)
    return Look(root, dict(sorted(found.items())), stamps, frozenset(fresh))


def is_as_seen(seen: Look, folder: str) -> bool:
    """Whether the files that lie directly in a folder are still those that were seen."""
    path = seen.root / folder
    now = _stamp(_held(path))[0] if kind_at(path) is Kind.FOLDER else None
    return now == seen.stamps.get(folder)


def owned_folders(root: Path, known: Collection[str]) -> list[str]:
    """The environments' folders that a compile wrote and that are not `known` to be such."""
    if kind_at(root) is not Kind.FOLDER:
        return []
    folders = [name for name, kind in entries(root) if kind is Kind.FOLDER and name not in known]
    return [name for name in folders if read_inventory(root / name) is not None]


def known_digests(
    seen: Look, wanted: Collection[str], remembered: Mapping[str, Remembered]
) -> dict[str, dict[str, str]]:
    """The SHA-256 of those files that are wanted and stand, by folder and name.

    Only what is not remembered is read.

    Raises:
        Unreadable: a file may not be read.
    """
    digests: dict[str, dict[str, str]] = {}
    for path in wanted:
        if seen.found.get(path) is Kind.FILE:
            folder, _, name = path.rpartition("/")
            before = remembered.get(folder)
            known = before and before.stamp == seen.stamps[folder] and before.digests.get(name)
            digests.setdefault(folder, {})[name] = known or _digest(seen.root / path)
    return digests


def memorable(seen: Look, digests: Mapping[str, Digests]) -> dict[str, Remembered]:
    """What may be remembered of these files: nothing of folders that changed a moment ago."""
    return {
        folder: Remembered(seen.stamps[folder], held)
        for folder, held in digests.items()
        if folder not in seen.fresh
    }


def _held(folder: Path) -> list[tuple[str, os.stat_result]]:
    with reading(folder), os.scandir(folder) as found:
        return sorted((each.name, each.stat(follow_symlinks=False)) for each in found)


def _stamp(held: Iterable[tuple[str, os.stat_result]]) -> tuple[str, int]:
    """The stamp of a folder, and when the last of its files changed, in nanoseconds.

    Of a folder in it, only the name counts: it has a stamp of its own.
    """
    hashed, newest = blake2b(digest_size=16), 0
    for name, stat in held:
        hashed.update(f"{name}\0{stat.st_mode:o}\0".encode("utf-8", "surrogateescape"))
        if kind_of(stat.st_mode) is not Kind.FOLDER:
            newest = max(newest, stat.st_ctime_ns, stat.st_mtime_ns)
            kept = (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            hashed.update(repr(kept).encode())
    return hashed.hexdigest(), newest


def _digest(path: Path) -> str:
    content = read_at_most(path, LONGEST + 1)
    return digest(content) if len(content) <= LONGEST else ""
