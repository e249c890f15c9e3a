"""Part of `bundles`: what everything can do that bundles come from."""

from collections.abc import Iterable
from typing import Protocol

from modelops_runtime.bundles.artefact import Blob
from modelops_runtime.contracts.bundle import BundleReference


class Source(Protocol):
    """Gives what it has; whoever asks verifies it."""

    def manifest(self, bundle: BundleReference) -> bytes:
        """The manifest of a bundle.

        Raises:
            BundleUnavailable: it cannot be had.
        """

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterable[bytes]:
        """The layer that the manifest names, piece by piece.

        Raises:
            BundleUnavailable: it cannot be had, or not to its end.
        """
