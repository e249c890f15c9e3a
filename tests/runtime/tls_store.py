"""TLS in front of a Postgres whose build has none: what libpq meets is a server that encrypts.

It answers libpq's request for TLS, decrypts, and hands all on.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import trustme

REQUEST = bytes.fromhex("00000008 04d2162f")
LOOPBACK = "127.0.0.1"


@contextmanager
def encrypting(port: int, authority: trustme.CA) -> Iterator[int]:
    """Within: a port that leads to the server's; the certificate is `localhost`'s."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with socket.create_server((LOOPBACK, 0)) as listener:
        threading.Thread(target=_accept, args=(listener, context, port), daemon=True).start()
        yield listener.getsockname()[1]
        # A listener that is only closed goes on to wait in `accept`.
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            arguments = (client, context, port)
            threading.Thread(target=_serve, args=arguments, daemon=True).start()


def _serve(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with client, suppress(OSError):
        if client.recv(len(REQUEST)) != REQUEST:
            return
        client.sendall(b"S")
        with (
            context.wrap_socket(client, server_side=True) as encrypted,
            socket.create_connection((LOOPBACK, port)) as server,
        ):
            back = threading.Thread(target=_copy, args=(server, encrypted), daemon=True)
            back.start()
            _copy(encrypted, server)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while some := source.recv(65_536):
            target.sendall(some)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
