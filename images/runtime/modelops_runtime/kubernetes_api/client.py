"""Requests to the Kubernetes API, over HTTPS and with the pod's own token: the adapter.

Requests come in, replies leave, and whatever the network does is a reply. It decides nothing and
repeats nothing.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelops_runtime.kubernetes_api.replies import Answer, Reply, Silence

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where Kubernetes mounts a service account's token and the API's certificate authority."""


class NotInAPod(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """Whatever a pod is given to reach the API is not there; the message says what."""


@dataclass(frozen=True, slots=True)
class Client:
    """The API of the cluster that this pod runs in.

    Attributes:
        host: its name or address, without brackets.
        port: its port.
        service_account: the folder with `token` and `ca.crt`.
        timeout: seconds until a silent connection is given up.
    """

    host: str
    port: int
    service_account: Path
    timeout: float

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request.

        Raises:
            NotInAPod: no token or no certificate authority can be read.
        """
        # Read each time: the kubelet writes a new token before the old one ends.
        token, context = self._token(), self._context()
        connection = http.client.HTTPSConnection(
            self.host, self.port, timeout=self.timeout, context=context
        )
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            response = connection.getresponse()
            return Answer(response.status, _document(response.read()))
        except (OSError, http.client.HTTPException) as error:
            return Silence(str(error) or type(error).__name__)
        finally:
            connection.close()

    def _token(self) -> str:
        try:
            return (self.service_account / "token").read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise NotInAPod(f"no token of a service account can be read: {error}") from error

    def _context(self) -> ssl.SSLContext:
        authority = self.service_account / "ca.crt"
        try:
            return ssl.create_default_context(cafile=authority)
        except OSError as error:
            raise NotInAPod(
                f"no certificate authority can be read from {authority}: {error}"
            ) from error


def client(environment: Mapping[str, str], service_account: Path, timeout: float) -> Client:
    """The client that a pod's environment describes.

    Raises:
        NotInAPod: the environment names no API.
    """
    host, port = (environment.get(f"KUBERNETES_SERVICE_{part}", "") for part in ("HOST", "PORT"))
    if not host or not port.isdecimal():
        raise NotInAPod("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT name no API")
    return Client(host, int(port), service_account, timeout)


def _document(body: bytes) -> Mapping[str, Any]:
    """The object in a body; a proxy on the way may have sent anything."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
