"""A cluster's API on loopback for each test, and the program that a pod would start against it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import trustme
from tests.runtime import azurite_server, entra_server, postgres_store
from tests.runtime.kept_results import Kept
from tests.runtime.kubernetes_server import Cluster, State, service_account, serving
from tests.store.postgres import Server

from modelops_runtime.central_store.connection import Settings
from modelops_runtime.configuration.runtime import FolderResults


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def cluster(tmp_path: Path, authority: trustme.CA) -> Iterator[Cluster]:
    state = State()
    with serving(0, state, authority) as port:
        yield Cluster(port, service_account(tmp_path / "service-account", authority), state)


@pytest.fixture
def entra(
    tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> Iterator[entra_server.Entra]:
    """An Entra ID that this process trusts; a pod's variables are the fixture's, not set."""
    with entra_server.serving(tmp_path / "entra", authority) as entra:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", entra.variables["REQUESTS_CA_BUNDLE"])
        yield entra


@pytest.fixture(scope="session")
def azurite(authority: trustme.CA) -> Iterator[azurite_server.Azurite]:
    """One storage account for all tests of the session; nothing of it is left."""
    with (
        TemporaryDirectory() as folder,
        azurite_server.serving(Path(folder), authority) as azurite,
    ):
        yield azurite


@pytest.fixture
def kept_in_folder(tmp_path: Path) -> Kept:
    """Results in a folder, which is not there yet."""
    return Kept(FolderResults(lasting=True, directory=str(tmp_path / "a/b"), size_bytes=10**9))


@pytest.fixture
def kept_in_blobs(azurite: azurite_server.Azurite, entra: entra_server.Entra) -> Kept:
    """Results in a container of blobs, which is empty."""
    return Kept(azurite.new_container(entra), entra.variables)


@pytest.fixture(params=["folder", "blobs"])
def kept(request: pytest.FixtureRequest) -> Kept:
    """Results in each of them."""
    found: Kept = request.getfixturevalue(f"kept_in_{request.param}")
    return found


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
