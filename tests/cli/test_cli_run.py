"""`modelops run --local`: a real run with all its processes, in a copy of the example project."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

ROOT = Path(__file__).resolve().parents[2]
MODELOPS = Path(sys.executable).with_name("modelops")
PATIENCE = 240.0
RUN_FILE = Path("environments/dev/runs/sir.yaml")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The example environment, with its bundle."""
    shutil.copytree(ROOT / "environments", tmp_path / "environments")
    bundle = Path("images/runtime/examples/sir")
    shutil.copytree(ROOT / bundle, tmp_path / bundle, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def modelops(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MODELOPS, *arguments],
        cwd=project,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def started(project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [MODELOPS, *arguments],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def state(project: Path) -> Path:
    return project / ".modelops" / "runs" / "dev" / "sir"


def told(project: Path) -> list[int]:
    """The numbers of the trials that have ended, as the leaders' logs say it, of this start."""
    logs = state(project).glob("logs/run-worker-*.log")
    return [
        int(found[1])
        for log in logs
        for found in re.finditer(r'"trial ended".*?"trial": (\d+)', log.read_text())
    ]


def processes_of(project: Path) -> Iterator[str]:
    """The command lines of the processes that work in the project's folder."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(state(project)) in (entry / "environ").read_text():
                yield (entry / "cmdline").read_text().replace("\0", " ")
        except (OSError, UnicodeDecodeError):
            continue


def trials(project: Path) -> dict[int, float]:
    """The loss of each trial in the results."""
    table = pq.read_table(state(project) / "results/runs/dev/sir/trials.parquet")
    return dict(zip(table["number"].to_pylist(), table["loss"].to_pylist(), strict=True))


def test_a_run_ends_with_tables_pictures_and_the_best_parameters(project: Path) -> None:
    ran = modelops(project, "run", "dev/sir", "--local", "--trials", "6", "--workers", "1")
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"dashboard: http://127\.0\.0\.1:\d+", ran.stdout)
    assert "6 trials, 6 completed" in ran.stdout
    assert "infectious_days" in ran.stdout
    assert all(len(line) <= 80 for line in ran.stdout.splitlines())
    assert sorted(trials(project)) == [0, 1, 2, 3, 4, 5]
    results = state(project) / "results/runs/dev/sir"
    assert {file.name for file in results.iterdir()} >= {
        *("trials.parquet", "replicates.parquet", "diagnostics.parquet", "manifest.json"),
        *("convergence.png", "importance.png"),
    }
    assert list(processes_of(project)) == []
    assert (project / ".modelops" / ".gitignore").read_text() == "*\n"


def moved_to_azure(project: Path) -> None:
    """Have Azure keep the trials of the example, as far as its files say."""
    file = project / "environments/dev/environment.yaml"
    text = file.read_text().replace("keda: true", "keda: true, workloadIdentity: true")
    file.write_text(f"{text}    postgres: {{}}\n")
    kept = ROOT / "tests/golden/a-run-on-azure-s-postgres/environments/dev/cloud.yaml"
    facts = kept.read_text().replace("westeurope", "eastus2")
    (project / "environments/dev/cloud.yaml").write_text(facts)
    run = project / RUN_FILE
    own = "store: {size: 5Gi, retain: false}"
    run.write_text(run.read_text().replace(own, "store: {mode: azureFlexible}"))


def test_a_run_whose_trials_azure_keeps_has_a_store_here(project: Path) -> None:
    moved_to_azure(project)
    ran = modelops(project, "run", "dev/sir", "--local", "--trials", "3", "--workers", "1")
    assert ran.returncode == 0, ran.stderr
    assert sorted(trials(project)) == [0, 1, 2]
    assert (state(project) / "store").is_dir()


def test_a_run_that_is_stopped_goes_on_and_loses_nothing(project: Path) -> None:
    arguments = ("run", "dev/runs/sir", "--local", "--trials", "12", "--workers", "1")
    first = started(project, *arguments)
    until(lambda: len(told(project)) >= 2, "no trial ended")
    first.send_signal(signal.SIGINT)
    _, message = first.communicate(timeout=PATIENCE)
    assert first.returncode == 130, message
    assert list(processes_of(project)) == []
    before = told(project)

    second = modelops(project, *arguments)
    assert second.returncode == 0, second.stderr
    assert sorted(trials(project)) == list(range(12))
    assert not set(before) & set(told(project)), "a trial that had ended ran again"


def test_a_client_that_is_killed_leaves_nothing_running_and_loses_nothing(project: Path) -> None:
    arguments = ("run", "dev/sir", "--local", "--trials", "8", "--workers", "1")
    first = started(project, *arguments)
    until(lambda: len(told(project)) >= 2, "no trial ended")
    first.kill()
    first.communicate(timeout=PATIENCE)
    until(lambda: not list(processes_of(project)), "processes were left")
    before = told(project)
    second = modelops(project, *arguments)
    assert second.returncode == 0, second.stderr
    assert sorted(trials(project)) == list(range(8))
    assert not set(before) & set(told(project)), "a trial that had ended ran again"


def test_the_debug_profile_runs_the_code_in_the_worker(project: Path) -> None:
    ran = modelops(
        project,
        "run",
        "dev/sir",
        "--local",
        "--trials",
        "3",
        "--workers",
        "1",
        "--profile",
        "debug",
    )
    assert ran.returncode == 0, ran.stderr
    runtime = json.loads(
        (state(project) / "processes/workers/etc/modelops/runtime.json").read_text()
    )
    assert runtime["executor"]["type"] == "direct"
    assert sorted(trials(project)) == [0, 1, 2]


# --- wrong input ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("run", "dev/sir"), 2, "add --local to run it here"),
        (("run", "dev", "--local"), 2, "names no run: write ENV/RUN"),
        (("run", "dev/sri", "--local"), 2, "did you mean"),
        (("run", "dve/sir", "--local"), 2, "there is no environment `dve`"),
        (("run", "dev/sir", "--local", "--trials", "0"), 2, "trials"),
        (("run", "dev/sir", "--local", "--profile", "nothing"), 1, "nothing"),
    ],
)
def test_a_wrong_invocation_starts_nothing(
    project: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    ran = modelops(project, *arguments)
    assert ran.returncode == code, ran.stderr
    assert message in ran.stderr
    assert not (state(project) / "logs").exists() or not told(project)


def test_a_bundle_that_is_not_there_is_named(project: Path) -> None:
    shutil.rmtree(project / "images")
    ran = modelops(project, "run", "dev/sir", "--local")
    assert ran.returncode == 1
    assert "`bundle.path` names" in ran.stderr


def test_a_run_is_started_once(project: Path) -> None:
    import fcntl  # noqa: PLC0415 -- for this alone

    state(project).mkdir(parents=True)
    with (state(project) / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = modelops(project, "run", "dev/sir", "--local")
    assert ran.returncode == 1
    assert "another process is running this already" in ran.stderr


def test_a_model_that_fails_is_told_in_the_results(project: Path) -> None:
    model = project / "images/runtime/examples/sir/models/sir.py"
    model.write_text(
        "def simulate(parameters, seed, scenario):\n    raise ValueError('no water')\n"
    )
    ran = modelops(project, "run", "dev/sir", "--local", "--trials", "2", "--workers", "1")
    assert ran.returncode == 0, ran.stderr
    assert "2 failed" in ran.stdout
    assert "no water" in ran.stdout
