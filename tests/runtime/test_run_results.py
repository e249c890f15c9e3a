"""The results of a run as files: what is in them, that they are whole, and always the same."""

import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.runtime import postgres_store
from tests.runtime.program import run as program
from tests.runtime.run_files import run_file, run_text
from tests.runtime.trial_events import asked, parameters, some_of_all

from modelops_runtime.central_store import schema
from modelops_runtime.central_store.connection import Settings, connect
from modelops_runtime.central_store.events import Asked, Event
from modelops_runtime.central_store.log import EventLog, MemoryLog
from modelops_runtime.configuration.run import run_config
from modelops_runtime.contracts.parameters import ParameterSet
from modelops_runtime.contracts.seeds import replicate_seeds
from modelops_runtime.run_results.files import result_files
from modelops_runtime.run_results.folder import NoResults, put_folder, write

COMMAND = [sys.executable, "-m", "modelops_runtime", "export-results"]
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ["diagnostics.parquet", "manifest.json", "replicates.parquet", "trials.parquet"]


def log_of(events: Sequence[Event]) -> MemoryLog:
    seconds = count()
    log = MemoryLog(lambda: BEGAN + timedelta(seconds=next(seconds)))
    log.append(events)
    return log


def files_of(events: Sequence[Event], **changed: object) -> dict[str, bytes]:
    text = run_text(**changed)
    return result_files(log_of(events).records(), run_config(text), text)


def table(files: Mapping[str, bytes], name: str) -> pa.Table:
    return pq.read_table(io.BytesIO(files[f"{name}.parquet"]))


def rows(files: Mapping[str, bytes], name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table(files, name).to_pylist()
    return found


# --- what is in them ------------------------------------------------------------------------------


def test_a_row_for_each_trial() -> None:
    found = rows(files_of(some_of_all()), "trials")
    assert [row["number"] for row in found] == list(range(9))
    statuses = [*["completed"] * 5, "failed", "pruned", "timeout", "running"]
    assert [row["status"] for row in found] == statuses
    losses = [9.5, 4.5, 1.5, 0.5, 1.5, None, 40.0, None, None]
    assert [row["loss"] for row in found] == losses
    assert found[3] == {
        "number": 3,
        "status": "completed",
        "loss": 0.5,
        "seconds": 3.0,
        "attempt": 0,
        "worker": "worker-0",
        "asked_at": BEGAN + timedelta(seconds=15),
        "started_at": BEGAN + timedelta(seconds=16),
        "ended_at": BEGAN + timedelta(seconds=19),
        "parameters_id": parameters(3).id,
        "parameter_beta": 0.08,
        "parameter_contacts": 4,
        "parameter_policy": "none",
    }
    assert [row["attempt"] for row in found] == [0, 0, 0, 0, 0, 2, 0, 0, 0]


def test_trials_stand_in_the_order_of_their_numbers() -> None:
    found = rows(files_of([asked(2), asked(0), asked(1)]), "trials")
    assert [(row["number"], row["status"]) for row in found] == [
        *((0, "asked"), (1, "asked"), (2, "asked"))
    ]


def test_a_row_for_each_simulation_of_each_attempt() -> None:
    files = files_of(some_of_all())
    found = rows(files, "replicates")
    assert len(found) == 3 * (5 + 3 + 1 + 1)
    assert found[0] == {
        "trial": 0,
        "attempt": 0,
        "replicate": 0,
        "seed": replicate_seeds(parameters(0), 3)[0],
        "failure": None,
        "seconds": 0.25,
        "cached": True,
        "outputs": [{"name": "prevalence", "checksum": "ab" * 32}],
    }
    of_five = [row for row in found if row["trial"] == 5]
    assert [(row["attempt"], row["failure"]) for row in of_five if row["failure"]] == [
        (0, "worker_lost"),
        (1, "worker_lost"),
        (2, "model_error"),
    ]
    assert table(files, "replicates").schema.field("seed").type == pa.uint64()
    assert any(row["seed"] > 2**63 for row in found)


def test_a_row_for_each_attempt_that_left_something_to_say() -> None:
    found = rows(files_of(some_of_all()), "diagnostics")
    of_five = [row for row in found if row["trial"] == 5]
    assert [(row["attempt"], row["status"], row["kind"]) for row in of_five] == [
        (0, "failed", "worker_lost"),
        (1, "failed", "worker_lost"),
        (2, "failed", "model_error"),
    ]
    assert of_five[2]["message"] == "trial 5 went wrong"
    assert json.loads(found[0]["text"]) == {"note": "ü \0 ' \\"}
    assert (found[0]["kind"], found[0]["message"]) == (None, None)
    assert [row["kind"] for row in found if row["trial"] == 7] == ["timed_out"]


def test_a_run_without_trials_has_tables_too() -> None:
    files = files_of([])
    assert [rows(files, name) for name in ("trials", "replicates", "diagnostics")] == [[], [], []]
    manifest = json.loads(files["manifest.json"])
    assert (manifest["best"], manifest["lastTrialEndedAt"]) == (None, None)


@pytest.mark.parametrize(
    ("choices", "kind", "written"),
    [
        (["a", "b"], pa.string(), ["a", "b"]),
        ([True, False], pa.bool_(), [True, False]),
        ([1, 2], pa.int64(), [1, 2]),
        ([0.5, 2.0], pa.float64(), [0.5, 2.0]),
        ([1, "1"], pa.string(), ["1", '"1"']),
        ([True, 1.0], pa.string(), ["true", "1.0"]),
    ],
)
def test_a_column_of_choices_has_their_type(
    choices: list[Any], kind: pa.DataType, written: list[Any]
) -> None:
    space = {"choice": {"choices": choices, "type": "categorical"}}
    events = [Asked(place, ParameterSet({"choice": one})) for place, one in enumerate(choices)]
    files = files_of(events, parameters=space)
    assert table(files, "trials").schema.field("parameter_choice").type == kind
    assert [row["parameter_choice"] for row in rows(files, "trials")] == written


def test_the_manifest_says_what_there_is() -> None:
    files = files_of(some_of_all())
    manifest = json.loads(files["manifest.json"])
    assert manifest["kind"] == "RunResults"
    assert (manifest["environment"], manifest["run"], manifest["study"]) == (
        *("dev", "sir", "dev/sir"),
    )
    assert manifest["trials"] == {
        "wanted": 20,
        "asked": 9,
        "running": 1,
        "completed": 5,
        "failed": 1,
        "timeout": 1,
        "pruned": 1,
    }
    assert manifest["best"] == {
        "number": 3,
        "loss": 0.5,
        "parameters": dict(parameters(3).values),
    }
    assert manifest["runConfig"] == json.loads(run_text())
    assert set(manifest["versions"]) >= {"python", "modelops-runtime", "pyarrow", "optuna"}
    assert sorted([*manifest["files"], "manifest.json"]) == NAMES
    for name, about in manifest["files"].items():
        assert about["bytes"] == len(files[name])
        assert about["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert about["rows"] == table(files, name.removesuffix(".parquet")).num_rows


def test_the_same_log_gives_the_same_bytes() -> None:
    assert files_of(some_of_all()) == files_of(some_of_all())


def test_tables_are_compressed() -> None:
    metadata = pq.read_metadata(io.BytesIO(files_of(some_of_all())["trials.parquet"]))
    assert metadata.row_group(0).column(0).compression == "ZSTD"


def test_others_read_them(tmp_path: Path) -> None:
    text = run_text()
    write(log_of(some_of_all()).records(), run_config(text), text, tmp_path / "results")
    for name in ("trials", "replicates", "diagnostics"):
        file = tmp_path / "results" / f"{name}.parquet"
        assert len(pd.read_parquet(file)) == len(pl.read_parquet(file)) > 0
    seeds = pd.read_parquet(tmp_path / "results" / "replicates.parquet")["seed"]
    assert list(seeds[:3]) == list(replicate_seeds(parameters(0), 3))


# --- where they are -------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_holds_the_files_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "results"
    put_folder(folder, {"manifest.json": b"1", "a": b"2"})
    (folder / "convergence.png").write_bytes(b"old")
    put_folder(folder, {"manifest.json": b"3", "b": b"4"})
    assert names(folder) == ["b", "manifest.json"]
    assert names(folder.parent) == ["results"]
    assert (folder / "manifest.json").read_bytes() == b"3"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    put_folder(tmp_path, {"manifest.json": b"1"})
    assert names(tmp_path) == ["manifest.json"]


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(NoResults, match="something else"):
        put_folder(tmp_path, {"manifest.json": b"1"})
    assert names(tmp_path) == ["thesis.tex"]


def test_files_that_cannot_be_written_leave_what_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    put_folder(folder, {"manifest.json": b"1"})
    with pytest.raises(FileNotFoundError):
        put_folder(folder, {"manifest.json": b"2", "no/such/folder": b""})
    assert names(tmp_path) == ["results"]
    assert (folder / "manifest.json").read_bytes() == b"1"


def test_a_folder_that_cannot_take_its_place_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    put_folder(folder, {"manifest.json": b"1"})
    rename, calls = Path.rename, count()

    def failing(self: Path, target: Path) -> Path:
        if next(calls) == 1:
            raise OSError("the disk is full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="full"):
        put_folder(folder, {"manifest.json": b"2"})
    assert names(tmp_path) == ["results"]
    assert (folder / "manifest.json").read_bytes() == b"1"


# --- the command ----------------------------------------------------------------------------------


def made(database: Settings) -> Settings:
    with connect(database) as connection:
        schema.make(connection)
        schema.register(connection, "dev/sir", run_text())
        EventLog(connection, "dev/sir").append(some_of_all())
    return database


def test_results_are_exported_from_the_store(database: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(made(database))}
    command = [*COMMAND, "--to", str(tmp_path / "results")]
    for _ in range(2):
        done = program(command, variables)
        assert (done.status, done.stdout) == (0, "")
    assert names(tmp_path / "results") == NAMES
    trials = pq.read_table(tmp_path / "results" / "trials.parquet")
    assert trials.column("loss").to_pylist()[:4] == [9.5, 4.5, 1.5, 0.5]
    with connect(database) as connection:
        records = EventLog(connection, "dev/sir").records()
        again = result_files(records, run_config(run_text()), run_text())
    assert {name: (tmp_path / "results" / name).read_bytes() for name in NAMES} == again


def test_a_store_that_is_not_made_has_no_results(database: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(database)}
    done = program([*COMMAND, "--to", str(tmp_path / "results")], variables)
    assert done.status == 75
    assert not (tmp_path / "results").exists()


def test_results_do_not_replace_something_else(database: Settings, tmp_path: Path) -> None:
    variables = {**run_file(tmp_path), **postgres_store.environment(made(database))}
    done = program([*COMMAND, "--to", str(tmp_path)], variables)
    assert done.status == 64
    assert "something else" in done.told
    assert names(tmp_path) == ["run.json"]
