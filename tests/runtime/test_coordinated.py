"""One worker leads, the others stand by: whatever dies, no trial that was told is lost.

Everything here is real: processes, a Dask cluster of processes, Postgres, Optuna.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import optuna
import pytest
from tests.runtime.dask_cluster import DaskCluster, until
from tests.runtime.search_here import searched
from tests.runtime.search_processes import POD, Search, plane, searching, wanted
from tests.runtime.simulation_bundle import Toy, noted
from tests.store.postgres import Server

from modelops_runtime.algorithms.adapter import DIALECT
from modelops_runtime.central_store.connection import Settings, engine_arguments
from modelops_runtime.central_store.events import Asked, Event, Told
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.contracts.trial import TrialResult
from modelops_runtime.search.decisions import Outcome

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
        manager = searching(tmp_path, database, dask, wanted(toy, tmp_path / "noted", **changed))
        begun.append(manager)
        return manager.__enter__()

    yield began
    for manager in begun:
        manager.__exit__(None, None, None)


def test_a_run_ends_and_leaves_everything_it_found(
    begin: Begin, dask: DaskCluster, tmp_path: Path
) -> None:
    search = begin()
    search.start("one", "two")
    assert (search.status("one"), search.status("two")) == (0, 0)
    search.check_once()
    search.check_complete()
    assert sorted([search.said("one", "leads"), search.said("two", "leads")])[1] >= 1
    ran = noted(tmp_path / "noted")
    for trial in search.history().trials.values():
        assert trial.judgement
        assert trial.judgement.result.seeds == replicate_seeds(trial.parameters, 2)
        assert all(ran[f"ended {seed}"] == 1 for seed in trial.judgement.result.seeds)
    storage = optuna.storages.RDBStorage(DIALECT, engine_arguments(search.database))
    copied = optuna.load_study(study_name=search.config.study, storage=storage).trials
    assert [one.number for one in copied] == list(range(24))
    assert [one.value for one in copied] == [one.params["x"] for one in copied]
    storage.engine.dispose()
    folder = dask.folder / "results/runs/dev/sir"
    assert (folder / "manifest.json").exists()
    assert (folder / "trials.parquet").exists()
    ended = search.history().ended
    assert ended
    assert ended.results == str(folder)
    again = search.once("three")
    assert again.status == 0
    search.check_once()
    search.check_complete()


def test_the_same_run_gives_the_same_trials_on_a_cluster_and_without_one(
    begin: Begin, toy: Toy, tmp_path: Path
) -> None:
    search = begin(model="model/plain", trials=12)
    search.start("one")
    assert search.status("one") == 0
    text = Path(search.variables["MODELOPS_RUN_CONFIG"]).read_text()
    outcome, events = searched(toy, tmp_path / "here", text)
    assert outcome is Outcome.FINISHED
    assert found(events) == found(search.events())


def found(events: Iterable[Event]) -> dict[int, tuple[ParameterSet, TrialResult, object]]:
    """What each trial was and came to, down to the bytes of its tables."""
    events = list(events)
    asked = {one.number: one.parameters for one in events if isinstance(one, Asked)}
    return {
        one.number: (
            asked[one.number],
            one.judgement.result,
            [record.outputs for record in one.judgement.replicates],
        )
        for one in sorted(
            (one for one in events if isinstance(one, Told)), key=lambda one: one.number
        )
    }


def test_who_stands_by_takes_over_from_a_leader_that_is_killed(begin: Begin) -> None:
    search = begin()
    search.start("one")
    search.until_told(3)
    search.start("two")
    before = search.until_told(6)
    search.send("one", signal.SIGKILL)
    assert search.status("two") == 0
    assert before <= search.told()
    search.check_once()
    search.check_complete()
    assert search.said("two", "leads") == 1


def test_a_worker_that_is_stopped_finishes_what_runs_and_the_next_goes_on(begin: Begin) -> None:
    search = begin()
    search.start("one")
    before = search.until_told(4)
    search.send("one", signal.SIGTERM)
    assert search.status("one") == 143
    trials = search.history().trials.values()
    assert all(trial.judgement for trial in trials), "what ran has ended"
    assert len(before) <= len(trials) < search.config.trials
    search.start("one")
    assert search.status("one") == 0
    search.check_once()
    search.check_complete()


def test_a_worker_without_time_gives_back_what_runs(begin: Begin) -> None:
    parameters = {"x": {"type": "float", "low": 1.0, "high": 2.0, "log": False}}
    search = begin(parameters=parameters, trials=4, inFlight=4)
    search.start("one", MODELOPS_GRACE_SECONDS="0")
    until(lambda: len(search.history().trials) == 4)
    search.send("one", signal.SIGTERM)
    assert search.status("one") == 143
    assert len(search.told()) < 4
    search.start("two")
    assert search.status("two") == 0
    search.check_once()
    search.check_complete()


def test_a_dask_worker_that_is_killed_costs_no_trial(begin: Begin, dask: DaskCluster) -> None:
    search = begin()
    dask.start("doomed")
    search.start("one")
    before = search.until_told(5)
    doomed = dask.pods.pop("doomed")
    os.killpg(doomed.pid, signal.SIGKILL)
    doomed.wait(30)
    assert search.status("one") == 0
    assert before <= search.told()
    search.check_once()
    search.check_complete()


def test_postgres_may_be_restarted(begin: Begin, postgres: Server) -> None:
    search = begin(trials=40)
    search.start("one", "two")
    before = search.until_told(5)
    postgres.stop("immediate")
    try:
        until(
            lambda: search.said("one", "the lead is lost") + search.said("two", "the lead is lost")
        )
    finally:
        postgres.start()
    assert (search.status("one"), search.status("two")) == (0, 0)
    assert before <= search.told()
    search.check_once()
    search.check_complete()


def test_the_scheduler_may_be_killed(begin: Begin, dask: DaskCluster) -> None:
    search = begin(trials=40)
    search.start("one")
    before = search.until_told(5)
    dask.kill_scheduler()
    dask.pods[POD].wait(60)
    dask.start_scheduler()
    dask.start(POD)
    assert search.status("one") == 0
    assert before <= search.told()
    search.check_once()
    search.check_complete()
