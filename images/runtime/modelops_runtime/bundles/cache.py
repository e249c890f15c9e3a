"""Part of `bundles`: bundles by their digest, on a disk, for every process that needs them.

What is verified when: a bundle that comes, before it gets its name, with its manifest and its
layer; a bundle that is there, at its first use in each process, by packing its files again, and one
that is damaged is fetched again; at each later use in the same process, that its folder is still
the one that was verified.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.bundles.artefact import Blob
from modelops_runtime.bundles.fetch import fetch
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.packing import Packed, digest_of, pack
from modelops_runtime.bundles.shelf import Shelf
from modelops_runtime.bundles.source import Source
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

LOG = logging.getLogger(__name__)

Stamp = tuple[int, int, int]
"""What tells one folder of a disk from another at the same path."""


def _unobserved(_seconds: float) -> None:
    """Where nobody measures."""


@dataclass(slots=True)
class _Use:
    """That this process uses a bundle: how often at once, and the descriptor of its lock."""

    times: int
    lock: int


@dataclass(frozen=True, slots=True)
class _Added:
    """A source with the one bundle that was packed just now."""

    packed: Packed

    def manifest(self, bundle: BundleReference) -> bytes:  # noqa: ARG002 -- it has no other
        return self.packed.manifest

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterable[bytes]:  # noqa: ARG002
        return (self.packed.layer,)


class BundleCache:
    """Unpacked bundles, which nobody can write to."""

    def __init__(
        self,
        root: Path,
        capacity_bytes: int,
        source: Source,
        fetched: Callable[[float], None] = _unobserved,
    ) -> None:
        """Open a cache; nothing is touched yet.

        Args:
            root: its folder; any number of processes may have it open. Only `bundles` in it is
                written to.
            capacity_bytes: what bundles in it may take together.
            source: where those come from that are not in it.
            fetched: told the seconds that each of those took.
        """
        self._shelf = Shelf(root / "bundles", capacity_bytes)
        self._source = source
        self._fetched = fetched
        self._guard = threading.Lock()
        self._uses: dict[str, _Use] = {}
        self._kept: set[str] = set()
        self._verified: dict[str, Stamp | None] = {}

    @contextmanager
    def using(self, bundle: BundleReference) -> Iterator[Path]:
        """Within: the folder with the bundle's code, which is not evicted.

        Raises:
            BundleUnavailable: it is not there, and cannot be fetched.
        """
        code = self._taken(bundle, self._source)
        try:
            yield code
        finally:
            self._release(bundle.digest)

    def ensure(self, bundle: BundleReference) -> Path:
        """The folder with the bundle's code, kept until `close`, or the end of this process.

        Raises:
            BundleUnavailable: it is not there, and cannot be fetched.
        """
        return self._keep(bundle, self._source)

    def add(self, folder: Path) -> str:
        """Keep what is in a folder now as a bundle, as `ensure` does; its digest.

        Raises:
            InvalidBundle: the folder cannot be packed.
            BundleUnavailable: there is no room.
        """
        packed = pack(folder)
        self._keep(BundleReference(packed.digest), _Added(packed))
        return packed.digest

    def close(self) -> None:
        """Let go of what `ensure` and `add` have kept; it stays until there is no room for it."""
        with self._guard:
            kept, self._kept = self._kept, set()
        for digest in kept:
            self._release(digest)

    def _keep(self, bundle: BundleReference, source: Source) -> Path:
        code = self._taken(bundle, source)
        with self._guard:
            again = bundle.digest in self._kept
            self._kept.add(bundle.digest)
        if again:
            self._release(bundle.digest)
        return code

    def _taken(self, bundle: BundleReference, source: Source) -> Path:
        code = self._shelf.code(bundle.digest)
        try:
            self._take(bundle.digest)
            try:
                if self._verified.get(bundle.digest, ()) != _stamp(code):
                    self._make_sure(bundle, source)
            except BaseException:
                self._release(bundle.digest)
                raise
        except OSError as error:
            raise BundleUnavailable(f"the bundle cache fails: {error}", passes=True) from error
        return code

    def _take(self, digest: str) -> None:
        with self._guard:
            use = self._uses.get(digest)
            if use is None:
                use = self._uses[digest] = _Use(0, self._shelf.use(digest))
            use.times += 1
            os.utime(use.lock)

    def _release(self, digest: str) -> None:
        with self._guard:
            use = self._uses[digest]
            use.times -= 1
            if not use.times:
                os.close(self._uses.pop(digest).lock)

    def _make_sure(self, bundle: BundleReference, source: Source) -> None:
        """Verify the bundle, or make it: once, however many processes and threads want it."""
        code = self._shelf.code(bundle.digest)
        with self._shelf.making(bundle.digest) as incoming:
            if not _is_whole(code, bundle.digest):
                self._make(bundle, source, incoming)
            self._verified[bundle.digest] = _stamp(code)

    def _make(self, bundle: BundleReference, source: Source, incoming: Path) -> None:
        started = time.monotonic()
        fetch(source, bundle, incoming, self._shelf.make_room)
        self._shelf.place(bundle.digest, incoming)
        seconds = time.monotonic() - started
        LOG.info("bundle fetched", extra={"bundle": str(bundle), "seconds": round(seconds, 3)})
        self._fetched(seconds)


def _stamp(code: Path) -> Stamp | None:
    try:
        found = code.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _is_whole(code: Path, digest: str) -> bool:
    try:
        return digest_of(code) == digest
    except InvalidBundle:
        return False
