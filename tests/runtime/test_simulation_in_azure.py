"""Workers that keep results in a container of blobs: on a Dask cluster, and a whole run."""

import json
import os
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.runtime.azurite_server import Azurite
from tests.runtime.dask_cluster import DaskCluster, dask_cluster
from tests.runtime.entra_server import Entra
from tests.runtime.kept_results import Kept
from tests.runtime.program import run
from tests.runtime.run_files import run_file
from tests.runtime.simulation_bundle import Toy, entries

from modelops_runtime.bundles.packing import digest_of
from modelops_runtime.configuration.runtime import BlobResults
from modelops_runtime.contracts.simulation import Failed, FailureKind, Simulated
from modelops_runtime.contracts.table import StoredTable
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.results.content_store import ContentStore
from modelops_runtime.results.placement import content_of
from modelops_runtime.simulation.dask import connected
from modelops_runtime.simulation.delivery import NotDelivered
from modelops_runtime.tables.stream import decoded

LONG = 60.0
EXAMPLES = Path(__file__).parents[2] / "images" / "runtime" / "examples"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "bundles")


@pytest.fixture
def cluster(tmp_path: Path, toy: Toy) -> Iterator[DaskCluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with dask_cluster(folder) as cluster:
        cluster.executor, cluster.bundles = "isolated_warm", str(toy.bundles)
        yield cluster


def told(config: BlobResults) -> dict[str, str]:
    """The section of `runtime.json`."""
    return {
        "kind": "blob",
        "endpoint": config.endpoint,
        "container": config.container,
        "prefix": config.prefix,
    }


def in_azure(kept: Kept) -> BlobResults:
    assert isinstance(kept.config, BlobResults)
    return kept.config


def test_pods_that_follow_one_another_share_what_is_kept(
    cluster: DaskCluster, toy: Toy, kept_in_blobs: Kept, entra: Entra
) -> None:
    cluster.results = told(in_azure(kept_in_blobs))
    with connected(cluster.address, "dev/toy") as service:
        cluster.start("first", dict(entra.variables), processes=1)
        result = service.submit(toy.task("large")).result(LONG)
        assert isinstance(result, Simulated)
        assert not result.cached
        cluster.stop_processes("first")
        cluster.start("second", dict(entra.variables), processes=1)
        again = service.submit(toy.task("large")).result(LONG)
        assert isinstance(again, Simulated)
        assert again.cached
        files = {"trials.parquet": bytes(range(256)) * 40_000, "manifest.json": b"{}"}
        location = service.deliver(files, "runs/dev/sir")
    results = kept_in_blobs.results()
    (output,) = again.outputs
    assert isinstance(output.table, StoredTable)
    table = decoded(content_of(output.table, ContentStore(results.tables)))
    assert table.num_rows == 120_000
    assert location == results.files.location("runs/dev/sir")
    assert {name: results.files.get(f"runs/dev/sir/{name}") for name in files} == files
    assert not (cluster.folder / "results").exists()


def test_the_example_is_run_and_its_results_are_whole(
    cluster: DaskCluster, kept_in_blobs: Kept, entra: Entra, tmp_path: Path
) -> None:
    cluster.results, cluster.bundles = told(in_azure(kept_in_blobs)), str(EXAMPLES)
    cluster.start("pod", dict(entra.variables), processes=2)
    variables = {
        **run_file(
            tmp_path,
            bundle={"image": digest_of(EXAMPLES / "sir"), "path": None},
            parameters={
                "beta": {"type": "float", "low": 0.2, "high": 0.5, "log": True},
                "infectious_days": {"type": "int", "low": 4, "high": 10, "log": False},
                "policy": {"type": "categorical", "choices": ["none", "mask", "lockdown"]},
            },
            store={"kind": "none"},
            workers__replicas=1,
            trials=8,
        ),
        "DASK_SCHEDULER_ADDRESS": cluster.address,
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-m", "modelops_runtime", "adaptive-worker", "--metrics-port", "0"]
    ended = run(command, variables)
    assert ended.status == ExitStatus.DONE, ended.stderr
    files = kept_in_blobs.results().files
    (line,) = [line for line in ended.log if line["message"] == "the run has ended"]
    assert line["results"] == files.location("runs/dev/sir")
    manifest = json.loads(files.get("runs/dev/sir/manifest.json"))
    assert manifest["trials"]["completed"] == 8
    for name, one in manifest["files"].items():
        assert sha256(files.get(f"runs/dev/sir/{name}")).hexdigest() == one["sha256"]
    assert sorted(manifest["files"]) == [
        "diagnostics.parquet",
        "replicates.parquet",
        "trials.parquet",
    ]


def test_what_is_refused_fails_what_needs_it_and_says_why(
    cluster: DaskCluster, toy: Toy, azurite: Azurite, entra: Entra
) -> None:
    """Small tables travel with their results: those need no store."""
    cluster.results = told(azurite.no_container())
    with connected(cluster.address, "dev/toy") as service:
        cluster.start("pod", dict(entra.variables), processes=1)
        small, large = (
            service.submit(toy.task(scenario)).result(LONG) for scenario in ("plain", "large")
        )
        assert isinstance(small, Simulated)
        assert isinstance(large, Failed)
        assert large.kind is FailureKind.WORKER_LOST
        assert "there is no such container" in str(large.diagnostics.entries["message"])
        with pytest.raises(NotDelivered, match=r"given up after 3 attempts: .*no such container"):
            service.deliver({"manifest.json": b"{}"}, "runs/dev/sir")


def test_a_worker_that_cannot_log_in_ends_and_says_why(
    cluster: DaskCluster, kept_in_blobs: Kept
) -> None:
    cluster.results = told(in_azure(kept_in_blobs))
    cluster.start("pod", processes=1)
    assert cluster.pods["pod"].wait(LONG) != 0
    line, *_ = (
        one for one in entries(cluster.log("pod").read_text()) if one["level"] == "critical"
    )
    assert "AZURE_CLIENT_ID is not set: AKS sets it in pods with the label" in str(line["message"])
    assert line["exit"] == ExitStatus.MISCONFIGURED
