"""`worker-drain` in a real cluster of processes: nothing is lost, nothing runs twice."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, Future
from tests.runtime.dask_cluster import PROCESSES, DaskCluster, dask_cluster, until
from tests.runtime.program import run

from modelops_runtime.worker_drain.own import HELD, Report, begun, own_workers

POD, OTHER = "dask-worker-5c9f-x2x4z", "dask-worker-5c9f-x2x4z9"
"""The one's name begins with the other's."""


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path) as started:
        yield started


@pytest.fixture
def client(dask: DaskCluster) -> Iterator[Client]:
    with Client(dask.address, set_as_default=False, timeout=60) as connected:
        yield connected


def joined(dask: DaskCluster, client: Client, *pods: str) -> None:
    """Start pods, and wait for each of their workers."""
    for pod in pods:
        dask.start(pod)
    client.wait_for_workers(PROCESSES * len(dask.pods), timeout=60)


def of_pod(client: Client, pod: str) -> list[str]:
    """The addresses of a pod's workers."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    return [address for address, one in workers.items() if one["name"].startswith(f"{pod}-")]


def counted(folder: Path, seconds: float) -> Callable[[int], int]:
    """A task that leaves a line when it begins, and another when it ends."""

    def task(number: int) -> int:
        import time  # noqa: PLC0415 -- runs elsewhere

        for word in ("begun", "ended"):
            with (folder / word).open("a") as file:
                file.write(f"{number}\n")
            if word == "begun":
                time.sleep(seconds)
        return number * number

    return task


def times(folder: Path, word: str) -> Counter[str]:
    path = folder / word
    return Counter(path.read_text().split()) if path.exists() else Counter()


def submitted(client: Client, folder: Path, count: int, seconds: float) -> list[Future[Any]]:
    """So many tasks, once the first of them run."""
    futures = client.map(counted(folder, seconds), range(count), pure=False)
    until(lambda: times(folder, "begun"))
    return list(futures)


def test_each_task_runs_once_and_every_result_is_kept(
    dask: DaskCluster, client: Client, tmp_path: Path
) -> None:
    joined(dask, client, POD, OTHER)
    held = client.scatter([b"here"], workers=of_pod(client, POD)[:1], broadcast=False)
    before = of_pod(client, OTHER)
    futures = submitted(client, tmp_path, 16, 3.0)

    found = dask.stop(POD, timeout="50")

    assert (found.status, found.told) == (0, "drained")
    assert "tasks still run" in [line["message"] for line in found.log]
    assert of_pod(client, POD) == []
    assert of_pod(client, OTHER) == before
    assert client.gather(futures) == [number * number for number in range(16)]
    assert client.gather(held) == [b"here"]
    once = Counter(str(number) for number in range(16))
    assert times(tmp_path, "begun") == times(tmp_path, "ended") == once
    assert dask.pods[OTHER].poll() is None


def test_without_work_it_ends_at_once_and_may_run_again(dask: DaskCluster, client: Client) -> None:
    joined(dask, client, POD)
    assert dask.drain(POD).status == 0
    again = dask.drain(POD)
    assert (again.status, [line["message"] for line in again.log]) == (0, ["drained"])


def test_it_ends_by_the_deadline_though_a_task_runs(
    dask: DaskCluster, client: Client, tmp_path: Path
) -> None:
    joined(dask, client, POD, OTHER)
    futures = submitted(client, tmp_path, 2 * PROCESSES, 40.0)
    until(lambda: times(tmp_path, "begun").total() == len(futures))
    found = dask.drain(POD, timeout="3")
    assert found.status == 75
    assert found.told.startswith("the time is over")
    assert len(of_pod(client, POD)) == PROCESSES
    assert not times(tmp_path, "ended")


def test_a_scheduler_that_goes_away_ends_it(dask: DaskCluster) -> None:
    os.killpg(dask.scheduler.pid, signal.SIGKILL)
    dask.scheduler.wait(30)
    found = dask.drain(POD, timeout="40")
    assert found.status == 75
    assert found.told == "no scheduler: nothing can be drained"


@pytest.mark.parametrize("missing", ["POD_NAME", "DASK_SCHEDULER_ADDRESS"])
def test_it_has_to_be_told_the_pod_and_the_scheduler(missing: str) -> None:
    told = {"POD_NAME": POD, "DASK_SCHEDULER_ADDRESS": "tcp://127.0.0.1:9"}
    del told[missing]
    found = run([sys.executable, "-m", "modelops_runtime", "worker-drain", "--timeout", "5"], told)
    assert found.status == 2
    assert found.told == f"not set: {missing}"


def test_the_pod_s_own_workers_are_known_by_their_names() -> None:
    names = [POD, f"{POD}-0", f"{POD}-12", OTHER, f"{OTHER}-0", f"{POD}-0-0", f"{POD}-x", 7]
    workers = {f"tcp://{number}": {"name": name} for number, name in enumerate(names)}
    assert own_workers(workers, POD) == ["tcp://0", "tcp://1", "tcp://2"]


@pytest.mark.parametrize(
    ("report", "keys", "owed"),
    [
        (Report(HELD, frozenset()), [], 0),
        (Report(HELD, frozenset({"a", "b"})), ["a"], 0),
        (Report(HELD, frozenset({"b"})), ["a", "b"], 1),
        (Report("running", frozenset({"a"})), ["a"], 1),
        (Report("running", frozenset()), [], 1),
        (None, ["a", "b"], 2),
    ],
)
def test_what_a_worker_still_owes(report: Report | None, keys: list[str], owed: int) -> None:
    assert begun({"w": keys}, {"w": report}) == ({"w": owed} if owed else {})
