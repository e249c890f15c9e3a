"""The parts that simulation services are made of."""

import errno
import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from tests.runtime.simulation_bundle import MEAN, Toy

from modelops_runtime.bundles.unavailable import BundleUnavailable
from modelops_runtime.contracts.bundle import BundleReference
from modelops_runtime.contracts.diagnostics import diagnostics
from modelops_runtime.contracts.paths import below
from modelops_runtime.contracts.simulation import Failed, FailureKind, Simulated
from modelops_runtime.contracts.table import INLINE_CAP, inline_table
from modelops_runtime.contracts.task import SimulationTask
from modelops_runtime.executors.executor import Code, ExecutionFailed
from modelops_runtime.results import whole_files
from modelops_runtime.results.content_store import ContentStore
from modelops_runtime.results.folder import FolderStore
from modelops_runtime.simulation.batch import (
    LARGE,
    LONG,
    PER_WORKER,
    SOME,
    Batch,
    Pace,
    batch_size,
    measured,
    window_of,
)
from modelops_runtime.simulation.cache import ResultCache, packed, unpacked
from modelops_runtime.simulation.delivery import NotDelivered, delivered
from modelops_runtime.simulation.lanes import Lanes, Urgency
from modelops_runtime.simulation.replicate import succeeded
from modelops_runtime.simulation.room import STALE, Room
from modelops_runtime.simulation.room import measured as bytes_in
from modelops_runtime.simulation.running import Running
from modelops_runtime.simulation.worker import Bundles, Stopped, Worker

TABLES = {"cases": b"many", "deaths": b"few\nindeed"}


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path / "bundles")


@pytest.fixture
def cache(tmp_path: Path) -> ResultCache:
    store = FolderStore(tmp_path / "cache", lasting=False)
    return ResultCache(store, Room(tmp_path / "cache", 1000))


# --- the cache --------------------------------------------------------------------------------


def test_what_was_kept_is_there(cache: ResultCache, toy: Toy) -> None:
    cache.put(toy.task("plain"), TABLES)
    assert cache.get(toy.task("plain")) == TABLES
    assert cache.get(toy.task("plain", seed=2)) is None


def test_nothing_is_kept_of_code_that_is_not_known(
    cache: ResultCache, toy: Toy, tmp_path: Path
) -> None:
    known = toy.task("plain")
    task = SimulationTask(None, known.entrypoint, known.parameters, known.seed)
    cache.put(task, TABLES)
    assert cache.get(task) is None
    assert not (tmp_path / "cache").exists()


@given(place=st.integers(0, 10_000), value=st.integers(0, 255), cut=st.booleans())
def test_no_damage_is_taken_for_a_result(place: int, value: int, *, cut: bool) -> None:
    content = packed(TABLES)
    assert unpacked(content) == TABLES
    place %= len(content)
    damaged = content[:place] + (b"" if cut else bytes([value]) + content[place + 1 :])
    if damaged != content:
        with pytest.raises(ValueError, match="not what was put there"):
            unpacked(damaged)


@pytest.mark.parametrize("content", [b"", b"[]\n", b"5\n", b'[["x"]]\n', b"\xff", b"null"])
def test_another_object_is_no_result(cache: ResultCache, toy: Toy, content: bytes) -> None:
    task = toy.task("plain")
    cache.put(task, TABLES)
    cache.store.put(f"{task.id[:2]}/{task.id}", content)
    assert cache.get(toy.task("plain")) is None
    cache.put(toy.task("plain"), TABLES)
    assert cache.get(toy.task("plain")) == TABLES


def test_a_full_disk_fails_no_simulation(
    cache: ResultCache, toy: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(whole_files, "_write", full)
    cache.put(toy.task("plain"), TABLES)
    assert cache.get(toy.task("plain")) is None


def test_what_has_no_room_is_not_kept(cache: ResultCache, toy: Toy) -> None:
    tasks = [toy.task("plain", seed) for seed in range(5)]
    for task in tasks:
        cache.put(task, {"x": b"x" * 300})
    assert [cache.get(task) is not None for task in tasks] == [True, True, False, False, False]


def test_room_is_measured_again(tmp_path: Path) -> None:
    now = [0.0]
    room = Room(tmp_path, 1000, lambda: now[0])
    assert room.take(10)
    (tmp_path / "of-another").write_bytes(b"x" * 995)
    assert room.take(5)
    now[0] = STALE + 1
    assert not room.take(10)
    assert room.take(5)


def test_room_that_was_used_up_is_measured_at_once(tmp_path: Path) -> None:
    room = Room(tmp_path, 1000, lambda: 0.0)
    assert room.take(900)
    assert room.take(900), "nothing of it was written"
    (tmp_path / "x").write_bytes(b"x" * 900)
    assert not room.take(900)


def test_a_folder_is_measured_with_all_in_it(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/c").write_bytes(b"123")
    (tmp_path / "a/d").write_bytes(b"12")
    (tmp_path / "a/e").symlink_to(tmp_path)
    link = (tmp_path / "a/e").lstat().st_size
    assert bytes_in(tmp_path) == 5 + link
    assert bytes_in(tmp_path / "nowhere") == 0


# --- how many together ------------------------------------------------------------------------


def batch(count: int, seconds: float, size: int = 1) -> Batch:
    from modelops_runtime.contracts.simulation import Output  # noqa: PLC0415 -- here alone

    outputs = (Output("x", inline_table(b"x" * size)),)
    return Batch(tuple(Simulated("0" * 64, outputs) for _ in range(count)), seconds)


@pytest.mark.parametrize(
    ("pace", "together"),
    [
        (Pace(60.0, 100), 1),
        (Pace(LONG, 100), 1),
        (Pace(0.05, 100), 5),
        (Pace(0.001, 100), 250),
        (Pace(0.0, 0), SOME),
        (Pace(0.0, INLINE_CAP), LARGE // INLINE_CAP),
    ],
)
def test_units_take_long_and_are_not_large(pace: Pace, together: int) -> None:
    assert pace.together == together


def test_the_pace_follows_what_is_measured() -> None:
    pace = measured(None, batch(10, 1.0, 200))
    assert pace == Pace(0.1, 200)
    assert measured(pace, batch(10, 3.0, 400)).seconds == pytest.approx(0.2)
    assert measured(pace, batch(10, 3.0, 400)).size == 300
    assert measured(pace, Batch(batch(1, 0).results)) == pace


@given(
    seconds=st.floats(0, 1e4),
    size=st.floats(0, 1e9),
    window=st.integers(1, 10**6),
    workers=st.integers(0, 10**4),
)
def test_no_worker_goes_without_for_another(
    seconds: float, size: float, window: int, workers: int
) -> None:
    found = batch_size(Pace(seconds, size), window, workers)
    assert 1 <= found <= SOME
    assert found == 1 or found * PER_WORKER * max(workers, 1) <= window


@given(seconds=st.floats(0, 1e4), workers=st.integers(0, 10**4))
def test_without_a_window_all_workers_are_busy(seconds: float, workers: int) -> None:
    pace = Pace(seconds, 0)
    window = window_of(None, pace, workers)
    assert window >= SOME
    assert window // batch_size(pace, window, workers) >= PER_WORKER * max(workers, 1)
    assert window_of(7, pace, workers) == 7


# --- a worker ---------------------------------------------------------------------------------


class Failing:
    """An executor that fails as it is told, and does what it is told when it is cancelled."""

    starts = 0

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.cancelled: list[str] = []
        self.began = threading.Event()
        self.ended = threading.Event()

    def simulate(self, task: SimulationTask, code: Code, timeout: float) -> dict[str, bytes]:
        """Fail, or wait until it is cancelled."""
        assert task.bundle is not None
        assert code.digest == task.bundle.digest
        assert timeout == 10.0
        self.began.set()
        if self.errors:
            raise self.errors.pop(0)
        assert self.ended.wait(60)
        if self.cancelled:
            raise ExecutionFailed(FailureKind.CANCELLED, diagnostics({}))
        return {"x": b"x"}

    def judge(self, *_: object) -> float:
        """Fail."""
        raise self.errors.pop(0)

    def cancel(self, task_id: str) -> None:
        """Heed the second time only."""
        self.cancelled.append(task_id)
        if len(self.cancelled) > 1:
            self.ended.set()

    def close(self) -> None:
        """Let go."""
        self.ended.set()


class NoBundles:
    """Bundles that nobody can have."""

    def using(self, reference: BundleReference) -> AbstractContextManager[Path]:
        """It is not there."""
        raise BundleUnavailable(f"{reference} is nowhere")


class Anywhere:
    """Bundles that are all in one folder."""

    @contextmanager
    def using(self, reference: BundleReference) -> Iterator[Path]:
        """It is there."""
        assert reference.digest
        yield Path("/nowhere")


def worker(folder: Path, executor: Failing, bundles: Bundles | None = None) -> Worker:
    return Worker(
        executor=executor,
        bundles=bundles or Anywhere(),
        tables=ContentStore(FolderStore(folder / "tables")),
        cache=ResultCache(FolderStore(folder / "simulations")),
        files=FolderStore(folder),
        timeout=10.0,
    )


def failures(kind: str) -> float:
    name = "modelops_simulations_failed_total"
    return REGISTRY.get_sample_value(name, {"kind": kind}) or 0.0


def test_what_nobody_foresaw_is_the_workers_failure(tmp_path: Path, toy: Toy) -> None:
    before = failures("worker_lost")
    broken = worker(tmp_path, Failing(OSError("the disk is gone"), OSError("as above")))
    (result,) = broken.simulate("key", [toy.task("plain")])
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.WORKER_LOST
    assert "OSError: the disk is gone" in result.diagnostics.entries["message"]
    assert "traceback" in result.diagnostics.entries
    assert failures("worker_lost") == before + 1
    replicates = toy.replicates("plain", [1])
    ended = [succeeded(1, {"x": b"x"}, seconds=1.0, cached=False)]
    judgement = broken.judge(replicates, MEAN, ended, 10.0)
    assert judgement.result.diagnostics.entries["kind"] == "worker_lost"


def test_a_bundle_that_cannot_be_had_fails_its_tasks(tmp_path: Path, toy: Toy) -> None:
    (result,) = worker(tmp_path, Failing(), NoBundles()).simulate("key", [toy.task("plain")])
    assert isinstance(result, Failed)
    assert result.kind is FailureKind.BUNDLE_UNAVAILABLE
    assert "is nowhere" in result.diagnostics.entries["message"]


def test_another_one_was_cancelled_under_the_same_id(tmp_path: Path, toy: Toy) -> None:
    cancelled = ExecutionFailed(FailureKind.CANCELLED, diagnostics({}))
    executor = Failing(cancelled, cancelled)
    executor.ended.set()
    (result,) = worker(tmp_path, executor).simulate("key", [toy.task("plain")])
    assert isinstance(result, Simulated)


def test_what_had_not_begun_is_stopped_when_it_has(tmp_path: Path, toy: Toy) -> None:
    executor = Failing()
    working = worker(tmp_path, executor)
    stopped: list[bool] = []

    def work() -> None:
        with pytest.raises(Stopped):
            working.simulate("key", [toy.task("plain"), toy.task("plain", 2)])
        stopped.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    assert executor.began.wait(60)
    working.stop("another key")
    working.stop("key")
    thread.join(60)
    assert stopped
    # The first time is too early for this executor.
    assert executor.cancelled[:2] == [toy.task("plain").id] * 2


def test_a_worker_that_is_closed_does_nothing_more(tmp_path: Path, toy: Toy) -> None:
    closed = worker(tmp_path, Failing())
    closed.close()
    with pytest.raises(Stopped):
        closed.simulate("key", [toy.task("plain")])


def test_stopping_what_is_gone_does_nothing() -> None:
    running = Running()
    with running.under("key"):
        assert not running.stopped("key")
    assert not running.stop("key", lambda _: pytest.fail("nothing runs"))
    with running.under("key"):
        assert not running.stopped("key")


def test_replicates_are_as_large_as_their_tables() -> None:
    from dask.sizeof import sizeof  # noqa: PLC0415 -- here alone

    group = [succeeded(seed, {"x": b"x" * 10**6}, seconds=1.0, cached=False) for seed in range(3)]
    assert sizeof(group) > 3 * 10**6


# --- threads and files ------------------------------------------------------------------------


def test_what_is_urgent_goes_first() -> None:
    lanes, began, gate = Lanes(1), threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        began.set()
        gate.wait(60)

    lanes.give(Urgency.SIMULATING, first)
    assert began.wait(60)
    for number in "012":
        lanes.give(Urgency.SIMULATING, partial(done.append, f"simulated {number}"))
        lanes.give(Urgency.JUDGING, partial(done.append, f"judged {number}"))
    gate.set()
    lanes.close(60)
    assert done == [f"{word} {number}" for word in ("judged", "simulated") for number in "012"]


@pytest.mark.parametrize("path", ["", ".", "..", "/a", "a/", "a//b", "a/../b", "a\\b", "a\0"])
def test_paths_stay_below(path: str) -> None:
    with pytest.raises(ValueError, match="no path below"):
        below(path)


def test_files_that_cannot_be_written_are_not_delivered(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(NotDelivered, match="runs"):
        delivered(FolderStore(tmp_path), {"a": b""}, "runs/dev")


def test_files_come_in_the_order_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = itertools.count()
    write = whole_files._write  # noqa: SLF001 -- to fail in the middle

    def third_fails(file: Path, content: bytes, *, lasting: bool) -> None:
        if next(count) == 2:
            raise OSError(errno.ENOSPC, "no space left")
        write(file, content, lasting=lasting)

    monkeypatch.setattr(whole_files, "_write", third_fails)
    files = {"b": b"1", "a": b"2", "manifest.json": json.dumps({}).encode()}
    with pytest.raises(NotDelivered, match="no space left"):
        delivered(FolderStore(tmp_path), files, "runs")
    assert sorted(file.name for file in (tmp_path / "runs").iterdir()) == ["a", "b"]
