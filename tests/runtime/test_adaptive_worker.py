"""`adaptive-worker`: what it refuses, what it leaves behind, and a search without any store."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from tests.runtime.dask_cluster import until
from tests.runtime.program import Ended, run
from tests.runtime.run_files import run_file, run_text
from tests.runtime.search_here import searched
from tests.runtime.simulation_bundle import Toy
from tests.runtime.trial_events import some_of_all

from modelops_runtime.adaptive_worker.goodbye import LONGEST, fitting, say_goodbye
from modelops_runtime.central_store.events import Asked, Ending, Event, Reported, Told
from modelops_runtime.central_store.events import Ended as RunEnded
from modelops_runtime.central_store.history import history
from modelops_runtime.central_store.log import MemoryLog
from modelops_runtime.configuration.run import run_config
from modelops_runtime.search.decisions import Outcome
from modelops_runtime.search.results import place
from modelops_runtime.search.watching import Watching

COMMAND = [sys.executable, "-m", "modelops_runtime", "adaptive-worker", "--metrics-port", "0"]
NOWHERE = {"DASK_SCHEDULER_ADDRESS": "tcp://127.0.0.1:9", "PATH": os.environ["PATH"]}
ALONE = {"store": {"kind": "none"}, "workers__replicas": 1}


def refused(folder: Path, variables: dict[str, str] | None = None, **changed: Any) -> Ended:  # noqa: ANN401 -- JSON
    return run(COMMAND, {**NOWHERE, **run_file(folder, **changed), **(variables or {})})


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"store": {"kind": "none"}}, "the run `sir` has no store"),
        ({**ALONE, "workers__mode": "independent"}, "the run `sir` has no store"),
        ({**ALONE, "algorithm__name": "oracle"}, "no algorithm `oracle`"),
        ({**ALONE, "algorithm__sampler": "oracle"}, "no sampler `oracle`"),
        ({}, "not set: PGHOST"),
    ],
)
def test_what_only_another_configuration_helps(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    found = refused(tmp_path, **changed)
    assert found.status == 64
    assert told in found.told


def test_a_wrong_environment_is_refused(tmp_path: Path) -> None:
    assert run(COMMAND, NOWHERE).status == 64
    assert refused(tmp_path, {"MODELOPS_GRACE_SECONDS": "soon"}, **ALONE).status == 64


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104 -- as the worker does
        port = str(taken.getsockname()[1])
        found = run([*COMMAND[:-1], port], {**NOWHERE, **run_file(tmp_path, **ALONE)})
    assert found.status == 64
    assert f"no metrics at port {port}" in found.told


def test_a_store_that_is_away_is_waited_for(tmp_path: Path) -> None:
    """It says so, stays, and leaves when it is asked to."""
    nowhere = {"PGHOST": "127.0.0.1", "PGPORT": "9", "PGUSER": "u", "PGDATABASE": "d"}
    log = tmp_path / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            COMMAND, env={**NOWHERE, **run_file(tmp_path), **nowhere}, stderr=written
        )
    until(lambda: "the store is away" in log.read_text())
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143


# --- a search in this process --------------------------------------------------------------------


def search(toy: Toy, folder: Path, **changed: Any) -> tuple[Outcome, list[Event]]:  # noqa: ANN401 -- JSON
    """A search of the toy bundle."""
    wanted = {
        **ALONE,
        "model": "model/plain",
        "objective__target": "targets:mean",
        "bundle__image": toy.reference.digest,
        "parameters": {"x": {"type": "float", "low": 0.0, "high": 1.0, "log": False}},
        "trials": 12,
        **changed,
    }
    return searched(toy, folder, run_text(**wanted))


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "bundles")


@pytest.mark.parametrize("pruner", ["none", "median"])
def test_a_search_without_cluster_and_store(toy: Toy, tmp_path: Path, pruner: str) -> None:
    outcome, events = search(toy, tmp_path, algorithm__pruner=pruner, replicates=8)
    assert outcome is Outcome.FINISHED
    told = {one.number: one.judgement.result for one in events if isinstance(one, Told)}
    asked = {one.number: one.parameters for one in events if isinstance(one, Asked)}
    assert sorted(told) == sorted(asked) == list(range(12))
    assert not [one.diagnostics for one in told.values() if one.loss is None]
    assert {number: one.loss for number, one in told.items()} == pytest.approx(
        {number: parameters.values["x"] for number, parameters in asked.items()}
    )
    steps = {one.step for one in events if isinstance(one, Reported)}
    assert steps == (set() if pruner == "none" else {0, 1, 2})
    folder = tmp_path / "results/runs/dev/sir"
    assert events[-1] == RunEnded(Ending.FINISHED, str(folder))
    assert json.loads((folder / "manifest.json").read_text())
    assert (tmp_path / "results/runs/dev/sir/manifest.json").exists()


def test_failures_are_told(toy: Toy, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    outcome, events = search(toy, tmp_path, model="model/odd-fails", trials=4)
    assert outcome is Outcome.FINISHED
    told = [one.judgement for one in events if isinstance(one, Told)]
    kinds = {record.failure for one in told for record in one.replicates}
    assert "model_error" in kinds
    said = [vars(one) for one in caplog.records if one.message == "simulation failed"]
    seeds = {record.seed for one in told for record in one.replicates if record.failure}
    assert {one["seed"] for one in said} == seeds
    assert {one["run"] for one in said} == {"dev/sir"}


def test_a_deadline_ends_a_search_and_delivers_what_there_is(toy: Toy, tmp_path: Path) -> None:
    x = {"type": "float", "low": 0.2, "high": 0.4, "log": False}
    changed = {"model": "model/slow", "parameters": {"x": x}, "deadlineSeconds": 1, "inFlight": 1}
    outcome, events = search(toy, tmp_path, trials=500, **changed)
    assert outcome is Outcome.OVERDUE
    assert isinstance(events[-1], RunEnded)
    assert events[-1].message
    assert (tmp_path / "results/runs/dev/sir/trials.parquet").exists()


def test_results_of_another_start_have_another_place() -> None:
    assert place(run_config(run_text())) == "runs/dev/sir"
    assert place(run_config(run_text(restart="../2 b"))) == "runs/dev/sir/restart-..%2F2%20b"


# --- what others see -----------------------------------------------------------------------------


def test_metrics_count_from_the_beginning_of_the_search() -> None:
    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    watching = Watching(run_config(run_text()))
    log = MemoryLog()
    log.append(some_of_all())
    watching.begins(history(log.records()))
    states = {state: value("modelops_trials", state=state) for state in ("completed", "failed")}
    assert states == {"completed": 5.0, "failed": 1.0}
    assert value("modelops_trials", state="pruned") == 1.0
    assert value("modelops_trials_best_loss") == 0.5
    assert value("modelops_leader") == 1.0
    watching.saw(some_of_all()[:4])
    assert value("modelops_trials_in_flight") == 1.0
    watching.begins(None)
    assert value("modelops_leader") == 0.0
    assert value("modelops_trials", state="completed") == 0.0


def test_what_a_pod_leaves_behind_fits() -> None:
    line = {"run": "sir", "lastError": {"message": "ü" * 400}, "best": {"loss": 1.0}}
    assert json.loads(fitting(line)) == line
    large = {**line, "best": {"parameters": {f"p{number}": 0.1 for number in range(500)}}}
    assert len(fitting(large).encode()) <= LONGEST
    assert json.loads(fitting(large)) == {"run": "sir", "lastError": None, "best": None}


def test_without_a_store_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "termination-log"
    file.touch()
    say_goodbye(run_config(run_text(**ALONE)), {}, file)
    assert not file.read_text()
