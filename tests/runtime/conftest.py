"""A cluster's API on loopback for each test, and the program that a pod would start against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.runtime import postgres_store
from tests.runtime.kubernetes_server import Cluster, State, service_account, serving
from tests.store.postgres import Server

from modelops_runtime.central_store.connection import Settings


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cluster(tmp_path: Path, authority: trustme.CA) -> Iterator[Cluster]:
    state = State()
    with serving(0, state, authority) as port:
        yield Cluster(port, service_account(tmp_path / "service-account", authority), state)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for all tests of the session."""
    with postgres_store.postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def emptied() -> list[Settings]:
    """Databases of earlier tests: to make a new one takes ten times as long as to empty it."""
    return []


@pytest.fixture
def database(postgres: Server, emptied: list[Settings]) -> Iterator[Settings]:
    """An empty database with an owner of its own."""
    database = emptied.pop() if emptied else postgres_store.new_database(postgres)
    yield database
    postgres_store.empty(postgres, database)
    emptied.append(database)
