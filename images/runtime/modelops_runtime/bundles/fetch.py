"""Part of `bundles`: a bundle from any source into an empty folder, verified.

The manifest has to have the bundle's digest, the layer the digest and the size that the manifest
names; only then is anything unpacked. What may pass is tried again.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from pathlib import Path

from modelops_runtime.bundles.artefact import Blob, layer_of, sha256
from modelops_runtime.bundles.folder import write
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.layer import decoded
from modelops_runtime.bundles.source import Source
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds between two attempts."""

LOG = logging.getLogger(__name__)

Room = Callable[[int], None]
"""Sees to it that so many bytes have room on the disk."""


def fetch(source: Source, bundle: BundleReference, incoming: Path, room: Room) -> None:
    """Leave the files of a bundle in `incoming/code`.

    Args:
        source: where it comes from.
        bundle: what is wanted.
        incoming: an empty folder on the disk where the files stay.
        room: called with the bytes of layer and files together, about, before either is written.

    Raises:
        BundleUnavailable: it cannot be had, or what came is something else.
    """
    layer = incoming / "layer.tar"
    try:
        _download(source, bundle, layer, room)
        with layer.open("rb") as stream:
            write(decoded(stream.read), _made(incoming / "code"))
        layer.unlink()
    except InvalidBundle as error:
        raise BundleUnavailable(f"{bundle} is no bundle: {error}") from error


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _download(source: Source, bundle: BundleReference, layer: Path, room: Room) -> None:
    for pause in PAUSES:
        try:
            _attempt(source, bundle, layer, room)
        except BundleUnavailable as error:
            if not error.passes:
                raise
            LOG.warning("fetched again", extra={"bundle": str(bundle), "why": str(error)})
            time.sleep(pause)
        else:
            return
    _attempt(source, bundle, layer, room)


def _attempt(source: Source, bundle: BundleReference, layer: Path, room: Room) -> None:
    content = source.manifest(bundle)
    if sha256(content) != bundle.digest:
        raise BundleUnavailable(f"{bundle}: the manifest that came is {sha256(content)}; refused")
    blob = layer_of(content)
    room(2 * blob.size)
    _write_verified(source, bundle, blob, layer)


def _write_verified(source: Source, bundle: BundleReference, blob: Blob, layer: Path) -> None:
    digest, size = hashlib.sha256(), 0
    with layer.open("wb") as stream:
        for piece in source.layer(bundle, blob):
            size += len(piece)
            if size > blob.size:
                break
            digest.update(piece)
            stream.write(piece)
    if size != blob.size or f"sha256:{digest.hexdigest()}" != blob.digest:
        raise BundleUnavailable(f"{bundle}: the layer that came is not {blob.digest}; refused")
