"""A cluster's API on loopback for each test, and the program that a pod would start against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from tests.runtime.kubernetes_server import Cluster, State, service_account, serving


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cluster(tmp_path: Path, authority: trustme.CA) -> Iterator[Cluster]:
    state = State()
    with serving(0, state, authority) as port:
        yield Cluster(port, service_account(tmp_path / "service-account", authority), state)
