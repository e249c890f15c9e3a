"""Many compiles of one project at once: each writes or says who does, and none spoils another's."""

import fcntl
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.faults.trees import (
    MODELOPS,
    assert_fit_for_terminals,
    compiled,
    environment,
    files,
    modelops,
    project,
    put,
    sources,
    standing,
)

AT_ONCE = 8
BUSY = "error: another compile "
MALARIA = "environments/dev/workspaces/malaria.yaml"


def start(root: Path, cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*MODELOPS, "--root", str(root), "compile"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment({"XDG_CACHE_HOME": str(cache)}),
    )


def assert_written_or_busy(processes: Iterable[subprocess.Popen[str]]) -> None:
    for process in processes:
        out, err = process.communicate()
        assert_fit_for_terminals(out + err)
        if process.returncode:
            assert (process.returncode, out) == (1, ""), err
            assert err.startswith(BUSY)
        else:
            assert err == ""


def settled(root: Path) -> dict[str, bytes]:
    """`generated/` after one more compile."""
    ended = modelops(root, "compile")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert modelops(root, "compile", "--check").returncode == 0
    return files(root / "generated")


def test_the_same_sources(tmp_path: Path) -> None:
    """From nothing: no `generated/` yet, and no unpacked library in the cache."""
    root = project(tmp_path / "project", "default", "malaria")
    expected = compiled(tmp_path / "alone", sources("default", "malaria"))

    assert_written_or_busy([start(root, tmp_path / "cache") for _ in range(AT_ONCE)])

    assert settled(root) == expected
    assert not list((tmp_path / "cache/modelops").glob("unpacking-*"))


def test_sources_that_change_meanwhile(tmp_path: Path) -> None:
    """Each compile is started with other sources: what they write differs in every workspace."""
    root = project(tmp_path / "project", "default", "malaria")
    base = root / "environments/base.yaml"
    original = base.read_bytes()
    processes = []
    for number in range(AT_ONCE):
        changed = put(
            base.with_suffix(".yaml~"), original.replace(b": info", f": v{number}".encode())
        )
        changed.replace(base)
        if number == AT_ONCE // 2:
            (root / MALARIA).rename(root / MALARIA.replace("malaria", "climate"))
        processes.append(start(root, tmp_path / "cache"))

    assert_written_or_busy(processes)

    last = files(root / "environments")
    expected = compiled(
        tmp_path / "alone", {f"environments/{path}": content for path, content in last.items()}
    )
    assert settled(root) == expected
    assert f"v{AT_ONCE - 1}".encode() in b"".join(expected.values())


@pytest.mark.parametrize("given", [(), ("dev",)], ids=["everything", "one environment"])
def test_a_compile_while_another_one_holds_the_folder(tmp_path: Path, given: tuple[str]) -> None:
    root = project(tmp_path / "project", "default")
    assert modelops(root, "compile").returncode == 0
    put(root / MALARIA, sources("malaria")[MALARIA])
    before = standing(root)
    descriptor = os.open(root / "generated", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    refused = modelops(root, "compile", *given)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(BUSY)
    assert standing(root) == before
    os.close(descriptor)
    assert modelops(root, "compile", *given).returncode == 0
