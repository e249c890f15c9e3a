"""Each worker searches for itself: they share the trials, and what one leaves another takes up.

Everything here is real: processes, a Dask cluster of processes, Postgres, Optuna's own tables.
"""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from tests.runtime.dask_cluster import DaskCluster
from tests.runtime.search_processes import Search, plane, searching, wanted
from tests.runtime.simulation_bundle import Toy
from tests.store.postgres import Server

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.central_store.connection import Settings, connect, engine_arguments
from modelops_runtime.central_store.events import Started

Begin = Callable[..., Search]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, toy: Toy) -> Iterator[DaskCluster]:
    with plane(tmp_path_factory.mktemp("dask"), toy) as cluster:
        yield cluster


@pytest.fixture
def begin(toy: Toy, dask: DaskCluster, database: Settings, tmp_path: Path) -> Iterator[Begin]:
    """Begins the run of a test."""
    begun = []

    def began(**changed: Any) -> Search:  # noqa: ANN401 -- JSON
        apart = {"workers__mode": "independent", "trials": 16, "batch": 2, **changed}
        manager = searching(tmp_path, database, dask, wanted(toy, tmp_path / "noted", **apart))
        begun.append(manager)
        return manager.__enter__()

    yield began
    for manager in begun:
        manager.__exit__(None, None, None)


def who_began(search: Search) -> set[str]:
    return {one.worker for one in search.events() if isinstance(one, Started)}


def test_several_share_the_trials_and_one_delivers(begin: Begin, dask: DaskCluster) -> None:
    manifest = dask.folder / "results/runs/dev/sir/manifest.json"
    manifest.unlink(missing_ok=True)
    search = begin()
    search.start("one", "two")
    assert (search.status("one"), search.status("two")) == (0, 0)
    search.check_complete()
    assert who_began(search) == {"one", "two"}
    assert manifest.exists()
    storage = optuna.storages.RDBStorage(DIALECT, engine_arguments(search.database))
    found = optuna.load_study(study_name=search.config.study, storage=storage).trials
    assert [one.value for one in found] == [one.params["x"] for one in found]
    assert len(found) == 16
    storage.engine.dispose()
    assert search.once("three").status == 0
    search.check_complete()


def test_what_a_dead_worker_had_is_taken_up_when_its_leases_end(begin: Begin) -> None:
    parameters = {"x": {"type": "float", "low": 0.3, "high": 0.6, "log": False}}
    search = begin(parameters=parameters)
    search.start("one")
    before = search.until_told(3)
    search.send("one", signal.SIGKILL)
    search.workers["one"].wait(30)
    with connect(search.database) as connection:
        # Instead of two minutes.
        left = connection.execute("UPDATE modelops.leases SET expires_at = now()").rowcount
    assert left
    search.start("two")
    assert search.status("two") == 0
    assert before <= search.told()
    search.check_complete()


def test_a_worker_that_is_stopped_leaves_nothing_leased(begin: Begin) -> None:
    parameters = {"x": {"type": "float", "low": 1.0, "high": 2.0, "log": False}}
    search = begin(parameters=parameters, trials=6)
    search.start("one", MODELOPS_GRACE_SECONDS="0")
    search.until_told(1)
    search.send("one", signal.SIGTERM)
    assert search.status("one") == 143
    search.start("two")
    assert search.status("two") == 0
    search.check_complete()


def test_postgres_may_be_restarted(begin: Begin, postgres: Server) -> None:
    search = begin(trials=30)
    search.start("one")
    before = search.until_told(5)
    postgres.stop("immediate")
    postgres.start()
    assert search.status("one") == 0, search.evidence()
    assert before <= search.told()
    search.check_complete()
