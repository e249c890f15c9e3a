"""What only a cluster of processes can do to simulations: die, forget, and be swamped."""

import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask.utils import key_split
from distributed import Client, Scheduler
from tests.runtime.dask_cluster import PROCESSES, DaskCluster, dask_cluster, until
from tests.runtime.simulation_bundle import MEAN, Toy, noted

from modelops_runtime.contracts.simulation import Failed, FailureKind, Simulated, SimulationResult
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.contracts.trial import TrialStatus
from modelops_runtime.simulation.dask import DaskService, connected
from modelops_runtime.simulation.keys import new_keys
from modelops_runtime.simulation.service import ServiceLost

LONG = 90.0
"""Seconds that a slow machine may need for anything here."""

POD = "dask-worker-5c9f-x2x4z"
ONCE = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
"""A task may cost two workers, and no third one."""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory, toy: Toy) -> Iterator[DaskCluster]:
    """A pod whose executor protects nothing: what kills a simulation kills its worker."""
    with dask_cluster(tmp_path_factory.mktemp("dask"), ONCE) as cluster:
        cluster.executor, cluster.bundles = "direct", str(toy.bundles)
        cluster.start(POD)
        yield cluster


@pytest.fixture
def service(dask: DaskCluster) -> Iterator[DaskService]:
    with connected(dask.address, "dev/toy") as service:
        yield service


@pytest.fixture
def watching(dask: DaskCluster) -> Iterator[Client]:
    with Client(dask.address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(PROCESSES, timeout=60)
        yield client


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def kinds(results: list[SimulationResult]) -> list[FailureKind | None]:
    return [result.kind if isinstance(result, Failed) else None for result in results]


def names(client: Client) -> list[str]:
    """All tasks that the scheduler knows."""
    found: list[str] = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.tasks))
    return found


def allow_failures(client: Client, count: int) -> None:
    """From now on, a task may cost so many workers, and no more."""

    def allow(dask_scheduler: Scheduler) -> None:
        dask_scheduler.allowed_failures = count

    client.run_on_scheduler(allow)


# --- names ------------------------------------------------------------------------------------


def test_no_two_submissions_have_one_name(dask: DaskCluster, toy: Toy, log: Path) -> None:
    task = toy.task("slow", x=0.5, log=str(log))
    with connected(dask.address, "dev/toy") as first, connected(dask.address, "dev/toy") as second:
        pending = [service.submit(task) for service in (first, first, second)]
        assert len({one.future.key for one in pending}) == 3
        second.cancel(pending[2:])
        assert kinds([one.result(LONG) for one in pending]) == [None, None, FailureKind.CANCELLED]


def test_names_tell_what_is_done_for_whom(toy: Toy) -> None:
    keys, task = new_keys("dev/sir-2024"), toy.task("plain")
    assert re.fullmatch(
        rf"simulate-dev-sir-2024-{task.id[:16]}-[0-9a-f]{{8}}-0", keys.key("simulate", task.id)
    )
    assert key_split(keys.key("judge", task.id)) == "judge-dev-sir"


# --- workers that die -------------------------------------------------------------------------


def test_a_worker_that_is_killed_costs_no_simulation(
    service: DaskService, watching: Client, toy: Toy, log: Path
) -> None:
    tasks = [toy.task("slow", seed, x=0.3, log=str(log)) for seed in range(20)]
    pending = [service.submit(task) for task in tasks]
    until(lambda: noted(log).total() > 2 * PROCESSES)
    before = {one.result(LONG) for one in service.wait(pending, LONG)}
    (process, *_) = watching.run(os.getpid).values()
    os.kill(process, signal.SIGKILL)
    results = service.gather(pending)
    assert all(isinstance(result, Simulated) for result in results)
    assert before <= set(results)
    begun = [noted(log)[f"begun {seed}"] for seed in range(20)]
    # At most what ran on the worker, and what was there of it and not read yet, began again.
    assert max(begun) <= 2
    assert sum(begun) < 2 * len(tasks)


def test_a_simulation_that_kills_its_workers_is_given_up(
    service: DaskService, watching: Client, toy: Toy, log: Path
) -> None:
    replicates = toy.replicates("deadly", (12, 13), log=str(log))
    judgement = service.submit_replicates(replicates, MEAN, timeout=LONG).result(LONG)
    assert judgement.result.status is TrialStatus.FAILED
    found = judgement.result.diagnostics.entries
    assert found["kind"] == "worker_lost"
    assert "KilledWorker" in found["message"]
    assert noted(log)["begun 13"] == 2
    other, deadly = judgement.replicates
    assert deadly.failure is FailureKind.WORKER_LOST
    # What was there of it went with the second worker, if it was there.
    assert other.failure in {None, FailureKind.CANCELLED}


def test_what_ran_beside_what_killed_its_worker_is_known(
    service: DaskService, watching: Client, toy: Toy
) -> None:
    allow_failures(watching, 0)
    replicates = toy.replicates("deadly", (12, 13), x=1.0)
    other, deadly = (
        service.submit_replicates(replicates, MEAN, timeout=LONG).result(LONG).replicates
    )
    allow_failures(watching, 1)
    assert deadly.failure is FailureKind.WORKER_LOST
    assert [name for name, _ in other.outputs] == ["points"]


def test_of_many_the_one_is_given_up_that_kills_its_workers(service: DaskService, toy: Toy) -> None:
    """One that has been beside it each time is lost too, and succeeds when it is asked again."""
    tasks = [toy.task("deadly", seed, x=1.0) for seed in range(40)]
    lost = [seed for seed, kind in enumerate(kinds(list(service.run(tasks)))) if kind]
    assert 13 in lost
    assert len(lost) <= 3
    again = service.run([tasks[seed] for seed in lost if seed != 13])
    assert kinds(list(again)) == [None] * (len(lost) - 1)


# --- a scheduler that dies --------------------------------------------------------------------


def test_a_scheduler_that_is_replaced_forgets_and_serves_again(
    dask: DaskCluster, toy: Toy, log: Path
) -> None:
    with connected(dask.address, "dev/toy") as service:
        kept = service.submit(toy.task("plain", x=2.0)).result(LONG)
        task = toy.task("slow", x=1.0, log=str(log))
        pending = service.submit(task)
        replicates = toy.replicates("slow", (1, 2), x=1.0)
        trial = service.submit_replicates(replicates, MEAN, timeout=LONG)
        until(lambda: noted(log)["begun 1"])
        dask.kill_scheduler()
        for one in (pending, trial):
            with pytest.raises(ServiceLost):
                one.result(LONG)
        dask.start_scheduler()
        dask.stop_processes(POD)
        dask.start(POD)
        again = service.submit(task)
        more = service.submit_replicates(replicates, MEAN, timeout=LONG)
        assert isinstance(again.result(LONG), Simulated)
        assert more.result(LONG).result.status is TrialStatus.COMPLETED
        cached = service.submit(toy.task("plain", x=2.0)).result(LONG)
        assert isinstance(cached, Simulated)
        assert isinstance(kept, Simulated)
        assert (cached.cached, cached.outputs) == (True, kept.outputs)


def test_many_go_on_when_the_scheduler_is_back(dask: DaskCluster, toy: Toy) -> None:
    with connected(dask.address, "dev/toy") as service:
        results = service.run(toy.task("slow", seed, x=0.2) for seed in range(30))
        found = [next(results) for _ in range(3)]
        dask.kill_scheduler()
        dask.stop_processes(POD)
        dask.start_scheduler()
        dask.start(POD)
        found += results
    assert [result.task_id for result in found] == [
        toy.task("slow", seed, x=0.2).id for seed in range(30)
    ]
    assert kinds(found) == [None] * 30


def test_nobody_answers(dask: DaskCluster, toy: Toy) -> None:
    with pytest.raises(ServiceLost, match=r"no scheduler at tcp://127\.0\.0\.1:1 for 0\.5 s"):
        connected("tcp://127.0.0.1:1", "dev/toy", patience=0.5)
    service = connected(dask.address, "dev/toy")
    service.close()
    service.close()
    with pytest.raises(ServiceLost, match="closed"):
        service.submit(toy.task("plain"))


# --- very many --------------------------------------------------------------------------------


def test_the_scheduler_never_knows_more_than_the_window(
    service: DaskService, watching: Client, toy: Toy
) -> None:
    most, read, over = 0, 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.is_set():
            known = [name for name in names(watching) if name.startswith("simulate-")]
            most = max(most, len(known))

    def tasks() -> Iterator[SimulationTask]:
        nonlocal read
        for seed in range(2000):
            read += 1
            yield toy.task("plain", seed, x=30.0)

    thread = threading.Thread(target=watch)
    thread.start()
    for number, result in enumerate(service.run(tasks(), window=100)):
        assert read - number <= 100
        assert result.task_id == toy.task("plain", number, x=30.0).id
    over.set()
    thread.join(LONG)
    assert 0 < most <= 100
    assert number == 1999


def test_nothing_is_left_behind(service: DaskService, watching: Client, toy: Toy) -> None:
    def held() -> list[str]:
        return [name for name in names(watching) if name.startswith(("simulate-", "judge-"))]

    pending = service.submit_replicates(toy.replicates("plain", (1, 2)), MEAN, timeout=LONG)
    assert pending.result(LONG).result.status is TrialStatus.COMPLETED
    assert len(held()) == 3
    del pending
    until(lambda: not held())
