"""Part of `bundles`: where the bundles of a worker come from, as its configuration says."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from modelops_runtime.bundles.artefact import Blob
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.packing import Packed, digest_of, pack
from modelops_runtime.bundles.registry import Registry
from modelops_runtime.bundles.source import Source
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Carried:
    """Bundles that an image carries: each a folder in one folder, under any name.

    Attributes:
        directory: the folder that has them.
    """

    directory: Path

    def manifest(self, bundle: BundleReference) -> bytes:
        """The manifest of a bundle.

        Raises:
            BundleUnavailable: none of the folders is it.
        """
        return self._packed(bundle).manifest

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterable[bytes]:  # noqa: ARG002 -- it has one
        """The layer that the manifest names.

        Raises:
            BundleUnavailable: none of the folders is it.
        """
        return (self._packed(bundle).layer,)

    def _packed(self, bundle: BundleReference) -> Packed:
        folders = _carried(self.directory)
        if bundle.digest not in folders:
            carried = ", ".join(f"{folder.name} ({found})" for found, folder in folders.items())
            raise BundleUnavailable(
                f"{bundle} is not in the image: in {self.directory} there is {carried or 'nothing'}"
            )
        return pack(folders[bundle.digest])


def source_of(registry: str, directory: str, environment: Mapping[str, str]) -> Source:
    """Where bundles come from, as `bundles` of a worker's configuration says.

    Args:
        registry: `host[:port][/path]` before repositories that name no host; may be empty.
        directory: where the image has them; empty: they are pulled.
        environment: the variables of the process.
    """
    return Carried(Path(directory)) if directory else Registry(registry, environment)


@cache
def _carried(directory: Path) -> Mapping[str, Path]:
    """The folders by their digests; an image does not change, so they are read once."""
    found: dict[str, Path] = {}
    for folder in sorted(directory.iterdir()) if directory.is_dir() else ():
        try:
            found[digest_of(folder)] = folder
        except InvalidBundle as error:
            LOG.warning("no bundle", extra={"why": str(error)})
    return found
