"""A registry of OCI artefacts on loopback, as the distribution specification has it.

It keeps what is pushed, refuses what does not fit its digest, can want credentials by the token
flow, and does on demand what registries and the proxies before them do: be busy, hang up, cut an
answer short, show a web page, or give something else than what was pushed.
"""

import base64
import hashlib
import json
import re
import secrets
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from urllib.parse import parse_qs, urlsplit

import trustme

OCTETS = "application/octet-stream"
JSON = "application/json"
NONE: Mapping[str, str] = MappingProxyType({})
PAGE = b"<!doctype html><html><title>Sign in</title></html>"

BLOB = re.compile(r"/v2/(?P<repository>.+)/blobs/(?P<reference>sha256:[0-9a-f]{64})")
UPLOADS = re.compile(r"/v2/(?P<repository>.+)/blobs/uploads/(?P<reference>[0-9a-f]*)")
MANIFEST = re.compile(r"/v2/(?P<repository>.+)/manifests/(?P<reference>[^/]+)")


class Fault(Enum):
    """What becomes of a request."""

    BUSY = "503, once"
    TOO_MANY = "429: too many requests"
    DROPPED = "no answer; the connection is closed"
    CUT = "the answer ends in the middle"
    PAGE = "a web page, with status 200"
    FORBIDDEN = "403"


@dataclass
class State:
    """What the server holds, wants and saw.

    Attributes:
        blobs: by repository and digest.
        manifests: by repository and digest or tag.
        account: username and password that it wants; None: it lets everybody in.
        faults: what happens to the next requests for content; None for nothing.
        seen: method and path of each request.
        scopes: what tokens were asked for.
    """

    blobs: dict[tuple[str, str], bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], bytes] = field(default_factory=dict)
    account: tuple[str, str] | None = None
    page_for_tokens: bool = False
    faults: deque[Fault | None] = field(default_factory=deque)
    seen: list[tuple[str, str]] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


def digest_of(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Give content, or a token."""
        self._serve()

    do_HEAD = do_PUT = do_POST = do_GET  # noqa: N815 -- the base's names

    def _serve(self) -> None:
        state, url = self.server.state, urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with state.lock:
            state.seen.append((self.command, url.path))
            if url.path == "/token":
                return self._token(parse_qs(url.query))
            if not self._authorised(url.path):
                return self._challenge(url.path)
            if state.faults and (fault := state.faults.popleft()):
                return self._fail(fault)
            for pattern, answer in ROUTES:
                if found := pattern.fullmatch(url.path):
                    return answer(self, found["repository"], found["reference"])
        return self._refuse(404, "NAME_UNKNOWN")

    def blob(self, repository: str, digest: str) -> None:
        """HEAD or GET of a blob."""
        content = self.server.state.blobs.get((repository, digest))
        if content is None:
            return self._refuse(404, "BLOB_UNKNOWN")
        return self._answer(200, content, OCTETS)

    def upload(self, repository: str, _session: str) -> None:
        """POST begins an upload, PUT ends it."""
        query = parse_qs(urlsplit(self.path).query)
        if self.command == "POST":
            location = f"/v2/{repository}/blobs/uploads/{secrets.token_hex(8)}?state=begun"
            return self._answer(202, b"", OCTETS, {"Location": f"{self.server.base}{location}"})
        if query.get("state") != ["begun"] or query["digest"] != [digest_of(self.body)]:
            return self._refuse(400, "DIGEST_INVALID")
        self.server.state.blobs[repository, query["digest"][0]] = self.body
        return self._answer(201, b"", OCTETS)

    def manifest(self, repository: str, reference: str) -> None:
        """PUT, HEAD or GET of a manifest."""
        manifests = self.server.state.manifests
        if self.command == "PUT":
            return self._take_manifest(repository, reference)
        content = manifests.get((repository, reference))
        accepted = self.headers.get("Accept", "")
        if content is None or json.loads(content)["mediaType"] not in accepted:
            return self._refuse(404, "MANIFEST_UNKNOWN")
        kind = json.loads(content)["mediaType"]
        return self._answer(200, content, kind, {"Docker-Content-Digest": digest_of(content)})

    def _take_manifest(self, repository: str, reference: str) -> None:
        state, document = self.server.state, json.loads(self.body)
        named = [document["config"], *document["layers"]]
        if document["mediaType"] != self.headers.get("Content-Type"):
            return self._refuse(400, "MANIFEST_INVALID")
        if any((repository, blob["digest"]) not in state.blobs for blob in named):
            return self._refuse(400, "MANIFEST_BLOB_UNKNOWN")
        if reference.startswith("sha256:") and reference != digest_of(self.body):
            return self._refuse(400, "DIGEST_INVALID")
        for name in (reference, digest_of(self.body)):
            state.manifests[repository, name] = self.body
        return self._answer(201, b"", JSON)

    def _authorised(self, path: str) -> bool:
        state = self.server.state
        if state.account is None:
            return True
        _, _, token = self.headers.get("Authorization", "").partition("Bearer ")
        repository, _, actions = (
            state.tokens.get(token, "::").removeprefix("repository:").partition(":")
        )
        action = "pull" if self.command in {"GET", "HEAD"} else "push"
        return action in actions.split(",") and path.startswith(f"/v2/{repository}/")

    def _challenge(self, path: str) -> None:
        repository = path.removeprefix("/v2/").partition("/blobs/")[0].partition("/manifests/")[0]
        action = "pull" if self.command in {"GET", "HEAD"} else "pull,push"
        challenge = (
            f'Bearer realm="{self.server.base}/token",service="registry",'
            f'scope="repository:{repository}:{action}"'
        )
        self._refuse(401, "UNAUTHORIZED", {"WWW-Authenticate": challenge})

    def _token(self, query: dict[str, list[str]]) -> None:
        state = self.server.state
        if state.page_for_tokens:
            return self._answer(200, PAGE, "text/html")
        wanted = base64.b64encode(":".join(state.account or ()).encode()).decode()
        if self.headers.get("Authorization") != f"Basic {wanted}":
            return self._refuse(401, "UNAUTHORIZED")
        token = secrets.token_hex(16)
        (state.tokens[token],) = query["scope"]
        state.scopes += query["scope"]
        return self._answer(200, json.dumps({"token": token}).encode(), JSON)

    def _fail(self, fault: Fault) -> None:
        match fault:
            case Fault.DROPPED:
                self.close_connection = True
            case Fault.CUT:
                self._answer(200, b"{", OCTETS, length=100_000)
                self.close_connection = True
            case Fault.PAGE:
                self._answer(200, PAGE, "text/html")
            case Fault.BUSY:
                self._refuse(503, "UNAVAILABLE")
            case Fault.TOO_MANY:
                self._refuse(429, "TOOMANYREQUESTS")
            case Fault.FORBIDDEN:
                self._refuse(403, "DENIED")

    def _refuse(self, status: int, code: str, headers: Mapping[str, str] = NONE) -> None:
        body = json.dumps({"errors": [{"code": code, "message": code.lower()}]}).encode()
        self._answer(status, body, JSON, headers)

    def _answer(
        self,
        status: int,
        body: bytes,
        kind: str,
        headers: Mapping[str, str] = NONE,
        length: int | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


ROUTES: tuple[tuple[re.Pattern[str], Callable[[Handler, str, str], None]], ...] = (
    (UPLOADS, Handler.upload),
    (BLOB, Handler.blob),
    (MANIFEST, Handler.manifest),
)


class Server(ThreadingHTTPServer):
    """The listener."""

    daemon_threads = True

    def __init__(self, state: State, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = state
        self.base = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"
        if context:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serving(state: State, authority: trustme.CA | None = None) -> Iterator[str]:
    """Within: the registry answers; its host and port. With an authority it speaks TLS."""
    context = None
    if authority:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    server = Server(state, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
