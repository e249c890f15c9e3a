"""Part of `simulation`: the connection to a scheduler, which may be away for a while.

Dask's client connects again by itself, as long as the patience lasts; then it is closed for good,
and another one is made when something is asked for again.
"""

import logging
import threading
import time

from distributed import Client

from modelops_runtime.simulation.service import ServiceLost

CLOSING = 5.0
"""Seconds for a client to say goodbye."""

COUNTED = 2.0
"""Seconds for which a count of the workers serves."""

LOG = logging.getLogger(__name__)


class Connection:
    """The way to a scheduler, for any number of threads."""

    def __init__(self, address: str, name: str, patience: float) -> None:
        """Connect.

        Raises:
            ServiceLost: nobody answers within so many seconds.
        """
        self._address = address
        self._name = name
        self._patience = patience
        self._lock = threading.Lock()
        self._closed = False
        self._counted: tuple[float, int] | None = None
        self._client = self._connected()

    def client(self) -> Client:
        """A client that is connected, or about to be.

        Raises:
            ServiceLost: there is none any more, and nobody answers.
        """
        with self._lock:
            if self._closed:
                raise ServiceLost("the service is closed")
            if self._client.status in {"closing", "closed"}:
                self._client = self._connected()
            return self._client

    def workers(self) -> int:
        """How many tasks run at once, as of a moment ago; one where that cannot be asked."""
        now = time.monotonic()
        if self._counted is None or now - self._counted[0] > COUNTED:
            self._counted = now, self._count()
        return self._counted[1]

    def close(self) -> None:
        """Leave, for good."""
        with self._lock:
            self._closed = True
            _close(self._client)

    def _count(self) -> int:
        try:
            threads: dict[str, int] = self.client().nthreads()
        except (OSError, ServiceLost, RuntimeError):
            return 1
        return max(1, sum(threads.values()))

    def _connected(self) -> Client:
        try:
            return Client(
                self._address, name=self._name, timeout=self._patience, set_as_default=False
            )
        except OSError as error:
            why = f"no scheduler at {self._address} for {self._patience:g} seconds: {error}"
            raise ServiceLost(why) from error


def _close(client: Client) -> None:
    try:
        client.close(timeout=CLOSING)
    except Exception:
        LOG.warning("the connection to the scheduler was not closed in good order", exc_info=True)
