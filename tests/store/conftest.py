"""One server of each version for all tests of stores, and a store of its own for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from tests.store.postgres import INSTALLATIONS, Server, running
from tests.store.stores import Store

NUMBERS = count(1)


@pytest.fixture(scope="session", params=INSTALLATIONS, ids="postgres-{}".format)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    # Not pytest's own folder: nobody but its owner may enter that.
    folder = Path(tempfile.mkdtemp(prefix="modelops-store-"))
    folder.chmod(0o755)
    try:
        with running(request.param, folder) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def store(server: Server) -> Store:
    """A store that is not made yet."""
    number = next(NUMBERS)
    return Store(server, f"user-{number}", f"database-{number}", f"password-{number}")
