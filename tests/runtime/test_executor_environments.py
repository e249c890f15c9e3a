"""The interpreter of a bundle: its own packages, made once, or anew; and what cannot be had."""

import base64
import hashlib
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from tests.runtime.executor_bundles import (
    GENEROUS,
    cases,
    failing,
    judged,
    settings,
    simulated,
    task,
)
from tests.runtime.test_executors import TYPED

from modelops_runtime.contracts.simulation import FailureKind
from modelops_runtime.executors.environments import Environments
from modelops_runtime.executors.executor import Code, Executor, ExecutorKind, executor
from modelops_runtime.tables.stream import decoded, encoded

PROGRAM = """
import sys
from pathlib import Path
from modelops_runtime.executors.environments import Environments
from modelops_runtime.executors.executor import Code
print(Environments(Path(sys.argv[1])).interpreter(Code(sys.argv[2], Path(sys.argv[3]))))
"""

MODEL = """
import sys
import tiny_package
def simulate(parameters, seed, scenario):
    return {"value": [tiny_package.VALUE], "prefix": [sys.prefix], "python": [sys.executable]}
"""


def wheel(folder: Path, value: int = 42) -> None:
    """A package of one module, as small as they come."""
    folder.mkdir(parents=True, exist_ok=True)
    info = "tiny_package-1.0.dist-info"
    files = {
        "tiny_package.py": f"VALUE = {value}\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: tiny-package\nVersion: 1.0\n",
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    record = "".join(f"{name},{_hash(text)},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(folder / "tiny_package-1.0-py3-none-any.whl", "w") as archive:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(name, text)


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256={base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def declaring(folder: Path, declared: str, requirements: str = "tiny-package\n") -> Code:
    """A bundle with an environment of its own."""
    wheel(folder / "wheels")
    return cases(
        folder,
        **{
            "bundle.toml": f"[environment]\n{declared}\n",
            "requirements.txt": requirements,
            "models/tiny.py": MODEL,
        },
    )


BOTH = 'requirements = "requirements.txt"\nwheels = "wheels"'


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Code:
    return declaring(tmp_path_factory.mktemp("bundle"), BOTH)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module", params=[ExecutorKind.ISOLATED_WARM, ExecutorKind.COLD])
def running(request: pytest.FixtureRequest, cache: Path) -> Iterator[Executor]:
    made = executor(settings(request.param, cache, max_warm_processes=2))
    yield made
    made.close()


def tiny(running: Executor, code: Code) -> dict[str, object]:
    """What the model with a package of its own gives."""
    given = running.simulate(task("any", "models.tiny"), code, GENEROUS)
    return {name: cells[0] for name, cells in decoded(given["output"]).to_pydict().items()}


def test_a_bundle_has_its_own_packages(running: Executor, code: Code, cache: Path) -> None:
    given = tiny(running, code)
    assert given["value"] == 42
    assert Path(str(given["prefix"])).parent == cache / "environments"


def test_a_bundle_has_none_of_the_workers(running: Executor, code: Code) -> None:
    failed = failing(running, code, "huge")
    assert failed.kind is FailureKind.MISSING_DEPENDENCY
    assert "No module named 'numpy'" in failed.diagnostics.entries["message"]


@pytest.mark.parametrize("name", ["plain", "reals", "enums", "empty", "ranges"])
def test_without_libraries_the_bytes_are_the_same(
    running: Executor, code: Code, name: str, tmp_path: Path
) -> None:
    here = executor(settings(ExecutorKind.DIRECT, tmp_path))
    bare = running.simulate(task("frame", frame=name), code, GENEROUS)
    assert bare == here.simulate(task("frame", frame=name), cases(tmp_path), GENEROUS)
    here.close()


def test_without_libraries_whole_numbers_have_64_bits(running: Executor, code: Code) -> None:
    assert simulated(running, code, "uint64") == {"x": [0, 2**64 - 1]}


def test_without_numpy_an_objective_gets_lists(running: Executor, code: Code) -> None:
    assert judged(running, code, "lists", [{"output": encoded(pa.table(TYPED))}]) == 1.0


def test_wheels_alone_are_enough(tmp_path: Path) -> None:
    code = declaring(tmp_path / "bundle", 'wheels = "wheels"')
    made = executor(settings(ExecutorKind.COLD, tmp_path / "cache"))
    assert tiny(made, code)["value"] == 42
    made.close()


def test_an_environment_is_made_once_by_all_processes(code: Code, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), code.digest, str(code.folder)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    (interpreter,) = {each.communicate(timeout=120)[0].strip() for each in started}
    assert [each.returncode for each in started] == [0, 0, 0]
    made = Path(interpreter).parents[1]
    assert [each for each in made.parent.iterdir() if each.is_dir()] == [made]
    before = made.stat().st_ino
    assert Environments(tmp_path).interpreter(code) == interpreter
    assert made.stat().st_ino == before


def test_an_environment_is_used_again_by_the_next_executor(code: Code, cache: Path) -> None:
    found = set()
    for _ in range(2):
        made = executor(settings(ExecutorKind.COLD, cache))
        found.add(tiny(made, code)["prefix"])
        made.close()
    assert len(found) == 1


@pytest.mark.parametrize("kind", [ExecutorKind.ISOLATED_WARM, ExecutorKind.COLD])
def test_a_fresh_environment_is_made_for_each_task(
    kind: ExecutorKind, code: Code, tmp_path: Path
) -> None:
    made = executor(settings(kind, tmp_path, fresh_venv=True))
    found = [Path(str(tiny(made, code)["prefix"])) for _ in range(2)]
    made.close()
    assert found[0] != found[1]
    assert not any(each.exists() for each in found)
    assert not [each for each in (tmp_path / "environments").iterdir() if each.is_dir()]


def test_what_is_required_and_not_there_is_not_looked_for_again(tmp_path: Path) -> None:
    code = declaring(tmp_path / "bundle", BOTH, "no-such-package==1.0\n")
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path / "cache"))
    first = failing(made, code, "uint64")
    (tmp_path / "bundle/requirements.txt").write_text("tiny-package\n")
    second = failing(made, code, "uint64")
    made.close()
    assert first.kind is FailureKind.MISSING_DEPENDENCY
    assert "no-such-package" in first.diagnostics.entries["stderr"]
    assert second.diagnostics == first.diagnostics
    assert made.starts == 0
    folders = [each for each in (tmp_path / "cache/environments").iterdir() if each.is_dir()]
    assert folders == []


def test_an_index_that_does_not_answer_may_answer_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/simple"
        monkeypatch.setenv("UV_DEFAULT_INDEX", address)
        monkeypatch.setenv("UV_HTTP_RETRIES", "0")
        code = declaring(tmp_path / "bundle", 'requirements = "requirements.txt"')
        made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path / "cache"))
        failed = failing(made, code, "uint64")
        made.close()
    assert failed.kind is FailureKind.BUNDLE_UNAVAILABLE
    assert failed.kind.passes


def test_an_environment_whose_interpreter_is_gone_is_made_again(code: Code, tmp_path: Path) -> None:
    environments = Environments(tmp_path)
    made = executor(settings(ExecutorKind.COLD, tmp_path))
    tiny(made, code)
    python = Path(environments.interpreter(code))
    python.unlink()
    python.symlink_to("/nowhere/python")
    assert tiny(made, code)["value"] == 42
    made.close()


def test_an_interpreter_of_another_version_than_declared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = cases(tmp_path, **{"bundle.toml": f'[environment]\npython = "{version}"\n'})
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path / "cache"))
    monkeypatch.setattr(
        "modelops_runtime.executors.isolated.Process.ready",
        lambda process: setattr(process, "version", (3, 5, 0)),
    )
    failed = failing(made, code, "uint64")
    made.close()
    assert failed.kind is FailureKind.MISSING_DEPENDENCY
    assert failed.diagnostics.entries["message"] == (
        f"the bundle wants Python {version}, and its environment has 3.5.0"
    )


def test_an_interpreter_that_never_gets_ready(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho no python here >&2\nexec sleep 3600\n")
    python.chmod(0o755)
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path))
    monkeypatch.setattr(Environments, "interpreter", lambda *_: str(python))
    monkeypatch.setattr("modelops_runtime.executors.process.STARTING", 0.5)
    failed = failing(made, code, "uint64")
    made.close()
    assert failed.kind is FailureKind.CRASHED
    assert "was not ready" in failed.diagnostics.entries["message"]
    assert failed.diagnostics.entries["stderr"] == "no python here\n"


def test_an_interpreter_that_is_not_there(
    code: Code, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = executor(settings(ExecutorKind.ISOLATED_WARM, tmp_path))
    monkeypatch.setattr(Environments, "interpreter", lambda *_: "/nowhere/python")
    failed = failing(made, code, "uint64")
    made.close()
    assert failed.kind is FailureKind.CRASHED
    assert "could not be started" in failed.diagnostics.entries["message"]
