"""Part of `bundles`: a folder as the artefact that a registry keeps, and its digest."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from modelops_runtime.bundles.artefact import Blob, manifest, sha256
from modelops_runtime.bundles.folder import files_of
from modelops_runtime.bundles.layer import encoded


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle, packed.

    Attributes:
        manifest: names the layer.
        layer: holds the files.
        digest: of the manifest, and so the bundle's.
    """

    manifest: bytes
    layer: bytes
    digest: str


def pack(folder: Path) -> Packed:
    """The artefact of a folder; it depends on the files' paths, bytes and execute bits alone.

    Raises:
        InvalidBundle: the folder is none.
    """
    layer = b"".join(encoded(files_of(folder)))
    named = manifest(Blob(sha256(layer), len(layer)))
    return Packed(named, layer, sha256(named))


def digest_of(folder: Path) -> str:
    """The same digest; one file at a time is in memory.

    Raises:
        InvalidBundle: the folder is none.
    """
    digest, size = hashlib.sha256(), 0
    for piece in encoded(files_of(folder)):
        digest.update(piece)
        size += len(piece)
    return sha256(manifest(Blob(f"sha256:{digest.hexdigest()}", size)))
