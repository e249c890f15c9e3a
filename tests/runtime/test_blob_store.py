"""Results in a container of blobs, beyond what every store does: logins, faults and connections."""

import logging
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import trustme
from azure.storage.blob import StorageErrorCode
from requests import PreparedRequest
from tests.runtime import azurite_server
from tests.runtime.azurite_server import Azurite
from tests.runtime.entra_server import CLIENT, Entra, assertion
from tests.runtime.kept_results import Kept
from tests.runtime.simulation_bundle import Toy
from urllib3.util import connection

from modelops_runtime.azure_login.workload import NoWorkloadIdentity, workload_login
from modelops_runtime.configuration.runtime import BlobResults
from modelops_runtime.results.blobs import BlobStore
from modelops_runtime.results.connection import Sending, reached
from modelops_runtime.results.failures import is_missing, unusable
from modelops_runtime.results.object_store import ObjectStore
from modelops_runtime.simulation.cache import ResultCache
from modelops_runtime.simulation.delivery import NotDelivered, delivered

TABLES = {"cases": b"many", "deaths": b"few\nindeed"}
FILES = {
    "trials.parquet": bytes(range(256)) * 10_000,
    "more/none": b"",
    "manifest.json": b'{"kind": "RunResults"}\n',
}


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "bundles")


@pytest.fixture
def own_azurite(authority: trustme.CA) -> Iterator[Azurite]:
    """One that a test may stop."""
    with (
        TemporaryDirectory() as folder,
        azurite_server.serving(Path(folder), authority) as azurite,
    ):
        yield azurite


def impatient(told: BlobResults, entra: Entra) -> BlobStore:
    """A store that asks once."""
    container = reached(told.endpoint, told.container, workload_login(entra.variables))
    return BlobStore(container, told.prefix, retries=0)


def refusals(store: ObjectStore) -> list[str]:
    """Why it can neither put nor get."""
    found = []
    with pytest.raises(OSError, match="https://") as putting:
        store.put("a", b"x")
    found.append(str(putting.value))
    with pytest.raises(OSError, match="https://") as getting:
        store.get("a")
    found.append(str(getting.value))
    return found


# --- logins -----------------------------------------------------------------------------------


def test_an_expired_token_is_renewed(kept_in_blobs: Kept, entra: Entra) -> None:
    entra.state.expires_in = 2
    store, before = kept_in_blobs.results().files, len(entra.state.given)
    store.put("a", b"first")
    time.sleep(2.5)
    entra.file.write_text(assertion(number=1))
    store.put("a", b"second")
    assert store.get("a") == b"second"
    assert len(entra.state.given) >= before + 2
    assert entra.state.asked[-1]["client_assertion"] == assertion(number=1)


def test_one_token_serves_many_requests(kept_in_blobs: Kept, entra: Entra) -> None:
    results, before = kept_in_blobs.results(), len(entra.state.given)
    for number in range(10):
        results.files.put(f"{number}", b"x")
        results.tables.put(f"{number}", b"x")
    assert len(entra.state.given) == before + 1


def test_a_token_for_something_else_is_refused(kept_in_blobs: Kept, entra: Entra) -> None:
    entra.state.audience = "https://ossrdbms-aad.database.windows.net"
    for said in refusals(kept_in_blobs.results().files):
        assert "we are refused (403 AuthenticationFailed)" in said
        assert "`Storage Blob Data Contributor`" in said


def test_a_login_that_is_refused_says_why(kept_in_blobs: Kept, entra: Entra) -> None:
    entra.file.write_text(assertion("system:serviceaccount:elsewhere:worker"))
    for said in refusals(kept_in_blobs.results().files):
        assert f"no login: the identity {CLIENT} has no federated credential" in said
        assert "`system:serviceaccount:elsewhere:worker`" in said


def test_entra_id_is_asked_again(kept_in_blobs: Kept, entra: Entra) -> None:
    entra.state.refusals = [(503, "<html>busy</html>")]
    store = kept_in_blobs.results().files
    store.put("a", b"x")
    assert store.get("a") == b"x"


def test_no_login_means_no_worker(kept_in_blobs: Kept) -> None:
    with pytest.raises(NoWorkloadIdentity, match="AZURE_CLIENT_ID is not set"):
        Kept(kept_in_blobs.config, {}).results()


def test_a_folder_needs_nothing_of_azure(
    kept_in_folder: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("azure", "azure.core", "azure.core.exceptions", "azure.identity", "azure.storage"):
        monkeypatch.setitem(sys.modules, name, None)
    store = kept_in_folder.results().files
    store.put("a", b"x")
    assert store.get("a") == b"x"


# --- faults -----------------------------------------------------------------------------------


def test_a_container_that_is_missing_is_named(azurite: Azurite, entra: Entra) -> None:
    told = azurite.no_container()
    for said in refusals(Kept(told, entra.variables).results().files):
        assert f"{told.endpoint}/{told.container}: there is no such container" in said
        assert "`azure.storage.containers` names it" in said


def test_nobody_answers(kept_in_blobs: Kept, entra: Entra) -> None:
    assert isinstance(kept_in_blobs.config, BlobResults)
    told = replace(kept_in_blobs.config, endpoint="https://127.0.0.1:9/account")
    for said in refusals(impatient(told, entra)):
        assert said.startswith("https://127.0.0.1:9/account/")
        assert "no answer: " in said


def test_an_account_that_nobody_can_trust_is_sent_nothing(
    kept_in_blobs: Kept, entra: Entra, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told, login = kept_in_blobs.config, workload_login(entra.variables)
    assert isinstance(told, BlobResults)
    login.get_token("https://storage.azure.com/.default")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "other.pem"))
    for said in refusals(BlobStore(reached(told.endpoint, told.container, login), "x", retries=0)):
        assert "no answer: " in said
        assert "CERTIFICATE_VERIFY_FAILED" in said


@dataclass
class Answered(Exception):  # noqa: N818 -- named for what is so
    """What Azure's package raises, as far as it is looked at."""

    status_code: int
    error_code: object = None


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        (Answered(403, "AuthorizationPermissionMismatch"), "needs the role `Storage Blob Data"),
        (Answered(403, StorageErrorCode.AUTHORIZATION_FAILURE), "the account's firewall has to"),
        (Answered(403, "AuthorizationFailure"), "we are refused (403 AuthorizationFailure)"),
        (Answered(401), "we are refused (401 no code)"),
        (Answered(404, "ContainerNotFound"), "there is no such container"),
        (Answered(409, "ContainerBeingDeleted"), "there is no such container"),
        (Answered(503, "ServerBusy"), "the answer is 503 (ServerBusy)"),
        (Answered(413, StorageErrorCode.REQUEST_BODY_TOO_LARGE), "413 (RequestBodyTooLarge)"),
    ],
)
def test_each_refusal_says_what_to_do(answered: Answered, says: str) -> None:
    assert not is_missing(answered)
    assert says in str(unusable(answered, "https://account/container"))


def test_what_is_away_for_a_moment_is_waited_for(own_azurite: Azurite, entra: Entra) -> None:
    store = Kept(own_azurite.new_container(entra), entra.variables).results().files
    store.put("before", b"before")
    own_azurite.stop()
    starting = threading.Timer(1.0, own_azurite.start)
    starting.start()
    store.put("after", b"after")
    starting.join()
    assert store.get("before") == b"before"
    own_azurite.stop()
    starting = threading.Timer(1.0, own_azurite.start)
    starting.start()
    assert store.get("after") == b"after"
    starting.join()


# --- the cache and deliveries -----------------------------------------------------------------


def test_workers_share_the_cache(kept: Kept, toy: Toy) -> None:
    here, there = (ResultCache(kept.results().simulations) for _ in range(2))
    tasks = [toy.task("plain", seed) for seed in range(4)]
    here.put(tasks[0], TABLES)
    there.put(tasks[1], TABLES)
    assert [here.get(task) for task in tasks] == [TABLES, TABLES, None, None]
    assert [there.get(task) for task in tasks] == [TABLES, TABLES, None, None]


def test_the_cache_fails_no_simulation(
    azurite: Azurite, entra: Entra, toy: Toy, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "modelops_runtime")
    cache = ResultCache(Kept(azurite.no_container(), entra.variables).results().simulations)
    cache.put(toy.task("plain"), TABLES)
    assert cache.get(toy.task("plain")) is None
    said = [record.getMessage() for record in caplog.records if "modelops" in record.name]
    assert said == ["a result is not kept", "a kept result is of no use"]


def test_results_delivered_are_the_same_bytes_wherever_they_are(
    kept_in_folder: Kept, kept_in_blobs: Kept
) -> None:
    stores = [kept.results().files for kept in (kept_in_folder, kept_in_blobs)]
    for store in stores:
        delivered(store, {**FILES, "trials.parquet": b"of an earlier attempt"}, "runs/dev/sir")
        delivered(store, FILES, "runs/dev/sir")
    for name, content in FILES.items():
        assert [store.get(f"runs/dev/sir/{name}") for store in stores] == [content] * 2


def test_a_delivery_tells_the_url_of_its_folder(kept_in_blobs: Kept) -> None:
    told = kept_in_blobs.config
    assert isinstance(told, BlobResults)
    location = delivered(kept_in_blobs.results().files, FILES, "runs/dev/sir/restart-a%2Fb")
    place = f"{told.endpoint}/{told.container}/default/runs/dev/sir"
    assert location == f"{place}/restart-a%252Fb"


def test_a_delivery_that_cannot_be_says_what_to_do(azurite: Azurite, entra: Entra) -> None:
    store = Kept(azurite.no_container(), entra.variables).results().files
    with pytest.raises(NotDelivered, match=r"default/runs/dev/sir: .*there is no such container"):
        delivered(store, FILES, "runs/dev/sir")


# --- connections ------------------------------------------------------------------------------


def test_connections_serve_again(kept_in_blobs: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    store, made = kept_in_blobs.results().files, []
    create = connection.create_connection

    def counted(*args: Any, **options: Any) -> socket.socket:  # noqa: ANN401 -- urllib3's
        made.append(args)
        return create(*args, **options)

    def put(times: int) -> None:
        for _ in range(times):
            store.put("a", b"x")

    store.put("a", b"x")
    monkeypatch.setattr(connection, "create_connection", counted)
    threads = [threading.Thread(target=put, args=(5,)) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = len(made)
    assert first <= 32
    put(20)
    assert store.get("a") == b"x"
    assert len(made) == first


def test_what_is_large_is_sent_piece_by_piece(
    kept_in_blobs: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that is sent at once has one limit of time together, in the standard library."""
    sizes: list[int] = []
    sendall = ssl.SSLSocket.sendall

    def measured(self: ssl.SSLSocket, content: bytes, flags: int = 0) -> None:
        sizes.append(len(content))
        sendall(self, content, flags)

    monkeypatch.setattr(ssl.SSLSocket, "sendall", measured)
    kept_in_blobs.results().files.put("a", b"x" * 10**6)
    assert sum(sizes) > 10**6
    assert max(sizes) < 10**5


def test_an_object_of_any_size_is_one_request(
    kept_in_blobs: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Several would let two writers of one blob, or a writer and a reader, meet in it."""
    methods: list[str | None] = []
    send = Sending.send

    def noted(self: Sending, request: PreparedRequest, *args: Any, **options: Any) -> Any:  # noqa: ANN401 -- requests'
        methods.append(request.method)
        return send(self, request, *args, **options)

    store, content = kept_in_blobs.results().files, b"x" * 70 * 2**20
    monkeypatch.setattr(Sending, "send", noted)
    store.put("a", content)
    assert store.get("a") == content
    assert methods == ["PUT", "GET"]


def test_what_azure_s_packages_say_is_not_logged(
    kept_in_blobs: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    store = kept_in_blobs.results().files
    store.put("a", b"x")
    assert store.get("a") == b"x"
    assert [one.getMessage() for one in caplog.records] == []
