"""A server on loopback that answers as the Kubernetes API does where Secrets are concerned.

HTTPS with a certificate of its own, tokens, rights, namespaces, validation, conflicts; and faults
that are told to happen before it goes on as usual.
"""

import base64
import json
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

NAMESPACE = "modelops-run-dev-sir"
TOKEN = "a-token-of-the-pod"  # noqa: S105 -- of a server that lives as long as a test
COLLECTION = re.compile(r"/api/v1/namespaces/([^/]+)/secrets(?:/([^/]+))?")
NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


class Fault(Enum):
    """What goes wrong with one request."""

    DROPPED = "the connection is closed without an answer"
    CUT = "the answer ends before its length"
    LOST = "the request is carried out, and the answer comes too late"
    GATEWAY = "something in between answers, with a page for people"
    BUSY = "429, as priority and fairness says it"
    UNAVAILABLE = "503, as a starting server says it"
    QUOTA = "409, because a quota was written meanwhile"
    UNAUTHORIZED = "401: the token is not known yet"
    FORBIDDEN = "403: the binding of the role is not known yet"
    DELETED = "404: the Secrets that were there have just been deleted"
    INVALID = "422: validation found what the program did not"
    WEBHOOK = "a webhook refuses, and quotes what it was shown"


@dataclass
class State:
    """What the server holds, and what it saw.

    Attributes:
        secrets: by name, as stored.
        token: the one that is known.
        faults: what happens to the next requests; None for nothing.
        seen: the method and path of each request.
    """

    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    token: str = TOKEN
    faults: deque[Fault | None] = field(default_factory=deque)
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def values(self, name: str) -> dict[str, str]:
        """The values of a Secret, as a pod would see them."""
        return {
            key: base64.b64decode(value).decode()
            for key, value in self.secrets[name]["data"].items()
        }


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server, and what a pod needs to reach it."""

    port: int
    service_account: Path
    state: State


def status(code: int, reason: str, message: str) -> dict[str, Any]:
    """The document of a refusal."""
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": code,
    }


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: "Server"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing."""

    def do_POST(self) -> None:
        """Make a Secret."""
        self._serve()

    def do_GET(self) -> None:
        """Show a Secret."""
        self._serve()

    do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 -- the base's names

    def _serve(self) -> None:
        state = self.server.state
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with state.lock:
            state.seen.append((self.command, self.path))
            fault = state.faults.popleft() if state.faults else None
            if fault is Fault.DELETED:
                state.secrets.clear()
            answer = self._carried_out(body) if fault in {None, Fault.LOST} else (0, {})
        if fault is None:
            self._answer(*answer)
        else:
            self._fail(fault, body)

    def _carried_out(self, body: bytes) -> tuple[int, dict[str, Any]]:
        state = self.server.state
        if self.headers.get("Authorization") != f"Bearer {state.token}":
            return 401, status(401, "Unauthorized", "Unauthorized")
        called = COLLECTION.fullmatch(self.path)
        if not called or called[1] != NAMESPACE:
            return 404, status(404, "NotFound", f"namespaces {self.path!r} not found")
        if self.command == "GET":
            return self._shown(called[2])
        if self.command == "POST" and not called[2]:
            return self._made(json.loads(body))
        return 403, status(403, "Forbidden", f"cannot {self.command}: RBAC")

    def _shown(self, name: str) -> tuple[int, dict[str, Any]]:
        found = self.server.state.secrets.get(name)
        gone = status(404, "NotFound", f'secrets "{name}" not found')
        return (200, found) if found else (404, gone)

    def _made(self, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        secrets, name = self.server.state.secrets, document["metadata"]["name"]
        if not NAME.fullmatch(name) or document["metadata"]["namespace"] != NAMESPACE:
            return 422, status(422, "Invalid", f'Secret "{name}" is invalid: metadata.name')
        if name in secrets:
            return 409, status(409, "AlreadyExists", f'secrets "{name}" already exists')
        values = document.pop("stringData").items()
        document["data"] = {key: base64.b64encode(v.encode()).decode() for key, v in values}
        secrets[name] = document
        return 201, document

    def _fail(self, fault: Fault, body: bytes) -> None:
        match fault:
            case Fault.DROPPED:
                self.close_connection = True
            case Fault.CUT:
                self._write(201, b'{"kind": "Secret"', length=100_000)
            case Fault.LOST:
                time.sleep(5)
                self.close_connection = True
            case Fault.GATEWAY:
                self._write(502, b"<html><h1>Bad Gateway</h1></html>")
            case _:
                code, reason, message = REFUSALS[fault]
                self._answer(code, status(code, reason, message + body.decode()))

    def _answer(self, code: int, document: dict[str, Any]) -> None:
        self._write(code, json.dumps(document).encode())

    def _write(self, code: int, body: bytes, length: int | None = None) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)


REFUSALS = {
    Fault.BUSY: (429, "TooManyRequests", "please try again later"),
    Fault.UNAVAILABLE: (503, "ServiceUnavailable", "the server is not ready"),
    Fault.QUOTA: (409, "Conflict", "Operation cannot be fulfilled on resourcequotas"),
    Fault.UNAUTHORIZED: (401, "Unauthorized", "Unauthorized"),
    Fault.FORBIDDEN: (403, "Forbidden", "secrets is forbidden"),
    Fault.DELETED: (404, "NotFound", "secrets not found"),
    Fault.INVALID: (422, "Invalid", "Secret is invalid"),
    Fault.WEBHOOK: (400, "BadRequest", "admission webhook denied the request: "),
}


class Server(ThreadingHTTPServer):
    """The listener."""

    daemon_threads = True

    def __init__(self, port: int, state: State, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.state = state
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


def service_account(folder: Path, authority: trustme.CA, token: str = TOKEN) -> Path:
    """The folder that Kubernetes mounts into a pod."""
    folder.mkdir()
    authority.cert_pem.write_to_path(folder / "ca.crt")
    (folder / "token").write_text(token)
    return folder


@contextmanager
def serving(port: int, state: State, authority: trustme.CA) -> Iterator[int]:
    """Within: the API answers; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    server = Server(port, state, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
