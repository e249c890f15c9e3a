"""What only a process of its own can bear, for both executors that have one; nothing is left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.executor_bundles import (
    cases,
    failing,
    settings,
    simulated,
    task,
)
from tests.runtime.executor_processes import KINDS, SHORT, SLOW, gone, noted, until

from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.executors.executor import (
    Code,
    Executor,
    ExecutorKind,
    executor,
)
from modelops_runtime.executors.surroundings import allowed
from modelops_runtime.tables.stream import decoded


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


# --- each end is its own kind ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "kind", "found"),
    [
        ("segfault", FailureKind.CRASHED, {"exit": 139, "signal": "SIGSEGV"}),
        ("overflow", FailureKind.CRASHED, {"exit": 135, "signal": "SIGBUS"}),
        ("aborts", FailureKind.CRASHED, {"exit": 134, "signal": "SIGABRT"}),
        ("exit0", FailureKind.CRASHED, {"exit": 0}),
        ("exit3", FailureKind.CRASHED, {"exit": 3}),
        ("exit137", FailureKind.OUT_OF_MEMORY, {"exit": 137}),
        ("killed", FailureKind.OUT_OF_MEMORY, {"exit": 137, "signal": "SIGKILL"}),
        ("cpp", FailureKind.OUT_OF_MEMORY, {"exit": 134, "signal": "SIGABRT"}),
        ("much", FailureKind.OUT_OF_MEMORY, {"exception": "MemoryError"}),
        ("closes", FailureKind.CRASHED, {"exit": 1}),
    ],
)
def test_how_a_process_ends(
    running: Executor, code: Code, scenario: str, kind: FailureKind, found: dict[str, Any]
) -> None:
    failed = failing(running, code, scenario)
    assert failed.kind is kind
    entries = failed.diagnostics.entries
    assert {name: entries[name] for name in found} == found
    assert simulated(running, code, "uint64")


def test_the_place_of_a_crash_is_told(running: Executor, code: Code) -> None:
    stderr = failing(running, code, "segfault").diagnostics.entries["stderr"]
    assert "Segmentation fault" in stderr
    assert "cases.py" in stderr


def test_the_last_words_are_told(running: Executor, code: Code) -> None:
    assert failing(running, code, "exit3").diagnostics.entries["stderr"] == "the last words\n"
    assert failing(running, code, "fails").diagnostics.entries["stderr"] == "before it failed\n"


def test_words_of_an_earlier_task_are_not(warm: Executor, code: Code) -> None:
    simulated(warm, code, "noisy")
    assert failing(warm, code, "fails").diagnostics.entries["stderr"] == "before it failed\n"


@pytest.mark.parametrize("scenario", ["hang", "spin", "garbles"])
def test_what_takes_too_long_is_stopped(running: Executor, code: Code, scenario: str) -> None:
    failed = failing(running, code, scenario, timeout=SHORT)
    if scenario == "garbles":
        assert failed.kind is FailureKind.CRASHED
    else:
        assert failed.kind is FailureKind.TIMED_OUT
        assert failed.diagnostics.entries["message"] == f"no result within {SHORT:g} s"
    assert simulated(running, code, "uint64")


def test_what_it_printed_before_it_hung_is_told(running: Executor, code: Code) -> None:
    failed = failing(running, code, "hang", timeout=SHORT)
    assert failed.diagnostics.entries["stderr"] == "and now it hangs\n"


def test_what_it_started_ends_with_it(running: Executor, code: Code, tmp_path: Path) -> None:
    note = tmp_path / "note"
    failed = failing(running, code, "grandchild", timeout=SHORT, note=str(note))
    assert failed.kind is FailureKind.TIMED_OUT
    until(lambda: gone(*noted(note)))


def test_what_a_crashed_process_started_ends_as_well(
    running: Executor, code: Code, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    failed = failing(running, code, "orphan", note=str(note))
    assert failed.kind is FailureKind.CRASHED
    assert failed.diagnostics.entries["exit"] == 7
    until(lambda: gone(*noted(note)))


def test_a_flood_of_words_stops_nothing(running: Executor, code: Code) -> None:
    assert simulated(running, code, "flood") == {"x": [1]}


def test_there_is_nothing_to_read(running: Executor, code: Code) -> None:
    failed = failing(running, code, "reads")
    assert failed.kind is FailureKind.MODEL_ERROR
    assert failed.diagnostics.entries["message"].startswith("EOFError")


def test_a_model_that_forks_answers_once(running: Executor, code: Code) -> None:
    assert simulated(running, code, "forks") == {"parent": [True]}
    assert simulated(running, code, "uint64") == {"x": [0, 2**64 - 1]}


def test_a_model_may_start_processes(running: Executor, code: Code) -> None:
    assert simulated(running, code, "processes") == {"x": list(range(8, 0, -1))}


@pytest.mark.parametrize("frame", ["pandas_alone", "series_alone"])
def test_frames_of_pandas_without_arrow(
    code: Code, tmp_path: Path, frame: str, running: Executor
) -> None:
    given = running.simulate(task("frame", frame=frame), cases(tmp_path), SLOW)
    table = decoded(given["output"])
    assert {field.name: str(field.type) for field in table.schema} == {
        "day": "int64",
        "n": "double",
        "i": "int64",
        "s": "large_string",
        "t": "timestamp[us]",
        "z": "timestamp[us, tz=UTC]",
        "c": "large_string",
        "small": "int8",
        "truth": "bool",
        "real": "float",
        "whole": "int64",
    }
    paris = timezone(timedelta(hours=1))
    assert table.to_pydict() == {
        "day": [7, 8, 9],
        "n": [1.0, 2.0, None],
        "i": [1, None, 3],
        "s": ["a", None, "c"],
        "t": [datetime(2020, 1, 1), None, datetime(2021, 1, 1)],  # noqa: DTZ001 -- as it is there
        "z": [datetime(2020, 1, 1, tzinfo=paris), None, datetime(2021, 1, 1, tzinfo=paris)],
        "c": ["x", "y", "x"],
        "small": [1, None, 3],
        "truth": [True, None, False],
        "real": [0.5, None, 1.5],
        "whole": [1, 2, 3],
    }


def test_an_answer_may_not_be_greater_than_the_limit(
    running: Executor, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelops_runtime.executors.process.MOST", 2**20)
    failed = failing(running, code, "huge")
    assert failed.kind is FailureKind.CRASHED
    assert "the limit is 1048576" in failed.diagnostics.entries["message"]


# --- what a process is given -------------------------------------------------------------------


def test_a_model_sees_what_it_may(code: Code, tmp_path: Path) -> None:
    pod = {
        "PATH": os.environ["PATH"],
        "PGPASSWORD": "no",
        "MODELOPS_CONTEXT_AUDIENCE": "yes",
        "PYTHONPATH": "/nowhere",
        "API_KEY": "no",
    }
    kind = ExecutorKind.COLD
    made = executor(settings(kind, tmp_path, environment=allowed(pod)))
    seen = simulated(made, code, "surroundings")
    made.close()
    given = dict(zip(seen["name"], seen["value"], strict=True))
    given.pop("LC_CTYPE", None)  # an interpreter may set it itself
    assert given.pop("TMPDIR")
    assert given == {**allowed(pod), "PYTHONHASHSEED": "0"}
    assert given["MODELOPS_CONTEXT_AUDIENCE"] == "yes"
    assert "no" not in given.values()


def test_texts_have_the_same_hash_everywhere(running: Executor, code: Code) -> None:
    hashes = {simulated(running, code, "where")["hash"][0] for _ in range(2)}
    variables = {"PYTHONHASHSEED": "0"}
    here = subprocess.check_output(
        [sys.executable, "-c", "print(hash('text'))"], env=variables, text=True
    )
    assert hashes == {here.strip()}


def test_a_model_has_a_folder_of_its_own_which_is_removed(tmp_path: Path, code: Code) -> None:
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path))
    folder = Path(simulated(made, code, "where")["folder"][0])
    assert folder.is_dir()
    made.close()
    assert not folder.exists()


def test_the_kernel_ends_a_model_before_its_worker(warm: Executor, code: Code) -> None:
    pid = simulated(warm, code, "where")["pid"][0]
    assert Path(f"/proc/{pid}/oom_score_adj").read_text() == "1000\n"


def test_a_crash_leaves_no_core(warm: Executor, code: Code) -> None:
    assert simulated(warm, code, "where")["core"] == [0]


def test_the_bundle_is_not_written_to(running: Executor, tmp_path: Path) -> None:
    code = cases(tmp_path)
    simulated(running, code, "uint64")
    assert not [*tmp_path.rglob("__pycache__")]
