"""Processes of executors: warm ones are kept, all of them are ended, and nothing is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.runtime.executor_bundles import (
    MEMORY,
    bundle,
    cases,
    failing,
    settings,
    simulated,
    task,
)
from tests.runtime.executor_processes import KINDS, SHORT, SLOW, gone, noted, runners, until

from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.executors.executor import (
    CARRIED,
    Code,
    Executor,
    ExecutorKind,
    executor,
)
from modelops_runtime.executors.isolated import isolated_warm
from modelops_runtime.executors.pool import Pool
from modelops_runtime.executors.process import Process, Start
from modelops_runtime.tables.stream import encoded


@pytest.fixture(scope="module", params=KINDS)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Executor]:
    made = executor(settings(request.param, tmp_path_factory.mktemp("cache"), max_warm_processes=2))
    yield made
    made.close()


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return cases(tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Executor]:
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path, max_warm_processes=2))
    yield made
    made.close()


# --- warm processes ----------------------------------------------------------------------------


def test_a_warm_process_is_asked_again_and_a_cold_one_is_not(running: Executor, code: Code) -> None:
    pids = {simulated(running, code, "where")["pid"][0] for _ in range(3)}
    warm = running._settings.kind is ExecutorKind.ISOLATED_WARM  # type: ignore[attr-defined]  # noqa: SLF001
    assert len(pids) == (1 if warm else 3)


def test_an_exception_does_not_cost_the_process(warm: Executor, code: Code) -> None:
    before = simulated(warm, code, "where")["pid"]
    failing(warm, code, "fails")
    assert simulated(warm, code, "where")["pid"] == before


def test_the_bundle_used_least_recently_makes_room(tmp_path: Path) -> None:
    one, two, three = (cases(tmp_path / name, name=name) for name in ("one", "two", "three"))
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path, max_warm_processes=2))
    pids = {code: simulated(made, code, "where")["pid"][0] for code in (one, two)}
    assert simulated(made, one, "where")["pid"][0] == pids[one]
    simulated(made, three, "where")
    assert gone(pids[two])
    assert simulated(made, one, "where")["pid"][0] == pids[one]
    assert len(runners()) == 2
    made.close()
    assert not runners()


def test_there_are_never_more_than_there_may_be(warm: Executor, tmp_path: Path) -> None:
    codes = [cases(tmp_path / str(number), name=str(number)) for number in range(3)]
    most = 0
    with ThreadPoolExecutor(6) as threads:
        asked = [
            threads.submit(simulated, warm, codes[number % 3], "uint64") for number in range(18)
        ]
        while not all(each.done() for each in asked):
            most = max(most, len(runners()))
        assert all(each.result() == {"x": [0, 2**64 - 1]} for each in asked)
    assert 1 <= most <= 2


def test_a_process_is_recycled_after_its_calls(code: Code, tmp_path: Path) -> None:
    made = isolated_warm(settings(ExecutorKind.ISOLATED_WARM, tmp_path), most_calls=2)
    pids = [simulated(made, code, "where")["pid"][0] for _ in range(4)]
    made.close()
    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert gone(pids[0])


def test_a_process_that_has_grown_is_recycled(warm: Executor, code: Code) -> None:
    pids = [simulated(warm, code, "leak")["pid"][0] for _ in range(4)]
    assert 2**28 * GROWN > MEMORY // 4
    assert len(set(pids)) > 1
    assert pids[0] == pids[1]


GROWN = 2
"""Leaks after the first call that are too many."""


def test_a_process_that_was_ended_while_idle_is_replaced(warm: Executor, code: Code) -> None:
    pid = simulated(warm, code, "where")["pid"][0]
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid))
    assert simulated(warm, code, "where")["pid"][0] != pid


def test_a_process_outlives_the_thread_that_started_it(warm: Executor, code: Code) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(simulated(warm, code, "where")["pid"][0]))
    thread.start()
    thread.join()
    time.sleep(0.2)
    assert simulated(warm, code, "where")["pid"] == found


# --- the end -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_closing_ends_what_runs(kind: ExecutorKind, code: Code, tmp_path: Path) -> None:
    made = executor(settings(kind, tmp_path, max_warm_processes=3))
    simulated(made, code, "uint64")
    notes = [tmp_path / "one", tmp_path / "two"]
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(failing, made, code, "grandchild", note=str(n)) for n in notes]
        pids = [pid for note in notes for pid in noted(note)]
        made.close()
        assert {each.result().kind for each in asked} == {FailureKind.CANCELLED}
    until(lambda: gone(*pids))
    assert not runners()
    made.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_is_not_wanted_any_more_is_stopped(
    kind: ExecutorKind, code: Code, tmp_path: Path
) -> None:
    made = executor(settings(kind, tmp_path, max_warm_processes=2))
    note = tmp_path / "note"
    with ThreadPoolExecutor(2) as threads:
        other = threads.submit(failing, made, code, "hang", timeout=2 * SHORT)
        unwanted = threads.submit(failing, made, code, "grandchild", note=str(note))
        pids = noted(note)
        made.cancel(task("uint64").id)
        made.cancel(task("grandchild", note=str(note)).id)
        assert unwanted.result().kind is FailureKind.CANCELLED
        assert other.result().kind is FailureKind.TIMED_OUT
    until(lambda: gone(*pids))
    assert simulated(made, code, "uint64")
    made.close()


def test_a_task_that_has_ended_cannot_be_stopped(warm: Executor, code: Code) -> None:
    pids = simulated(warm, code, "where")["pid"]
    warm.cancel(task("where").id)
    assert simulated(warm, code, "where")["pid"] == pids


def test_a_process_that_was_stopped_after_its_answer_is_not_asked_again() -> None:
    start = Start(sys.executable, (), (), {}, None)
    pool = Pool(1, lambda _process: False)
    pids = []
    for _ in range(2):
        with pool.lent(CARRIED, lambda: Process(start)) as process:
            process.ready()
            process.stop()
        pids.append(process.pid)
        assert gone(process.pid)
    pool.close()
    assert len(set(pids)) == 2


def test_who_waits_for_a_process_is_told_of_the_end(code: Code, tmp_path: Path) -> None:
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path, max_warm_processes=1))
    note = tmp_path / "note"
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(failing, made, code, "grandchild", note=str(note))
        noted(note)
        second = threads.submit(failing, made, code, "uint64")
        made.close()
        assert first.result().kind is FailureKind.CANCELLED
        assert second.result().kind is FailureKind.CANCELLED


PARENT = """
import sys, threading
from pathlib import Path
from tests.runtime.executor_bundles import cases, failing, settings, simulated
from modelops_runtime.executors.executor import ExecutorKind, executor
folder, note = Path(sys.argv[1]), sys.argv[2]
code = cases(folder / "bundle")
made = executor(settings(ExecutorKind.ISOLATED_WARM, folder, max_warm_processes=2))
threading.Thread(target=failing, args=(made, code, "grandchild"), kwargs={"note": note}).start()
other = cases(folder / "other", name="other")
print(simulated(made, other, "where")["pid"][0], flush=True)
"""


def test_a_worker_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    note = tmp_path / "note"
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), str(note)],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout
        pids = [int(parent.stdout.readline()), *noted(note)]
        assert not gone(pids[0])
        assert not gone(pids[1])
        parent.kill()
    until(lambda: gone(*pids))


DAEMON = """
import multiprocessing, sys
from pathlib import Path
from tests.runtime.executor_bundles import cases, settings, simulated
from modelops_runtime.executors.executor import ExecutorKind, executor

def work(folder):
    assert multiprocessing.current_process().daemon
    made = executor(settings(ExecutorKind.ISOLATED_WARM, folder))
    print(simulated(made, cases(folder / "bundle"), "uint64"), flush=True)
    made.close()

if __name__ == "__main__":
    worker = multiprocessing.get_context("spawn").Process(
        target=work, args=(Path(sys.argv[1]),), daemon=True
    )
    worker.start()
    worker.join()
"""


def test_a_daemonic_worker_may_have_processes(tmp_path: Path) -> None:
    """That is what a worker of Dask is to its nanny: it may have no children of its own kind."""
    program = tmp_path / "program.py"
    program.write_text(DAEMON)
    printed = subprocess.check_output(
        [sys.executable, str(program), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
        timeout=SLOW,
    )
    assert printed == f"{{'x': [0, {2**64 - 1}]}}\n"


def test_a_parent_that_is_gone_already_is_noticed(tmp_path: Path) -> None:
    life, held = os.pipe()
    os.close(held)
    program = Path(sys.modules["modelops_runtime.executors.process"].__file__ or "").parent
    ended = subprocess.run(
        [
            sys.executable,
            str(program / "runner" / "start.py"),
            f'{{"life": {life}, "memory": null, "paths": [], "more": []}}',
        ],
        pass_fds=(life,),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        start_new_session=True,
        check=False,
        timeout=SLOW,
    )
    os.close(life)
    assert ended.returncode == -signal.SIGKILL


def test_an_environment_of_another_model_is_not_seen(warm: Executor, tmp_path: Path) -> None:
    source = (
        "import os\nSEEN = []\ndef simulate(p, s, c):\n    SEEN.append(s)\n    return {'x': SEEN}"
    )
    one = bundle(tmp_path / "one", {"m.py": source})
    two = bundle(tmp_path / "two", {"m.py": f"{source}\n"})
    for seed, expected in ((1, [1]), (2, [1, 2])):
        for code in (one, two):
            given = warm.simulate(task("any", "m", seed=seed), code, SLOW)
            assert given == {"output": encoded({"x": expected})}
