"""Part of `bundles`: a bundle as an artefact of a registry: one manifest, which names one layer.

The manifest has one spelling too, without times or annotations. Its digest is the bundle's, and
follows from the files alone: a folder has it before it was ever pushed.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.paths import LARGEST_BUNDLE

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
ARTEFACT_TYPE = "application/vnd.modelops.bundle.v1"
CONFIG_TYPE = "application/vnd.oci.empty.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"

EMPTY = b"{}"
"""What OCI has in the place of a configuration that nobody needs."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes of a registry.

    Attributes:
        digest: `sha256:…`.
        size: in bytes.
    """

    digest: str
    size: int


def sha256(content: bytes) -> str:
    """The digest of bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


CONFIG = Blob(sha256(EMPTY), len(EMPTY))


def manifest(layer: Blob) -> bytes:
    """The manifest of a bundle with this layer."""
    document = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTEFACT_TYPE,
        "config": _descriptor(CONFIG_TYPE, CONFIG),
        "layers": [_descriptor(LAYER_TYPE, layer)],
    }
    return json.dumps(document, separators=(",", ":")).encode()


def layer_of(content: bytes) -> Blob:
    """The layer that a manifest names.

    Raises:
        InvalidBundle: it is not the manifest of a bundle, or of too large a one.
    """
    try:
        named = json.loads(content)["layers"][0]
        layer = Blob(named["digest"], named["size"])
        matches = manifest(layer) == content
    except (ValueError, LookupError, TypeError, RecursionError):
        matches = False
    if not matches:
        raise InvalidBundle("the manifest: of an image, or of what no `bundle-tool push` pushed")
    if layer.size > LARGEST_BUNDLE:
        raise InvalidBundle(f"the layer: larger than {LARGEST_BUNDLE} bytes")
    return layer


def _descriptor(kind: str, blob: Blob) -> dict[str, Any]:
    return {"mediaType": kind, "digest": blob.digest, "size": blob.size}
