"""A run whose workers are let in by tokens that are good once: the leader dies, and it goes on.

Everything here is real but Entra ID: processes, a Dask cluster of processes, Postgres, Optuna.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import trustme
from tests.runtime import entra_server
from tests.runtime.dask_cluster import DaskCluster
from tests.runtime.entra_store import Door, door
from tests.runtime.run_files import RUN
from tests.runtime.search_processes import Search, plane, searching, wanted
from tests.runtime.simulation_bundle import Toy
from tests.store.postgres import Server

from modelops_runtime.central_store.connection import Settings, connect

WORKERS = ("one", "two")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, toy: Toy) -> Iterator[DaskCluster]:
    with plane(tmp_path_factory.mktemp("dask"), toy) as cluster:
        yield cluster


@pytest.fixture
def doors(
    postgres: Server, database: Settings, authority: trustme.CA, tmp_path: Path
) -> Iterator[dict[str, Door]]:
    """Each worker has a role of its own: another's token would end what its own one is good for."""
    with ExitStack() as stack:
        found = {}
        for worker in WORKERS:
            entra = stack.enter_context(entra_server.serving(tmp_path / worker, authority))
            found[worker] = stack.enter_context(door(postgres, database, entra))
            found[worker].renew()
        yield found


@pytest.fixture
def search(
    toy: Toy, dask: DaskCluster, database: Settings, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Search]:
    """A run in the mode that a test asks for, whose run file names no password."""
    store = {key: value for key, value in RUN["store"].items() if key != "passwordFile"}
    changed = {"workers__mode": request.param, "store": {**store, "login": "entra"}, "batch": 2}
    run = wanted(toy, tmp_path / "noted", trials=16, **changed)
    with searching(tmp_path, database, dask, run) as search:
        yield search


@pytest.mark.parametrize("search", ["coordinated"], indirect=True)
def test_who_stands_by_takes_over_with_a_token_of_its_own(
    search: Search, doors: dict[str, Door]
) -> None:
    search.start("one", **doors["one"].variables)
    search.until_told(2)
    search.start("two", **doors["two"].variables)
    before = search.until_told(4)
    search.send("one", signal.SIGKILL)
    assert search.status("two") == 0, search.evidence()
    assert before <= search.told()
    search.check_once()
    search.check_complete()
    check_tokens(search, doors)


@pytest.mark.parametrize("search", ["independent"], indirect=True)
def test_workers_that_share_trials_enter_with_tokens(
    search: Search, doors: dict[str, Door]
) -> None:
    for worker, way in doors.items():
        search.start(worker, **way.variables)
    assert [search.status(worker) for worker in doors] == [0, 0], search.evidence()
    search.check_complete()
    check_tokens(search, doors)


def check_tokens(search: Search, doors: dict[str, Door]) -> None:
    """Each connection has shown another one, and none of them was told; all trials are copied."""
    for worker, way in doors.items():
        state, log = way.entra.state, (search.folder / f"{worker}.log").read_text()
        assert state.given
        assert not [token for token in state.given if token in log]
        assert way.entra.file.read_text() not in log
    assert len(doors["two"].entra.state.given) > 1
    with connect(search.database) as connection:
        copied = connection.execute("SELECT count(*) FROM trials WHERE state = 'COMPLETE'")
        assert copied.fetchone() == (search.config.trials,)
