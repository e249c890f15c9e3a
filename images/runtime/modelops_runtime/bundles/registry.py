"""Part of `bundles`: a registry of OCI artefacts, over HTTP: the adapter on python-dxf.

It asks, and says in words that somebody can act upon what came instead of an answer. It repeats
nothing and verifies nothing: whoever takes what it gives does both. Credentials are only shown
over TLS.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import requests
from dxf import DXF, DXFBase
from dxf.exceptions import (
    DXFAuthInsecureError,
    DXFDigestMismatchError,
    DXFError,
    DXFUnauthorizedError,
)

from modelops_runtime.bundles.artefact import CONFIG, EMPTY, Blob, layer_of
from modelops_runtime.bundles.credentials import credentials
from modelops_runtime.bundles.packing import Packed
from modelops_runtime.bundles.place import Place, place, speaks_http
from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference

INSECURE_VARIABLE = "MODELOPS_INSECURE_REGISTRIES"
"""Hosts, with commas between them, that are asked without TLS; not set: those on loopback."""

TIMEOUT = 60.0
"""Seconds until a silent connection is given up."""

CHUNK = 2**20
"""Bytes that are read at once."""

API_HOSTS = {"docker.io": "registry-1.docker.io"}
"""Registries that answer under another name than people write."""

HTTP_UNAUTHORIZED, HTTP_FORBIDDEN, HTTP_NOT_FOUND = 401, 403, 404
HTTP_TIMEOUT, HTTP_TOO_MANY, HTTP_SERVER_ERROR = 408, 429, 500


PASSING = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
)

UNTRUSTED = (
    "no TLS connection that can be trusted; a private authority is named by REQUESTS_CA_BUNDLE,"
    f" a registry without TLS by {INSECURE_VARIABLE}"
)
UNENCRYPTED = (
    "wants credentials, which are never sent without TLS: use https, or a registry on this"
    " machine that lets everybody read"
)


@dataclass(frozen=True, slots=True)
class Registry:
    """What of registries and of us is known.

    Attributes:
        default: `host[:port][/path]` before repositories that name no host; the variables for
            credentials are its own. Empty: there is none.
        environment: the variables of the process.
    """

    default: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)

    def manifest(self, bundle: BundleReference) -> bytes:
        """The manifest of a bundle.

        Raises:
            BundleUnavailable: it cannot be had.
        """
        at = place(bundle.repository, self.default)
        with self._connected(at) as connection:
            _, answer = connection.get_manifest_and_response(bundle.digest)
        if answer.content.lstrip()[:1] == b"<":
            raise BundleUnavailable(_web_page(at))
        return answer.content

    def layer(self, bundle: BundleReference, blob: Blob) -> Iterator[bytes]:
        """The layer that the manifest names, piece by piece.

        Raises:
            BundleUnavailable: it cannot be had, or not to its end.
        """
        at = place(bundle.repository, self.default)
        with self._connected(at) as connection:
            pieces = connection.pull_blob(blob.digest, chunk_size=CHUNK)
            yield from cast("Iterable[bytes]", pieces)

    def push(self, packed: Packed, repository: str) -> Place:
        """Push a bundle, under its digest and, where one is written, a tag; where it is then.

        Raises:
            BundleUnavailable: the registry does not take it.
        """
        at, layer = place(repository, self.default), layer_of(packed.manifest)
        with self._connected(at) as connection:
            for blob, content in ((CONFIG, EMPTY), (layer, packed.layer)):
                connection.push_blob(data=io.BytesIO(content), digest=blob.digest)
            for name in filter(None, (packed.digest, at.tag)):
                connection.set_manifest(name, packed.manifest.decode())
        return at

    @contextmanager
    def _connected(self, at: Place) -> Iterator[DXF]:
        insecure = self.environment.get(INSECURE_VARIABLE)
        http = speaks_http(at.host, None if insecure is None else insecure.split(","))
        host = API_HOSTS.get(at.host, at.host)
        auth = self._authentication(at)
        try:
            with DXF(host, at.repository, auth=auth, insecure=http, timeout=TIMEOUT) as connection:
                yield connection
        except (requests.RequestException, DXFError, LookupError, ValueError) as error:
            raise _explained(error, at) from error

    def _authentication(self, at: Place) -> Callable[[DXFBase, requests.Response], None]:
        """What answers a registry that wants to know who we are."""

        def authenticate(connection: DXFBase, response: requests.Response) -> None:
            known = credentials(at, self.default, self.environment)
            connection.authenticate(
                known.username if known else None,
                known.password if known else None,
                response=response,
            )

        return authenticate


def _explained(error: Exception, at: Place) -> BundleUnavailable:
    """What went wrong, and what to do about it."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return _of_status(error.response.status_code, at)
    if isinstance(error, DXFUnauthorizedError):
        return _of_status(HTTP_UNAUTHORIZED, at)
    if isinstance(error, requests.JSONDecodeError):
        return BundleUnavailable(_web_page(at))
    if isinstance(error, requests.exceptions.SSLError):  # a ConnectionError too
        return BundleUnavailable(f"{at}: {UNTRUSTED} ({_cause(error)})")
    if isinstance(error, PASSING):
        return BundleUnavailable(f"{at} does not answer: {_cause(error)}", passes=True)
    return BundleUnavailable(f"{at}: {_refusal(error)}")


def _refusal(error: Exception) -> str:
    if isinstance(error, DXFAuthInsecureError):
        return UNENCRYPTED
    if isinstance(error, DXFDigestMismatchError):
        return f"what came has another digest, and is refused: {error}"
    return f"not the answer of a registry ({type(error).__name__}: {error})"


def _cause(error: Exception) -> object:
    """What urllib3 says of it, without all that it has tried."""
    return getattr(error.args[0], "reason", error) if error.args else error


def _of_status(status: int, at: Place) -> BundleUnavailable:
    if status in {HTTP_UNAUTHORIZED, HTTP_FORBIDDEN}:
        return BundleUnavailable(
            f"{at} refuses us ({status}): log in with `docker login {at.host}`, or mount a docker"
            " config.json and name its folder in DOCKER_CONFIG; a wrong repository is refused too"
        )
    if status == HTTP_NOT_FOUND:
        return BundleUnavailable(
            f"{at} has no such bundle (404): is the repository right, and was it pushed with"
            " `python -m modelops_runtime bundle-tool push`?"
        )
    passes = status in {HTTP_TIMEOUT, HTTP_TOO_MANY} or status >= HTTP_SERVER_ERROR
    return BundleUnavailable(f"{at} answers with status {status}", passes=passes)


def _web_page(at: Place) -> str:
    return (
        f"{at} answers with a web page in the place of data: the repository is wrong (a host and"
        " a path, nothing twice), or it wants credentials: see `docker login`"
    )
