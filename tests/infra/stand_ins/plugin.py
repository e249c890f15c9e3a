"""What each stand-in has in common: a server that tells Pulumi its port, as its plugins do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import grpc


def serve(add: Callable[[grpc.Server], None]) -> None:
    """Answer until Pulumi ends this process."""
    server = grpc.server(ThreadPoolExecutor(max_workers=32))
    add(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 -- what Pulumi waits for
    with suppress(KeyboardInterrupt):
        server.wait_for_termination()
