"""`--preload modelops_runtime.dask_preload`: a worker that can simulate, or no worker at all."""

import logging
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.dask_cluster import DaskCluster, dask_cluster, until
from tests.runtime.simulation_bundle import Toy, entries

from modelops_runtime.configuration.sections import Misconfigured
from modelops_runtime.contracts.simulation import Failed, Simulated
from modelops_runtime.dask_preload.preload import configure_logs
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.simulation import tasks
from modelops_runtime.simulation.dask import connected

LONG = 60.0
POD = "dask-worker-5c9f-x2x4z"


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path) as cluster:
        yield cluster


def test_a_worker_simulates_counts_and_logs(dask: DaskCluster, tmp_path: Path) -> None:
    toy = Toy(tmp_path / "bundles")
    dask.executor, dask.bundles = "isolated_warm", str(toy.bundles)
    dask.start(POD, processes=1)
    with connected(dask.address, "dev/toy") as service:
        for _ in range(2):
            assert isinstance(service.submit(toy.task("plain")).result(LONG), Simulated)
        assert isinstance(service.submit(toy.task("crash")).result(LONG), Failed)
    log = dask.log(POD).read_text()
    (address,) = re.findall(r"dashboard at: +([0-9.:]+)", log)
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=LONG) as answer:
        metrics = answer.read().decode()
    counted = dict(re.findall(r"^(modelops_\S+) (\S+)$", metrics, re.MULTILINE))
    assert counted["modelops_simulation_seconds_count"] == "1.0"
    assert counted["modelops_simulation_cache_hits_total"] == "1.0"
    assert counted['modelops_simulations_failed_total{kind="crashed"}'] == "1.0"
    assert counted["modelops_cold_starts_total"] in {"1.0", "2.0"}
    assert counted["modelops_bundle_fetch_seconds_count"] == "1.0"
    assert any(line["logger"] == "distributed.worker" for line in entries(log))
    (ready,) = (line for line in entries(log) if line["message"] == "the worker can simulate")
    assert ready["executor"] == "isolated_warm"
    assert entries(dask.log("scheduler").read_text())


def test_a_worker_that_ends_leaves_no_process(dask: DaskCluster, tmp_path: Path) -> None:
    toy = Toy(tmp_path / "bundles")
    dask.executor, dask.bundles = "isolated_warm", str(toy.bundles)
    dask.start(POD, processes=1)
    with connected(dask.address, "dev/toy") as service:
        service.submit(toy.task("plain")).result(LONG)
        assert runners(tmp_path)
        dask.stop(POD)
    until(lambda: not runners(tmp_path))


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("{}", "apiVersion: the key is missing"),
        ("no JSON", "the file is no JSON"),
        (None, "MODELOPS_CONFIG is not set"),
    ],
)
def test_a_worker_that_is_misconfigured_ends_and_says_why(
    dask: DaskCluster, tmp_path: Path, told: str | None, why: str
) -> None:
    file = tmp_path / "runtime.json"
    file.write_text(told or "")
    dask.start(POD, {"MODELOPS_CONFIG": str(file) if told else ""}, processes=1)
    assert dask.pods[POD].wait(LONG) != 0
    log = dask.log(POD).read_text()
    assert "the worker can simulate" not in log
    line, *_ = (one for one in entries(log) if one["level"] == "critical")
    assert why in str(line["message"])
    assert line["exit"] == ExitStatus.MISCONFIGURED


def test_a_worker_without_it_says_what_is_missing(
    dask: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_PROCESS", [])
    with pytest.raises(tasks.NoWorker, match=r"--preload modelops_runtime\.dask_preload"):
        tasks.installed()


def test_a_level_of_the_log_that_is_none_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        with pytest.raises(Misconfigured, match="MODELOPS_LOG_LEVEL: `loud`"):
            configure_logs("loud")
        configure_logs("warning")
        assert root.level == logging.WARNING
    finally:
        root.handlers[:], root.level = handlers, level


def runners(folder: Path) -> list[int]:
    """The processes that run code of bundles in the cache of a cluster."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder / "cache").encode() in words:
                found.append(int(entry.name))
    return found
