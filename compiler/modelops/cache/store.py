"""The folder of entries: keys come in, contents leave, or None.

Part of `cache`. One file for each entry, called by its key, written beside and moved over, so that
any number of compiles may use it at once. It begins with a checksum over key and content; what does
not fit it, is not a regular file, or is not this user's, is not there. Nothing here ever fails.
"""

import os
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from modelops.disk import WorldFailure
from modelops.disk.atomic import TEMPORARY, put
from modelops.disk.listing import read_at_most

LIMIT = 1 << 28
"""Bytes of an entry, so that a wrong file cannot fill the memory."""

DAY = 24 * 60 * 60
"""Seconds. Entries are marked as used, and old ones looked for, at most once in it."""

LIFETIME = 14 * DAY
"""Seconds without use after which an entry is removed."""

PRUNED = "pruned"
"""An empty file: when old entries were last looked for."""

_OURS = re.compile(rf"[0-9a-f]{{64}}|{re.escape(TEMPORARY)}\d+")


@dataclass(frozen=True, slots=True)
class Store:
    """Where the entries are; the folder need not exist."""

    folder: Path


def opened() -> Store | None:
    """Our folder in the user's cache, by the XDG Base Directory Specification."""
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    try:
        # The specification has relative paths ignored.
        above = named if named.is_absolute() else Path.home() / ".cache"
    except RuntimeError:  # this user has no home
        return None
    return Store(above / "modelops" / "compiled")


def find(store: Store, key: str) -> bytes | None:
    """The content kept under a key, and None where there is none that can be trusted."""
    path = store.folder / key
    try:
        stands = path.lstat()
        entry = read_at_most(path, LIMIT)
    except (OSError, WorldFailure):
        return None
    checksum, _, content = entry.partition(b"\n")
    if stands.st_uid != os.geteuid() or checksum != _checksum(key, content):
        return None
    _mark_used(path, stands.st_mtime)
    return content


def keep(store: Store, key: str, content: bytes) -> None:
    """Make `content` what `find` gives for `key`, if that can be."""
    with suppress(OSError, WorldFailure):
        store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        put(store.folder / key, _checksum(key, content) + b"\n" + content)


def drop(store: Store, key: str) -> None:
    """Make `find` give nothing for `key`."""
    with suppress(OSError):
        (store.folder / key).unlink()


def prune(store: Store) -> None:
    """Remove what has not been used for long, if that was not done within a day."""
    now = time.time()
    with suppress(OSError, WorldFailure):
        if _age(store.folder / PRUNED, now) < DAY:
            return
        put(store.folder / PRUNED, b"")
        for path in store.folder.iterdir():
            if _OURS.fullmatch(path.name) and _age(path, now) > LIFETIME:
                drop(store, path.name)


def _checksum(key: str, content: bytes) -> bytes:
    """Over the key as well, so that an entry under another's name is none."""
    return sha256(f"{key}\n".encode() + content).hexdigest().encode()


def _mark_used(path: Path, last: float) -> None:
    if time.time() - last > DAY:
        with suppress(OSError):
            os.utime(path, follow_symlinks=False)


def _age(path: Path, now: float) -> float:
    """Seconds since a file was written or marked; endless for one that is not there."""
    try:
        return now - path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")
