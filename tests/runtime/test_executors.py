"""One suite for all executors: what code gives, and each way in which it can fail."""

import importlib.util
import math
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest
from tests.runtime.executor_bundles import (
    GENEROUS,
    bundle,
    cases,
    failing,
    judged,
    settings,
    simulated,
    task,
)
from tests.runtime.executor_cases import TARGETS

from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.executors.executor import (
    CARRIED,
    Code,
    ExecutionFailed,
    Executor,
    ExecutorKind,
    executor,
)
from modelops_runtime.metrics.simulations import COLD_STARTS
from modelops_runtime.tables.stream import decoded, encoded


@pytest.fixture(scope="module", params=list(ExecutorKind))
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Executor]:
    cache = tmp_path_factory.mktemp("cache")
    made = executor(settings(request.param, cache, max_warm_processes=2, secrets=("hunter2",)))
    yield made
    made.close()


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return cases(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def frames(code: Code) -> ModuleType:
    assert code.folder
    spec = importlib.util.spec_from_file_location("frames_of_the_test", code.folder / "frames.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- what a model gets and gives ---------------------------------------------------------------


def test_a_model_gets_its_parameters_and_its_seed_as_they_are(
    running: Executor, code: Code
) -> None:
    parameters: dict[str, Any] = {
        "truth": True,
        "whole": 2**62,
        "real": 0.1,
        "zero": -0.0,
        "text": "ä'\n",
    }
    echo = simulated(running, code, "echo", seed=2**64 - 1, **parameters)
    there = dict(zip(echo["name"], zip(echo["type"], echo["value"], strict=True), strict=True))
    assert there == {
        "truth": ("bool", "True"),
        "whole": ("int", str(2**62)),
        "real": ("float", "0.1"),
        "zero": ("float", "0.0"),
        "text": ("str", repr("ä'\n")),
    }
    assert echo["seed"] == [str(2**64 - 1)] * 5


FRAMES = [
    "plain",
    "reals",
    "enums",
    "empty",
    "ranges",
    "numpy",
    "numpy_empty",
    "pandas",
    "series",
    "polars",
    "arrow",
    "batch",
]


@pytest.mark.parametrize("name", FRAMES)
def test_a_table_is_the_same_bytes_as_if_it_had_been_made_here(
    running: Executor, code: Code, frames: ModuleType, name: str
) -> None:
    given = running.simulate(task("frame", frame=name), code, GENEROUS)
    assert decoded(given["output"]) == decoded(encoded(getattr(frames, name)()))
    assert given == {"output": encoded(getattr(frames, name)())}


def test_every_frame_of_the_bundle_is_compared(frames: ModuleType) -> None:
    assert [each.__name__ for each in frames.ALL] == FRAMES


def test_whole_numbers_beyond_a_sign_are_unsigned(running: Executor, code: Code) -> None:
    (table,) = running.simulate(task("uint64"), code, GENEROUS).values()
    assert decoded(table) == pa.table({"x": pa.array([0, 2**64 - 1], pa.uint64())})


def test_a_large_result_arrives_whole(running: Executor, code: Code) -> None:
    (table,) = running.simulate(task("huge"), code, GENEROUS).values()
    column = decoded(table).column("x").to_numpy()
    assert len(column) * 8 == 50 * 2**20
    assert (column[:-1] + 1 == column[1:]).all()


def test_several_tables_are_sorted(running: Executor, code: Code) -> None:
    assert list(running.simulate(task("several"), code, GENEROUS)) == ["a", "b", "c"]


def test_only_the_tables_that_are_wanted(running: Executor, code: Code) -> None:
    given = running.simulate(task("several", outputs=("c", "a")), code, GENEROUS)
    assert given == {"a": encoded({"x": [1]}), "c": encoded({"x": [3]})}


def test_a_table_that_is_wanted_and_not_there(running: Executor, code: Code) -> None:
    failed = failing(running, code, "several", outputs=("a", "d"))
    assert failed.kind is FailureKind.WRONG_OUTPUT
    assert failed.diagnostics.entries["message"] == (
        "the model gave no table `d`; it gave: b, a, c"
    )


def test_what_a_model_prints_is_no_result(running: Executor, code: Code) -> None:
    assert simulated(running, code, "noisy") == {"x": [1]}


def test_a_model_may_use_threads(running: Executor, code: Code) -> None:
    assert simulated(running, code, "threads") == {"x": list(range(8, 0, -1))}


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("none", "NoneType is no type of a table"),
        ("number", "int is no type of a table"),
        ("list", "list is no type of a table"),
        ("empty", "the model gave no table"),
        ("no columns", "table `a`: a table without columns says nothing"),
        ("text", "table `output`: column `x`: it is no sequence, but str"),
        ("scalar", "table `output`: column `x`: it is no sequence, but int"),
        ("mapping", "list is no type of a table"),
        ("mixture", "table `output`: column `x`: "),
        ("nested", "table `output`: column `x`: a cell is of type list"),
        ("objects", "table `output`: column `x`: a cell is of type object"),
        ("function", "column `x`: a cell is of type builtin_function_or_method"),
        ("set", "column `x`: it is no sequence, but set"),
        ("generator", "column `x`: it is no sequence, but list_iterator"),
        ("unequal", "table `output`: the columns make no table"),
        ("column name", "table `output`: the name of a column is no text: 1"),
        ("table name", "`a b` is no name of an output"),
        ("no text", "the name of a table is no text, but int"),
        ("complex", "column `x`: a cell is of type complex"),
        ("too great", "table `output`: column `x`: "),
        ("numpy 2d", "column `x`: only handle 1-dimensional arrays"),
        ("numpy 0d", "column `x`: only handle 1-dimensional arrays"),
        ("numpy complex", "column `x`: Unsupported numpy type"),
        ("numpy structure", "column `x`: a cell is of type tuple"),
        ("numpy objects", "column `x`: a cell is of type object"),
        ("pandas", "table `output`: Duplicate column names found"),
        ("pandas mixture", "table `output`: "),
    ],
)
def test_what_is_no_table(running: Executor, code: Code, which: str, message: str) -> None:
    failed = failing(running, code, "nothing", which=which)
    assert failed.kind is FailureKind.WRONG_OUTPUT
    assert message in failed.diagnostics.entries["message"]


# --- how code fails ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "kind", "message", "traced"),
    [
        ("fails", FailureKind.MODEL_ERROR, "ValueError: no such value ", "raise ValueError"),
        ("interrupt", FailureKind.MODEL_ERROR, "KeyboardInterrupt", "raise KeyboardInterrupt"),
        (
            "leaves",
            FailureKind.MODEL_ERROR,
            "SystemExit: the code asked its process to end, with 0",
            "sys.exit(0)",
        ),
        (
            "unprintable",
            FailureKind.MODEL_ERROR,
            "Cruel: (its message cannot be printed)",
            "raise Cruel",
        ),
        ("kept", FailureKind.MODEL_ERROR, "Odd: (<function kept", "raise type("),
        ("recursion", FailureKind.MODEL_ERROR, "RecursionError: maximum", "return recursion"),
        ("no_memory", FailureKind.OUT_OF_MEMORY, "MemoryError: all gone", "raise MemoryError"),
        (
            "imports",
            FailureKind.MISSING_DEPENDENCY,
            "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
            "import nowhere_to_be_found",
        ),
        (
            "hides",
            FailureKind.MISSING_DEPENDENCY,
            "KeyError: 'incidence' (from ModuleNotFoundError: No module named 'nowhere",
            "import nowhere_to_be_found",
        ),
    ],
)
def test_what_a_model_raises(
    running: Executor, code: Code, scenario: str, kind: FailureKind, message: str, traced: str
) -> None:
    failed = failing(running, code, scenario)
    found = failed.diagnostics.entries
    assert failed.kind is kind
    assert found["message"].startswith(message)
    assert traced in found["traceback"]
    assert "usercode.py" not in found["traceback"]
    assert simulated(running, code, "uint64")


BROKEN = {
    "models/absent.py": "import nowhere_to_be_found\n",
    "models/empty.py": "simulate = 5\n",
    "models/named.py": "from json import nothing_of_the_kind\n",
    "models/broken.py": "def simulate(:\n",
    "models/raises.py": "raise OSError('no data')\n",
    "models/leaves.py": "raise SystemExit(0)\n",
    "models/limited.py": (
        "SCENARIOS = ('base', 'high')\n"
        "def simulate(parameters, seed, scenario): return {'x': [scenario]}\n"
    ),
}


@pytest.mark.parametrize(
    ("module", "kind", "message"),
    [
        ("models.absent", FailureKind.MISSING_DEPENDENCY, "No module named 'nowhere_to_be_found'"),
        ("models.other", FailureKind.MISSING_DEPENDENCY, "No module named 'models.other'"),
        ("other", FailureKind.MISSING_DEPENDENCY, "No module named 'other'"),
        ("models.empty", FailureKind.MISSING_DEPENDENCY, "`models.empty` has no function"),
        ("models.named", FailureKind.MISSING_DEPENDENCY, "cannot import name"),
        ("models.broken", FailureKind.MODEL_ERROR, "SyntaxError: "),
        ("models.raises", FailureKind.MODEL_ERROR, "OSError: no data"),
        ("models.leaves", FailureKind.MODEL_ERROR, "SystemExit: "),
        (
            "models.limited",
            FailureKind.MODEL_ERROR,
            "`models.limited` has no scenario `low`; it has: base, high",
        ),
    ],
)
def test_what_a_module_lacks(
    running: Executor, tmp_path: Path, module: str, kind: FailureKind, message: str
) -> None:
    code = bundle(tmp_path, BROKEN)
    with pytest.raises(ExecutionFailed) as failed:
        running.simulate(task("low", module), code, GENEROUS)
    assert failed.value.kind is kind
    assert message in failed.value.diagnostics.entries["message"]


def test_a_scenario_that_the_model_has(running: Executor, tmp_path: Path) -> None:
    code = bundle(tmp_path, BROKEN)
    given = running.simulate(task("high", "models.limited"), code, GENEROUS)
    assert given == {"output": encoded({"x": ["high"]})}


def test_no_diagnostics_show_a_secret(running: Executor, code: Code) -> None:
    failed = failing(running, code, "fails", secret="it is hunter2")  # noqa: S106 -- of the test
    assert "hunter2" not in failed.diagnostics.text
    assert failed.diagnostics.entries["message"] == "ValueError: no such value it is ***"


def test_a_failure_travels(running: Executor, code: Code) -> None:
    failed = failing(running, code, "fails")
    copy = pickle.loads(pickle.dumps(failed))  # noqa: S301 -- our own
    assert (copy.kind, copy.diagnostics) == (failed.kind, failed.diagnostics)
    assert str(copy) == "model_error: ValueError: no such value "


# --- objectives --------------------------------------------------------------------------------


TYPED = {
    "f": pa.array([1.5, None]),
    "i": pa.array([1, None]),
    "w": pa.array([1, 2], pa.int32()),
    "u": pa.array([2**64 - 1, 0], pa.uint64()),
    "b": pa.array([True, False]),
    "t": pa.array([True, None]),
    "s": pa.array(["a", None]),
    "n": pa.nulls(2),
    "d": pa.array([date(2020, 1, 2), None]),
    "m": pa.array([datetime(2020, 1, 2, 3, 4, 5, 6), None]),  # noqa: DTZ001 -- as models give it
    "p": pa.array([timedelta(days=-1, microseconds=5), None]),
    "c": pa.array([time(1), None]),
}


def test_an_objective_gets_arrays(running: Executor, code: Code) -> None:
    assert judged(running, code, "kinds", [{"output": encoded(pa.table(TYPED))}]) == 0.5


def test_an_objective_gets_every_replicate(running: Executor, code: Code) -> None:
    replicates = [{"output": encoded({"x": [number, 1.0]})} for number in range(3)]
    assert judged(running, code, "loss", replicates) == 2.0


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("numpy_number", 0.5),
        ("numpy_array", 2.0),
        ("infinite", -math.inf),
        ("not_a_number", math.nan),
        ("too_great", math.inf),
        ("true", True),
    ],
)
def test_a_loss_is_a_number(running: Executor, code: Code, name: str, loss: float) -> None:
    found = judged(running, code, name, [])
    assert repr(found) == repr(loss)


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("text", FailureKind.WRONG_OUTPUT, "the loss is of type str: it has to be a number"),
        ("none", FailureKind.WRONG_OUTPUT, "the loss is of type NoneType"),
        ("fails", FailureKind.MODEL_ERROR, "LookupError: no data"),
        ("number", FailureKind.MISSING_DEPENDENCY, "`targets` has no function `number`"),
        ("nothing", FailureKind.MISSING_DEPENDENCY, "`targets` has no function `nothing`"),
    ],
)
def test_what_is_no_loss(
    running: Executor, code: Code, name: str, kind: FailureKind, message: str
) -> None:
    with pytest.raises(ExecutionFailed) as failed:
        judged(running, code, name, [])
    assert failed.value.kind is kind
    assert failed.value.diagnostics.entries["message"].startswith(message)


def test_tables_that_are_none_are_not_judged(running: Executor, code: Code) -> None:
    with pytest.raises(ExecutionFailed) as failed:
        judged(running, code, "loss", [{"output": b"nothing"}])
    assert failed.value.kind is FailureKind.WRONG_OUTPUT


# --- bundles -----------------------------------------------------------------------------------


def named(folder: Path, name: str) -> Code:
    """A bundle whose modules are called as those of any other; one of them is imported late."""
    model = """
        import shared
        import time

        def simulate(parameters, seed, scenario):
            time.sleep(0.02)
            import models.late
            return {"x": [shared.NAME, models.late.NAME]}
        """
    return bundle(
        folder,
        {
            "models/sir.py": model,
            "models/late.py": f"NAME = {name!r}\n",
            "shared.py": f"NAME = {name!r}\n",
            "tests/__init__.py": "",
        },
    )


def test_bundles_do_not_see_each_others_modules(running: Executor, tmp_path: Path) -> None:
    codes = {name: named(tmp_path / name, name) for name in ("one", "two", "three")}

    def found(name: str) -> list[str]:
        given = running.simulate(task("any", "models.sir"), codes[name], GENEROUS)
        cells: list[str] = decoded(given["output"]).column("x").to_pylist()
        return cells

    order = ["one", "two", "one", "three", "two", "three", "one"] * 2
    assert [found(name) for name in order] == [[name, name] for name in order]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(found, order)) == [[name, name] for name in order]


def test_what_a_bundle_imports_is_not_the_workers(running: Executor, tmp_path: Path) -> None:
    here = sys.modules["tests"]
    path = list(sys.path)
    code = named(tmp_path, "one")
    running.simulate(task("any", "models.sir"), code, GENEROUS)
    running.simulate(task("any", "models.sir"), named(tmp_path / "two", "two"), GENEROUS)
    with pytest.raises(ExecutionFailed):
        running.simulate(task("any", "models.sir"), CARRIED, GENEROUS)
    assert sys.modules["tests"] is here
    assert "models.sir" not in sys.modules
    assert sys.path == path


def test_code_that_the_image_carries(
    running: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = "def simulate(parameters, seed, scenario): return {'x': [scenario]}"
    bundle(tmp_path, {"carried_by_the_image.py": model})
    monkeypatch.syspath_prepend(tmp_path)
    running.simulate(task("any", "models.sir"), named(tmp_path / "other", "one"), GENEROUS)
    with fresh(running) as another:
        given = another.simulate(task("base", "carried_by_the_image"), CARRIED, GENEROUS)
    assert given == {"output": encoded({"x": ["base"]})}


def fresh(running: Executor) -> "Closing":
    """Another executor like this one, which has started nothing yet."""
    return Closing(executor(running._settings))  # type: ignore[attr-defined]  # noqa: SLF001


class Closing:
    """An executor that is closed at the end."""

    def __init__(self, made: Executor) -> None:
        self.made = made

    def __enter__(self) -> Executor:
        return self.made

    def __exit__(self, *_: object) -> None:
        self.made.close()


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ('python = "3.99"', "the bundle wants Python 3.99"),
        ("python = 3.11", "environment.python: a text is needed"),
        ('python = "3"', "environment.python: `3` is no version"),
        ('pythn = "3.11"', "environment.pythn: unknown"),
        ('requirements = "none.txt"', "no file `none.txt` is in the bundle"),
        ('requirements = "../none.txt"', "leads out of the bundle"),
        ("python =", "bundle.toml: "),
    ],
)
def test_what_a_bundle_declares_in_vain(
    running: Executor, tmp_path: Path, declared: str, message: str
) -> None:
    code = cases(tmp_path, **{"bundle.toml": f"[environment]\n{declared}\n"})
    for _ in range(2):
        failed = failing(running, code, "uint64")
        assert failed.kind is FailureKind.MISSING_DEPENDENCY
        assert message in failed.diagnostics.entries["message"]


def test_a_bundle_that_wants_the_workers_python(running: Executor, tmp_path: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = cases(tmp_path, **{"bundle.toml": f'[environment]\npython = "{version}"\n'})
    assert simulated(running, code, "uint64") == {"x": [0, 2**64 - 1]}


def test_code_is_a_bundle_or_the_images(tmp_path: Path) -> None:
    with pytest.raises(ContractViolation, match="a digest and a folder"):
        Code("", tmp_path)
    with pytest.raises(ContractViolation, match="a digest and a folder"):
        Code("sha256:" + "a" * 64)


# --- many at once, and the end -----------------------------------------------------------------


def test_many_threads_may_ask_at_once(running: Executor, code: Code) -> None:
    def asked(seed: int) -> object:
        if seed % 4 == 3:
            return failing(running, code, "fails").kind
        return simulated(running, code, "echo", seed=seed, a=seed)["seed"]

    with ThreadPoolExecutor(8) as threads:
        given = list(threads.map(asked, range(24)))
    assert given == [
        FailureKind.MODEL_ERROR if seed % 4 == 3 else [str(seed)] for seed in range(24)
    ]


def test_cancelling_what_does_not_run_does_nothing(running: Executor, code: Code) -> None:
    running.cancel(task("uint64").id)
    assert simulated(running, code, "uint64")


def test_a_closed_executor_begins_nothing(running: Executor, code: Code) -> None:
    with fresh(running) as another:
        assert simulated(another, code, "uint64")
        another.close()
        assert failing(another, code, "uint64").kind is FailureKind.CANCELLED
        with pytest.raises(ExecutionFailed) as failed:
            judged(another, code, "true", [])
    assert failed.value.kind is FailureKind.CANCELLED


def test_the_targets_are_all_tested() -> None:
    defined = {line[4:].partition("(")[0] for line in TARGETS.splitlines() if line[:4] == "def "}
    bare = {"lists"}  # tests/runtime/test_executor_environments.py
    tested = {"loss", "kinds", "text", "none", "fails"}
    tested |= {"numpy_number", "numpy_array", "infinite", "not_a_number", "too_great", "true"}
    assert defined == bare | tested


STARTS: dict[ExecutorKind, Callable[[int], int]] = {
    ExecutorKind.DIRECT: lambda _calls: 0,
    ExecutorKind.COLD: lambda calls: calls,
    ExecutorKind.ISOLATED_WARM: lambda _calls: 1,
}


def test_it_counts_the_processes_that_it_starts(running: Executor, code: Code) -> None:
    before = COLD_STARTS._value.get()  # noqa: SLF001
    with fresh(running) as another:
        for _ in range(3):
            simulated(another, code, "uint64")
        kind: ExecutorKind = running._settings.kind  # type: ignore[attr-defined]  # noqa: SLF001
        assert another.starts == STARTS[kind](3)
        assert COLD_STARTS._value.get() - before == STARTS[kind](3)  # noqa: SLF001
