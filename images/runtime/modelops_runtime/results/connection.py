"""Part of `results`: how a container of blobs is reached: over TLS, with limits on waiting.

The extra `azure` is imported when a container is reached, and not before.
"""

import io
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from modelops_runtime.azure_login.workload import WorkloadLogin

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

CONNECTING, READING = 10.0, 60.0
"""Seconds for a connection to be made or to take a piece of what is sent, and for an answer."""

RETRIES = 5
"""With pauses of one second, and then of 1 + 2, 1 + 4, … seconds: half a minute together."""

CONNECTIONS = 64
"""Are kept, if so many threads were busy at once; what is more is closed after use."""

ONE_REQUEST = 5000 * 2**20
"""Bytes: the most that the service takes in one."""


class Sending(HTTPAdapter):
    """Connections that send piece by piece.

    The standard library counts the time of a connection's limit over all that is given to it at
    once: what is large would never be sent over a slow line.
    """

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:  # noqa: ANN401 -- requests'
        """Send a request; its answer."""
        if isinstance(request.body, bytes):
            request.body = io.BytesIO(request.body)
        return super().send(request, *args, **options)


def reached(endpoint: str, container: str, login: WorkloadLogin) -> "ContainerClient":
    """A container, which nobody has asked for anything yet; for any number of threads.

    Args:
        endpoint: of the storage account's blobs: `https://ACCOUNT.blob.core.windows.net/`.
        container: its name.
        login: who asks.
    """
    from azure.core.pipeline.transport import RequestsTransport  # noqa: PLC0415 -- of an extra
    from azure.storage.blob import ContainerClient, ExponentialRetry  # noqa: PLC0415 -- as above

    session = requests.Session()
    session.mount("https://", Sending(pool_maxsize=CONNECTIONS))
    return ContainerClient(
        endpoint,
        container,
        credential=login,
        transport=RequestsTransport(
            session=session, connection_timeout=CONNECTING, read_timeout=READING
        ),
        retry_policy=ExponentialRetry(
            initial_backoff=1,
            increment_base=2,
            random_jitter_range=1,
            retry_total=RETRIES,
            retry_connect=RETRIES,
            retry_read=RETRIES,
            retry_status=RETRIES,
        ),
        max_single_put_size=ONE_REQUEST,
        max_single_get_size=ONE_REQUEST,
    )
