"""Part of `results`: a store in a container of Azure Blob Storage.

An object is a block blob, and each is put by one request and got by one: the service has it whole
or not at all, and whoever reads sees one version of it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelops_runtime.azure_login.refusal import LoginRefused
from modelops_runtime.contracts.paths import below
from modelops_runtime.results.failures import is_missing, unusable
from modelops_runtime.results.object_store import NotStored

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient


@dataclass(frozen=True, slots=True)
class BlobStore:
    """The blobs of a container below a prefix.

    Attributes:
        container: as `connection` reaches it.
        prefix: a path; every store of the container has one of its own.
        retries: how often the service is asked again where it does not answer.
    """

    container: "ContainerClient"
    prefix: str
    retries: int

    def put(self, key: str, content: bytes) -> None:
        """Store the bytes; what is there already is replaced."""
        from azure.core.exceptions import AzureError  # noqa: PLC0415 -- of the extra `azure`

        name = self._name(key)
        try:
            self.container.upload_blob(name, content, overwrite=True, retry_total=self.retries)
        except (AzureError, LoginRefused) as error:
            raise unusable(error, self.container.url) from error

    def get(self, key: str) -> bytes:
        """The bytes.

        Raises:
            NotStored: there are none.
        """
        from azure.core.exceptions import AzureError  # noqa: PLC0415 -- of the extra `azure`

        name = self._name(key)
        try:
            return self.container.download_blob(name, retry_total=self.retries).readall()
        except (AzureError, LoginRefused) as error:
            if is_missing(error):
                raise NotStored(f"`{name}` is not in {self.container.url}") from error
            raise unusable(error, self.container.url) from error

    def location(self, key: str) -> str:
        """The URL of the blob, or of those below it."""
        url: str = self.container.get_blob_client(self._name(key)).url
        return url

    def _name(self, key: str) -> str:
        return f"{self.prefix}/{below(key)}"
