"""Every simulation service does the same: in this process, and on a Dask cluster of processes."""

import pickle
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.runtime.dask_cluster import PROCESSES, DaskCluster, dask_cluster, until
from tests.runtime.simulation_bundle import BROKEN, INFINITE, MEAN, ROWS, Toy, noted

from modelops_runtime.contracts.judgement import Judgement
from modelops_runtime.contracts.simulation import Failed, FailureKind, Simulated, SimulationResult
from modelops_runtime.contracts.table import StoredTable
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.contracts.trial import TrialStatus
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.results.content_store import ContentStore
from modelops_runtime.results.folder import FolderStore
from modelops_runtime.results.placement import content_of
from modelops_runtime.simulation.dask import DaskService, connected
from modelops_runtime.simulation.local import LocalService
from modelops_runtime.simulation.service import ServiceLost
from modelops_runtime.tables.stream import decoded

LONG = 60.0
"""Seconds that a slow machine may need for anything here."""

Service = LocalService | DaskService


@dataclass(frozen=True)
class Place:
    """Where a service runs simulations.

    Attributes:
        results: the results' directory of its workers.
        cluster: it runs on, if there is one.
    """

    service: Service
    results: Path
    cluster: DaskCluster | None = None

    @property
    def tables(self) -> ContentStore:
        """What its workers put there."""
        return ContentStore(FolderStore(self.results / "tables"))


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("bundles"))


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory, toy: Toy) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("local")
    with LocalService(toy.worker(folder, "isolated_warm"), PROCESSES) as service:
        yield Place(service, folder / "results")


@pytest.fixture(scope="session")
def dask(tmp_path_factory: pytest.TempPathFactory, toy: Toy) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("dask")
    with dask_cluster(folder) as cluster:
        cluster.executor, cluster.bundles = "isolated_warm", str(toy.bundles)
        cluster.start("dask-worker-5c9f-x2x4z")
        with connected(cluster.address, "dev/toy") as service:
            yield Place(service, folder / "results", cluster)


@pytest.fixture(params=["local", "dask"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def service(place: Place) -> Service:
    return place.service


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def simulated(result: SimulationResult) -> Simulated:
    assert isinstance(result, Simulated), result
    return result


def failed(result: SimulationResult) -> Failed:
    assert isinstance(result, Failed), result
    return result


def judged(service: Service, toy: Toy, scenario: str, seeds: range, **more: object) -> Judgement:
    parameters = {name: more[name] for name in ("x", "log") if name in more}
    replicates = toy.replicates(scenario, seeds, **parameters)  # type: ignore[arg-type]
    pending = service.submit_replicates(
        replicates,
        more.get("target", MEAN),  # type: ignore[arg-type]
        timeout=more.get("timeout", LONG),  # type: ignore[arg-type]
        together=more.get("together", 1),  # type: ignore[arg-type]
    )
    return pending.result(LONG)


# --- one simulation ---------------------------------------------------------------------------


def test_a_simulation_gives_its_tables(place: Place, toy: Toy) -> None:
    task = toy.task("plain", seed=7, x=0.5)
    result = simulated(place.service.submit(task).result(LONG))
    (points,) = result.outputs
    assert (result.task_id, points.name) == (task.id, "points")
    content = content_of(points.table, place.tables)
    assert decoded(content).to_pydict() == {"x": [0.5, 1.5], "half": [3, 1]}


def test_a_table_that_is_too_large_to_travel_is_in_the_store(place: Place, toy: Toy) -> None:
    result = simulated(place.service.submit(toy.task("large")).result(LONG))
    (numbers,) = result.outputs
    assert isinstance(numbers.table, StoredTable)
    content = content_of(numbers.table, place.tables)
    assert decoded(content).num_rows == 120_000


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [("odd-fails", FailureKind.MODEL_ERROR), ("crash", FailureKind.CRASHED)],
)
def test_a_failure_is_a_value(service: Service, toy: Toy, scenario: str, kind: FailureKind) -> None:
    task = toy.task(scenario, seed=1)
    result = failed(service.submit(task).result(LONG))
    assert (result.task_id, result.kind) == (task.id, kind)
    assert result.diagnostics.entries["message"]


def test_what_is_not_there_yet_times_out(service: Service, toy: Toy, log: Path) -> None:
    pending = service.submit(toy.task("slow", x=30.0, log=str(log)))
    with pytest.raises(TimeoutError):
        pending.result(0.01)
    assert not pending.done()
    service.cancel([pending])


def test_what_was_submitted_is_equal_to_itself_only(service: Service, toy: Toy) -> None:
    task = toy.task("plain", x=3.0)
    first, second = service.submit(task), service.submit(task)
    assert len({first, second, first}) == 2
    assert simulated(first.result(LONG)).outputs == simulated(second.result(LONG)).outputs


def test_a_bundle_that_nobody_has_is_unavailable(service: Service, toy: Toy) -> None:
    task = toy.task("plain")
    unknown = type(toy.reference)("sha256:" + "0" * 64)
    other = SimulationTask(unknown, task.entrypoint, task.parameters, task.seed)
    assert failed(service.submit(other).result(LONG)).kind is FailureKind.BUNDLE_UNAVAILABLE


# --- several ----------------------------------------------------------------------------------


def test_results_are_gathered_in_order_failures_among_them(service: Service, toy: Toy) -> None:
    tasks = [toy.task("odd-fails", seed, x=1.0) for seed in range(12)]
    results = service.gather([service.submit(task) for task in tasks])
    assert [result.task_id for result in results] == [task.id for task in tasks]
    assert [isinstance(result, Failed) for result in results] == [False, True] * 6


def test_waiting_ends_with_the_first(service: Service, toy: Toy, log: Path) -> None:
    slow = service.submit(toy.task("slow", x=30.0, log=str(log)))
    assert service.wait([slow], 0.01) == set()
    quick = service.submit(toy.task("plain", x=11.0))
    assert service.wait([slow, quick], LONG) == {quick}
    simulated(quick.result(0))
    service.cancel([slow])


# --- trials -----------------------------------------------------------------------------------


def test_replicates_are_judged_where_they_ran(service: Service, toy: Toy) -> None:
    judgement = judged(service, toy, "large", range(4), target=ROWS)
    result = judgement.result
    assert (result.status, result.loss) == (TrialStatus.COMPLETED, 480_000.0)
    assert result.seeds == (0, 1, 2, 3)
    assert [record.seed for record in judgement.replicates] == [0, 1, 2, 3]
    assert all(record.seconds > 0 for record in judgement.replicates if not record.cached)
    assert len(pickle.dumps(judgement)) < 4096


def test_a_replicate_is_the_simulation_of_its_seed(service: Service, toy: Toy) -> None:
    judgement = judged(service, toy, "plain", range(2), x=2.5)
    results = service.gather([service.submit(toy.task("plain", seed, x=2.5)) for seed in range(2)])
    for record, result in zip(judgement.replicates, results, strict=True):
        (points,) = simulated(result).outputs
        assert dict(record.outputs) == {"points": points.table.checksum}


@pytest.mark.parametrize("together", [1, 2, 5, 100])
def test_a_replicate_that_fails_makes_the_trial_fail_and_hides_no_other(
    service: Service, toy: Toy, together: int
) -> None:
    judgement = judged(service, toy, "odd-fails", range(5), x=4.0, together=together)
    assert judgement.result.status is TrialStatus.FAILED
    assert judgement.result.loss is None
    assert judgement.result.seeds == (0, 1, 2, 3, 4)
    found = judgement.result.diagnostics.entries
    assert (found["kind"], found["seed"]) == ("model_error", "1")
    assert found["failed"] == "2 of 5 simulations"
    kinds = [record.failure for record in judgement.replicates]
    assert kinds == [None, "model_error", None, "model_error", None]
    assert all(record.outputs for record in judgement.replicates if not record.failure)


def test_a_replicate_that_takes_too_long_makes_the_trial_time_out(
    service: Service, toy: Toy
) -> None:
    judgement = judged(service, toy, "odd-is-slow", range(2), timeout=1.0)
    assert judgement.result.status is TrialStatus.TIMEOUT
    assert judgement.result.diagnostics.entries["kind"] == "timed_out"
    assert [record.failure for record in judgement.replicates] == [None, "timed_out"]


def test_a_loss_that_is_no_number_makes_the_trial_fail(service: Service, toy: Toy) -> None:
    judgement = judged(service, toy, "plain", range(2), target=INFINITE)
    assert judgement.result.status is TrialStatus.FAILED
    found = judgement.result.diagnostics.entries
    assert found["kind"] == "wrong_output"
    assert "finite" in found["message"]
    assert [record.failure for record in judgement.replicates] == [None, None]


def test_what_judges_may_fail_and_the_simulations_are_still_known(
    service: Service, toy: Toy
) -> None:
    judgement = judged(service, toy, "plain", range(2), target=BROKEN)
    assert judgement.result.status is TrialStatus.FAILED
    assert judgement.result.diagnostics.entries["kind"] == "model_error"
    assert [record.failure for record in judgement.replicates] == [None, None]


# --- what has run need not run again ----------------------------------------------------------


def test_a_simulation_runs_once(service: Service, toy: Toy, log: Path) -> None:
    task = toy.task("plain", log=str(log))
    first, second = (simulated(service.submit(task).result(LONG)) for _ in range(2))
    assert (first.cached, second.cached) == (False, True)
    assert first.outputs == second.outputs
    assert noted(log) == {"begun 1": 1, "ended 1": 1}


def test_replicates_are_known_from_before(service: Service, toy: Toy, log: Path) -> None:
    judged(service, toy, "plain", range(2), x=6.0, log=str(log))
    again = judged(service, toy, "plain", range(3), x=6.0, log=str(log))
    assert [record.cached for record in again.replicates] == [True, True, False]
    assert [record.seconds > 0 for record in again.replicates] == [False, False, True]
    assert noted(log) == {f"{word} {seed}": 1 for word in ("begun", "ended") for seed in range(3)}


def test_replicates_that_somebody_holds_are_judged_with_more(
    place: Place, toy: Toy, log: Path
) -> None:
    pending = place.service.submit_replicates(
        toy.replicates("plain", range(2), log=str(log)), MEAN, timeout=LONG, together=2
    )
    pending.result(LONG)
    shutil.rmtree(place.results / "simulations")
    more = judged(place.service, toy, "plain", range(1, 4), log=str(log), together=2)
    assert more.result.status is TrialStatus.COMPLETED
    assert [record.seed for record in more.replicates] == [1, 2, 3]
    assert noted(log) == {f"{word} {seed}": 1 for word in ("begun", "ended") for seed in range(4)}
    assert pending.done()


@pytest.mark.parametrize("scenario", ["plain", "odd-fails", "crash"])
def test_a_last_set_is_judged_like_any_other(service: Service, toy: Toy, scenario: str) -> None:
    first, last = (
        service.submit_replicates(
            toy.replicates(scenario, range(3), x=31.0), MEAN, timeout=LONG, together=3, final=final
        ).result(LONG)
        for final in (False, True)
    )
    assert (first.result.status, first.result.loss) == (last.result.status, last.result.loss)
    kinds = [one.result.diagnostics.entries.get("kind") for one in (first, last)]
    assert kinds[0] == kinds[1]
    assert [(one.seed, one.failure, one.outputs) for one in first.replicates] == [
        (one.seed, one.failure, one.outputs) for one in last.replicates
    ]


def test_a_replicate_that_failed_runs_again(service: Service, toy: Toy, log: Path) -> None:
    replicates = toy.replicates("odd-fails", range(2), log=str(log))
    held = []
    for _ in range(2):
        held.append(service.submit_replicates(replicates, MEAN, timeout=LONG))
        assert held[-1].result(LONG).result.status is TrialStatus.FAILED
    assert noted(log) == {"begun 0": 1, "ended 0": 1, "begun 1": 2}


def test_a_kept_result_that_is_damaged_is_made_again(place: Place, toy: Toy, log: Path) -> None:
    task = toy.task("plain", log=str(log), x=9.0)
    outputs = simulated(place.service.submit(task).result(LONG)).outputs
    kept = place.results / "simulations" / task.id[:2] / task.id
    kept.write_bytes(kept.read_bytes().replace(b"ARROW", b"arrow")[:-1] + b"!")
    again = simulated(place.service.submit(task).result(LONG))
    assert not again.cached
    assert again.outputs == outputs
    assert simulated(place.service.submit(task).result(LONG)).cached
    assert noted(log)["begun 1"] == 2


# --- ending early -----------------------------------------------------------------------------


def test_a_simulation_that_is_cancelled_is_stopped(service: Service, toy: Toy, log: Path) -> None:
    pending = [service.submit(toy.task("slow", seed, x=50.0, log=str(log))) for seed in range(9)]
    until(lambda: noted(log).total() == PROCESSES)
    service.cancel(pending)
    assert {failed(one.result(0)).kind for one in pending} == {FailureKind.CANCELLED}
    # They would keep all processes for a minute.
    simulated(service.submit(toy.task("plain", x=10.0)).result(30))
    assert noted(log).total() == PROCESSES


def test_a_trial_that_is_cancelled_is_stopped(service: Service, toy: Toy, log: Path) -> None:
    replicates = toy.replicates("slow", range(3), x=50.0, log=str(log))
    pending = service.submit_replicates(replicates, MEAN, timeout=LONG)
    until(lambda: noted(log).total() == PROCESSES)
    service.cancel([pending])
    judgement = pending.result(0)
    assert judgement.result.diagnostics.entries["kind"] == "cancelled"
    assert [record.failure for record in judgement.replicates] == ["cancelled"] * 3
    simulated(service.submit(toy.task("plain", x=12.0)).result(30))


def test_what_another_trial_needs_goes_on(service: Service, toy: Toy, log: Path) -> None:
    first, second = (
        service.submit_replicates(
            toy.replicates("slow", seeds, x=2.0, log=str(log)), MEAN, timeout=LONG
        )
        for seeds in (range(1), range(2))
    )
    until(lambda: noted(log)["begun 0"])
    service.cancel([first])
    assert second.result(LONG).result.status is TrialStatus.COMPLETED
    assert noted(log)["begun 0"] == 1


def test_what_is_done_is_not_cancelled(service: Service, toy: Toy) -> None:
    pending = service.submit(toy.task("plain", x=13.0))
    service.wait([pending], LONG)
    service.cancel([pending])
    simulated(pending.result(0))


def test_who_leaves_stops_what_it_began(dask: Place, toy: Toy, log: Path) -> None:
    assert dask.cluster
    with connected(dask.cluster.address, "dev/toy") as leaving:
        tasks = [toy.task("slow", seed, x=50.0, log=str(log)) for seed in range(PROCESSES)]
        pending = [leaving.submit(task) for task in tasks]
        until(lambda: noted(log).total() == PROCESSES)
    with pytest.raises(ServiceLost):
        pending[0].result(LONG)
    simulated(dask.service.submit(toy.task("plain", x=18.0)).result(30))
    assert noted(log).total() == PROCESSES


# --- very many --------------------------------------------------------------------------------


@pytest.mark.parametrize("window", [1, 7, None])
def test_many_are_read_as_room_is_made(service: Service, toy: Toy, window: int | None) -> None:
    read = 0

    def tasks() -> Iterator[SimulationTask]:
        nonlocal read
        for seed in range(60):
            read += 1
            yield toy.task("odd-fails", seed, x=20.0)

    results: list[SimulationResult] = []
    for result in service.run(tasks(), window=window):
        assert read - len(results) <= (window or 1000)
        results.append(result)
    assert [result.task_id for result in results] == [
        toy.task("odd-fails", seed, x=20.0).id for seed in range(60)
    ]
    assert [isinstance(result, Failed) for result in results] == [False, True] * 30


def test_nobody_reads_on_so_nothing_goes_on(service: Service, toy: Toy, log: Path) -> None:
    tasks = (toy.task("slow", seed, x=50.0 * (seed > 0), log=str(log)) for seed in range(9))
    results = service.run(tasks)
    simulated(next(results))
    results.close()  # type: ignore[attr-defined]
    simulated(service.submit(toy.task("plain", x=14.0)).result(30))
    assert noted(log).total() <= 2 + 2 * PROCESSES


def test_a_window_of_nothing_is_refused(service: Service, toy: Toy) -> None:
    with pytest.raises(ValueError, match="a window of 0"):
        next(service.run([toy.task("plain")], window=0))


def test_no_tasks_give_no_results(service: Service) -> None:
    assert list(service.run([])) == []
    assert service.gather([]) == []
    assert service.wait([], None) == set()


# --- files of a run ---------------------------------------------------------------------------


def test_files_are_written_where_workers_write(place: Place) -> None:
    large = bytes(range(256)) * 40_000
    for number in range(2):
        files = {"trials.parquet": large, "more/none": b"", "manifest.json": b"%d" % number}
        location = place.service.deliver(files, "runs/dev/sir")
        assert Path(location) == place.results / "runs/dev/sir"
        written = {name: (Path(location) / name).read_bytes() for name in files}
        assert written == files
    names = sorted(file.name for file in Path(location).iterdir())
    assert names == ["manifest.json", "more", "trials.parquet"]


@pytest.mark.parametrize(
    ("name", "folder"), [("../x", "runs"), ("x", "../runs"), ("/x", "runs"), ("x", "")]
)
def test_files_stay_in_their_place(service: Service, name: str, folder: str) -> None:
    with pytest.raises(ContractViolation, match="no path below"):
        service.deliver({name: b""}, folder)


# --- threads ----------------------------------------------------------------------------------


def test_threads_share_a_service(service: Service, toy: Toy) -> None:
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        pending = [service.submit(toy.task("plain", seed, x=15.0)) for seed in range(4)]
        found[number] = [result.task_id for result in service.gather(pending)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)
    expected = [toy.task("plain", seed, x=15.0).id for seed in range(4)]
    assert found == dict.fromkeys(range(4), expected)


def test_local_and_dask_find_the_same(local: Place, dask: Place, toy: Toy) -> None:
    here, there = (judged(one.service, toy, "plain", range(3), x=16.0) for one in (local, dask))
    assert here.result == there.result
    assert [one.outputs for one in here.replicates] == [one.outputs for one in there.replicates]


def test_a_service_that_is_closed_is_lost(toy: Toy, tmp_path: Path, log: Path) -> None:
    service = LocalService(toy.worker(tmp_path, "isolated_warm"), 1)
    pending = service.submit(toy.task("slow", x=50.0, log=str(log)))
    until(lambda: noted(log))
    service.close()
    assert failed(pending.result(0)).kind is FailureKind.CANCELLED
    with pytest.raises(ServiceLost):
        service.submit(toy.task("plain"))
