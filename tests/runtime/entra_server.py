"""Entra ID on loopback, as far as a pod's workload identity asks it: a token for an assertion.

Tokens are JSON Web Tokens of the form that Azure's services want, signed by nobody.
"""

import base64
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import trustme

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
CLIENT = "11111111-2222-3333-4444-555555555555"
ISSUER = "https://oidc.example/cluster/"
SUBJECT = "system:serviceaccount:modelops:worker"
BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class State:
    """What it holds, does and saw.

    Attributes:
        expires_in: seconds for which its tokens are good, from now on.
        refusals: what is answered to the next requests in the place of a token: status and text.
        given: the tokens, in the order in which they were given.
        asked: what each request said.
        on_token: called with each token before it is answered.
        audience: of the tokens; empty: the scope's.
    """

    expires_in: int = 3600
    refusals: list[tuple[int, str]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    on_token: Callable[[str], None] = lambda _: None
    audience: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Entra:
    """One that answers.

    Attributes:
        variables: that AKS would give a pod.
        state: of the server.
        file: with the token of the pod's service account.
    """

    variables: Mapping[str, str]
    state: State
    file: Path


def jwt(claims: Mapping[str, object]) -> str:
    """A token that says this of itself."""
    parts = [{"alg": "none", "typ": "JWT"}, claims, {}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join(part.rstrip("=") for part in encoded)


def assertion(subject: str = SUBJECT, *, number: int = 0) -> str:
    """The token of a service account, as the kubelet writes it; another one for each number."""
    return jwt({"iss": ISSUER, "sub": subject, "aud": ["api://AzureADTokenExchange"], "n": number})


def said(token: str) -> dict[str, Any]:
    """What a token says of itself."""
    payload = token.split(".")[1]
    found: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    )
    return found


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base's name
        """Say nothing."""

    def do_POST(self) -> None:
        """Give a token."""
        length = int(self.headers["Content-Length"])
        form = {
            name: found[0] for name, found in parse_qs(self.rfile.read(length).decode()).items()
        }
        state = self.server.state
        with state.lock:
            state.asked.append(form)
            refusal = state.refusals.pop(0) if state.refusals else self._wrong(form)
            if refusal:
                return self._answer(*refusal)
            token = self._token(form)
            state.given.append(token)
            state.on_token(token)
            told = {
                "token_type": "Bearer",
                "expires_in": state.expires_in,
                "access_token": token,
            }
        return self._answer(200, json.dumps(told))

    def _wrong(self, form: Mapping[str, str]) -> tuple[int, str] | None:
        """What Entra ID would complain of."""
        if self.path != f"/{TENANT}/oauth2/v2.0/token":
            return 400, error("AADSTS90002: Tenant not found.")
        if form["client_id"] != CLIENT:
            return 400, error("AADSTS700016: Application was not found in the directory.")
        if (form["grant_type"], form["client_assertion_type"]) != (
            "client_credentials",
            BY_ASSERTION,
        ):
            return 400, error("AADSTS70003: The app requested an unsupported grant type.")
        known = said(form["client_assertion"])
        if (known["iss"], known["sub"]) != (ISSUER, SUBJECT):
            return 401, error(
                "AADSTS700213: No matching federated identity record found for presented"
                f" assertion subject '{known['sub']}'. Trace ID: 0 Correlation ID: 0"
            )
        return None

    def _token(self, form: Mapping[str, str]) -> str:
        state, now = self.server.state, int(time.time())
        return jwt(
            {
                "aud": state.audience or form["scope"].removesuffix("/.default"),
                "iss": f"https://sts.windows.net/{TENANT}/",
                "iat": now,
                "nbf": now - 5,
                "exp": now + state.expires_in,
                "appid": form["client_id"],
                "jti": len(state.given),
            }
        )

    def _answer(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if body[:1] == "{" else "text/html")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


def error(description: str) -> str:
    """An answer of Entra ID that refuses."""
    return json.dumps({"error": "invalid_request", "error_description": description})


class Server(ThreadingHTTPServer):
    """The listener."""

    daemon_threads = True

    def __init__(self, state: State, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = state
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serving(folder: Path, authority: trustme.CA) -> Iterator[Entra]:
    """Within: it answers, and what a pod finds is in the folder.

    Whoever asks has to trust the authority: its certificate is `REQUESTS_CA_BUNDLE` of the
    variables, which reaches a process of its own, and this one only if the test sets it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    folder.mkdir(parents=True, exist_ok=True)
    file, trusted = folder / "azure-identity-token", folder / "authority.pem"
    file.write_text(assertion())
    authority.cert_pem.write_to_path(trusted)
    state = State()
    server = Server(state, context)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Entra(_variables(server.server_port, file, trusted), state, file)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _variables(port: int, file: Path, trusted: Path) -> dict[str, str]:
    return {
        "AZURE_AUTHORITY_HOST": f"https://127.0.0.1:{port}/",
        "AZURE_CLIENT_ID": CLIENT,
        "AZURE_FEDERATED_TOKEN_FILE": str(file),
        "AZURE_TENANT_ID": TENANT,
        "REQUESTS_CA_BUNDLE": str(trusted),
    }
