"""kill -9 while a compile writes everything anew: every file is old or new, and the next heals.

The moments are spread over the whole run and, more densely, over the phase that writes. Which of
them land where depends on the machine; what must hold afterwards does not.
"""

import json
import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

import pytest
from tests.faults.trees import MODELOPS, environment, files, modelops, project, put, seeded, sources

from modelops.disk import Scope, write
from modelops.manifests import Artefacts
from modelops.pipeline import compile_sources

WHOLE = 12
WRITING = 38
LEFTOVER = ".modelops-tmp-"

WRITER = """
import pickle, sys
from pathlib import Path
from modelops.disk import Scope, write
folder, artefacts = pickle.load(sys.stdin.buffer)
print("ready", flush=True)
write(folder, artefacts, Scope.ALL)
print("done", flush=True)
"""
"""The last step of `modelops compile`, without the second that the others take."""

Files = Mapping[str, bytes]


@pytest.fixture(scope="module")
def artefacts() -> Artefacts:
    """What the new sources compile to."""
    outcome = compile_sources(sources("default", "malaria"))
    assert outcome.value is not None
    return outcome.value


@pytest.fixture(scope="module")
def new(artefacts: Artefacts) -> dict[str, bytes]:
    """`generated/` as it shall be, by path."""
    every = (file for one in artefacts.environments for file in (*one.files, one.inventory))
    return {file.path: file.content for file in every}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """`generated/` as it was: another workspace, and every file with a line that goes."""
    root = project(tmp_path_factory.mktemp("old"), "default", "surrogate")
    assert modelops(root, "compile").returncode == 0
    return {
        path: content
        if path.endswith("/inventory.json")
        else content + b"# made by an earlier version\n"
        for path, content in files(root / "generated").items()
    }


def begun(root: Path, old: Files) -> Path:
    """A project whose `generated/` is the old one."""
    for path, content in old.items():
        put(root / "generated" / path, content)
    return root


def assert_old_or_new(generated: Path, old: Files, new: Files) -> None:
    """Every file but half-written ones, whose names say so, is wholly one or the other.

    The inventory may be the third: the one that owns the old files and the new ones.
    """
    for path, content in files(generated).items():
        if path.endswith("/inventory.json") and content not in {old[path], new[path]}:
            owned = {f"dev/{name}" for name in json.loads(content)["files"]}
            assert owned >= {*files(generated), *new} - {path, *leftovers(generated)}
        elif LEFTOVER not in path:
            assert content in {old.get(path), new.get(path)}, path


def leftovers(generated: Path) -> set[str]:
    return {path for path in files(generated) if LEFTOVER in path}


def test_the_old_tree_and_the_new_one_share_no_file(old: Files, new: Files) -> None:
    assert not [path for path in old if old[path] == new.get(path)]
    assert set(old) - set(new)
    assert set(new) - set(old)


def test_a_kill_while_it_compiles(tmp_path: Path, old: Files, new: Files) -> None:
    began = perf_counter()
    modelops(begun(project(tmp_path / "measured", "default", "malaria"), old), "compile")
    duration = perf_counter() - began
    chance = seeded("whole")

    killed = 0
    for number in range(WHOLE):
        root = begun(project(tmp_path / str(number), "default", "malaria"), old)
        moment = duration * (number + chance.random()) / WHOLE
        killed += ended_after(moment, root) == -signal.SIGKILL
        assert_old_or_new(root / "generated", old, new)
        again = modelops(root, "compile")
        assert (again.returncode, again.stderr) == (0, "")
        assert files(root / "generated") == new

    assert killed


def ended_after(moment: float, root: Path) -> int:
    """The exit code of a compile that is killed after some seconds, where it has not ended."""
    with subprocess.Popen(
        [*MODELOPS, "--root", str(root), "compile"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
    ) as process:
        try:
            return process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def test_a_kill_while_it_writes(
    tmp_path: Path, old: Files, new: Files, artefacts: Artefacts
) -> None:
    code, duration = written_until(None, begun(tmp_path / "measured", old), artefacts)
    assert code == 0
    chance = seeded("writing")

    killed = 0
    for number in range(WRITING):
        generated = begun(tmp_path / str(number), old) / "generated"
        moment = duration * (number + chance.random()) / WRITING
        code, _ = written_until(moment, generated.parent, artefacts)
        killed += code == -signal.SIGKILL
        assert_old_or_new(generated, old, new)
        assert write(generated, artefacts, Scope.ALL).untracked == ()
        assert files(generated) == new

    assert killed


def written_until(moment: float | None, root: Path, artefacts: Artefacts) -> tuple[int, float]:
    """The exit code of a writer that is killed after some seconds; how long it wrote."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(pickle.dumps((root / "generated", artefacts)))
        process.stdin.close()
        assert process.stdout.readline() == b"ready\n"
        began = perf_counter()
        if moment is not None:
            while perf_counter() < began + moment:
                """The moments are closer together than the system's timers."""
            process.kill()
        process.stdout.readline()
        duration = perf_counter() - began
        return process.wait(), duration
