"""Part of `bundles`: the cache's folder, which all processes of a pod or a laptop share.

A bundle is made beside its place and gets its name when it is whole. Who makes one has a lock, so
that it is made once; who uses one has another, so that it is not evicted. A process that is killed
loses its locks, and what it left half is removed by whoever looks next.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.bundles.folder import FOLDER_MODE, seal
from modelops_runtime.bundles.locks import alone, alone_if_free, shared
from modelops_runtime.bundles.unavailable import BundleUnavailable

BLOCK = 4096
"""Bytes that a disk gives out at once."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder with a place for each bundle.

    Attributes:
        root: the folder; whatever is in it belongs to the cache.
        capacity: bytes that all bundles in it may take together.
    """

    root: Path
    capacity: int

    def code(self, digest: str) -> Path:
        """Where the files of a bundle are once it is made."""
        return self._place(digest) / "code"

    def use(self, digest: str) -> int:
        """Keep a bundle from being evicted, until the descriptor is closed."""
        return shared(self._lock(digest, "use"))

    @contextmanager
    def making(self, digest: str) -> Iterator[Path]:
        """Within: nobody else makes this bundle; a folder to make it in, empty at first."""
        incoming = self._folder(".incoming") / _name(digest)
        with alone(self._lock(digest, "making")):
            _remove(incoming)
            incoming.mkdir()
            try:
                yield incoming
            finally:
                _remove(incoming)

    def place(self, digest: str, incoming: Path) -> None:
        """Give what was made its name; what has the name already is damaged, and goes."""
        seal(incoming / "code")
        self._discard(self._place(digest))
        incoming.rename(self._place(digest))

    def make_room(self, size: int) -> None:
        """Evict bundles that nobody uses, those longest unused first, until there is room.

        Raises:
            BundleUnavailable: there is too little, even so.
        """
        self._sweep()
        for place in self._longest_unused_first():
            if self._used() + size <= self.capacity:
                return
            self._evict(place)
        if self._used() + size > self.capacity:
            raise BundleUnavailable(
                f"no room for {size} bytes in the bundle cache: of {self.capacity} bytes,"
                f" {self._used()} are in use; raise `bundles.cache` of the workspace",
                passes=size <= self.capacity,
            )

    def _evict(self, place: Path) -> None:
        with alone_if_free(self._lock(place.name, "use")) as unused:
            if unused:
                self._discard(place)

    def _discard(self, place: Path) -> None:
        """Take away in one step what other processes may look at, and remove it then."""
        if place.exists():
            gone = self._folder(".trash") / secrets.token_hex(8)
            place.rename(gone)
            _remove(gone)

    def _sweep(self) -> None:
        """Remove what processes that were killed have left."""
        for gone in self._folder(".trash").iterdir():
            _remove(gone)
        for incoming in self._folder(".incoming").iterdir():
            with alone_if_free(self._lock(incoming.name, "making")) as abandoned:
                if abandoned:
                    _remove(incoming)

    def _longest_unused_first(self) -> list[Path]:
        return sorted(self.root.glob("sha256-*"), key=lambda place: (self._used_at(place), place))

    def _used_at(self, place: Path) -> int:
        lock = self._lock(place.name, "use")
        return lock.stat().st_mtime_ns if lock.exists() else 0

    def _used(self) -> int:
        """Bytes of all that is there; others may remove some of it in the meantime."""
        return sum(
            _size(Path(folder) / name)
            for folder, folders, files in os.walk(self.root)
            for name in (*folders, *files)
        )

    def _place(self, digest: str) -> Path:
        return self.root / _name(digest)

    def _lock(self, digest: str, purpose: str) -> Path:
        return self._folder(".locks") / f"{_name(digest)}.{purpose}"

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _name(digest: str) -> str:
    return digest.replace(":", "-")


def _size(file: Path) -> int:
    """Bytes that a file takes on a disk; none where another process has just removed it."""
    try:
        found = file.lstat()
    except FileNotFoundError:
        return 0
    return -(-found.st_size // BLOCK) * BLOCK


def _remove(folder: Path) -> None:
    """Remove a folder that may be sealed, or not be there, or be removed by others too."""
    for parent, _, _ in os.walk(folder):
        with suppress(FileNotFoundError):
            Path(parent).chmod(FOLDER_MODE)
    shutil.rmtree(folder, ignore_errors=True)
