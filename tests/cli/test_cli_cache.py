"""`modelops compile` with its cache, as real processes: with it, without it, at once, watching."""

import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelops.synth.toolchain import node

ROOT = Path(__file__).parents[2]
MODELOPS = (sys.executable, "-m", "modelops")
PATIENCE = 60.0
"""Seconds until a process that says nothing is given up."""

Run = Callable[..., tuple[int, str, str]]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """A project with the repository's own environments."""
    root = tmp_path / "examples"
    shutil.copytree(ROOT / "environments", root / "environments")
    return root


def modelops(root: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [*MODELOPS, "--root", str(root), *arguments],
        env=os.environ | {"NO_COLOR": "1"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def entries(cache: Path) -> list[Path]:
    return sorted((cache / "modelops" / "compiled").glob("*"))


# --- with and without ----------------------------------------------------------------------------


def test_the_second_compile_needs_no_node_and_the_bytes_are_those_without_a_cache(
    examples: Path, tmp_path: Path, own_cache: Path
) -> None:
    link = tmp_path / "node"
    link.symlink_to(node())
    plain = tmp_path / "plain"
    assert modelops(examples, "compile", "--no-cache", "--out", str(plain))[0] == 0
    assert entries(own_cache) == []

    cold = modelops(examples, "compile", MODELOPS_NODE=str(link))
    link.unlink()
    warm = tmp_path / "warm"
    again = modelops(examples, "compile", MODELOPS_NODE=str(link))
    aside = modelops(examples, "compile", "--out", str(warm), MODELOPS_NODE=str(link))
    refused = modelops(examples, "compile", "--no-cache", MODELOPS_NODE=str(link))

    assert (cold[0], again[0], aside[0], refused[0]) == (0, 0, 0, 1)
    assert tree(examples / "generated") == tree(plain) == tree(warm)


def test_nothing_changed_means_that_no_stage_is_imported(examples: Path) -> None:
    modelops(examples, "compile")
    program = (
        "import sys; from modelops.cli import program;"
        f"program(['--root', {str(examples)!r}, 'compile'], standalone_mode=False);"
        "print(sorted({'pydantic', 'yaml', 'modelops.synth', 'modelops.load'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_two_compiles_at_once_fill_one_cache(examples: Path, tmp_path: Path) -> None:
    command = [*MODELOPS, "--root", str(examples), "compile", "--out"]
    folders = [tmp_path / f"out-{index}" for index in range(3)]
    running = [subprocess.Popen([*command, str(folder)]) for folder in folders]
    assert [each.wait(PATIENCE) for each in running] == [0, 0, 0]

    assert modelops(examples, "compile", "--verify-cache")[0] == 0
    made = tree(examples / "generated")
    assert all(tree(folder) == made for folder in folders)


# --- flags ---------------------------------------------------------------------------------------


def test_timings_tell_every_stage_and_why_units_were_made_anew(examples: Path) -> None:
    _, out, first = modelops(examples, "compile", "--timings")
    assert out.startswith("generated/: wrote ")
    stages = re.findall(r"^(\w+) +[\d.]+ ms$", first, re.MULTILINE)
    compiling = ["load", "layer", "validate", "plan", "render", "verify", "synth"]
    assert [stage for stage in stages if stage not in {"imports", "cache"}] == [
        "reading",
        *compiling,
        "writing",
        "all",
    ]
    assert re.search(r"\nall units, \d+\.\d ms each: first compile\n$", first)

    _, _, second = modelops(examples, "compile", "--timings")
    assert "synth" not in second
    assert re.search(r"\nmade 0 of \d+ units\n$", second)

    file = examples / "environments/dev/workspaces/malaria.yaml"
    lines = file.read_text().splitlines()
    line = next(index for index, text in enumerate(lines) if "max: 10" in text)
    lines[line] = lines[line].replace("max: 10", "max: 8")
    file.write_text("\n".join(lines) + "\n")
    _, _, third = modelops(examples, "compile", "--timings")
    assert re.search(
        r"made 1 of \d+ units, \d+\.\d ms each:\n  dev/workspaces/malaria  "
        rf"environments/dev/workspaces/malaria\.yaml:{line + 1} changed\n$",
        third,
    )


def test_timings_are_told_also_where_the_input_is_wrong(project: Path, run: Run) -> None:
    (project / "environments/base.yaml").write_text("kind: [\n")
    code, _, err = run("compile", "--timings")
    assert code == 1
    assert re.search(r"^load +[\d.]+ ms$", err, re.MULTILINE)
    assert "units" not in err.splitlines()[-1]


def test_verifying_says_so_and_fails_on_a_forged_entry(examples: Path, own_cache: Path) -> None:
    modelops(examples, "compile")
    before = tree(examples / "generated")
    code, _, err = modelops(examples, "compile", "--verify-cache")
    assert code == 0
    assert re.fullmatch(r"cache verified: \d+ units\n", err)

    forge(own_cache)
    code, out, err = modelops(examples, "compile", "--verify-cache")
    assert (code, out) == (1, "")
    assert "error: the cache held something else" in err
    assert "\n  dev/workspaces/malaria\n" in err
    assert tree(examples / "generated") == before
    assert modelops(examples, "compile", "--verify-cache")[0] == 0


def forge(cache: Path) -> None:
    """Another name of a file of malaria, with the checksum that belongs to it."""
    program = (
        "import sys; from pathlib import Path; from modelops.cache import store\n"
        "at = store.Store(Path(sys.argv[1]))\n"
        "for path in sorted(at.folder.iterdir()):\n"
        "    held = store.find(at, path.name) or b''\n"
        "    store.keep(at, path.name, held.replace(b'malaria/workers.yaml', b'malaria/w.yaml'))\n"
    )
    subprocess.run([sys.executable, "-c", program, cache / "modelops/compiled"], check=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--no-cache --verify-cache", "`--no-cache` and `--verify-cache` exclude each other"),
        ("--watch --check", "`--watch` keeps `generated/` up to date"),
        ("--watch --stdout", "`--watch` keeps `generated/` up to date"),
        ("--watch --out x", "`--watch` keeps `generated/` up to date"),
    ],
)
def test_what_excludes_each_other(arguments: str, said: str, project: Path, run: Run) -> None:
    code, _, err = run("compile", *arguments.split())
    assert code == 2
    assert said in err
    assert not (project / "generated").exists()


def test_a_cache_that_cannot_be_written_is_no_news(examples: Path, tmp_path: Path) -> None:
    place = tmp_path / "a-file"
    place.write_text("")
    code, out, err = modelops(examples, "compile", "dev", "--stdout", XDG_CACHE_HOME=str(place))
    assert (code, err) == (0, "")
    assert out == modelops(examples, "compile", "dev", "--stdout")[1]


# --- watching ------------------------------------------------------------------------------------


class Watched:
    """A running `modelops compile --watch`, and what it has said."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self.child = child

    def until(self, expected: str) -> None:
        """Read on until a compile that said `expected` is done.

        There may be others before it: a file is empty for a moment while it is written.
        """
        assert self.child.stdout is not None
        descriptor, text = self.child.stdout.fileno(), b""
        done = re.compile(re.escape(expected).encode() + rb"[\s\S]*?^watching .*\n", re.MULTILINE)
        deadline = time.monotonic() + PATIENCE
        while not done.search(text):
            ready, _, _ = select.select([descriptor], [], [], max(0, deadline - time.monotonic()))
            part = os.read(descriptor, 1 << 16) if ready else b""
            assert part, f"ended or silent after: {text.decode()}"
            text += part

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit code."""
        self.child.send_signal(signal.SIGINT)
        return self.child.wait(PATIENCE)


@contextmanager
def watching(root: Path) -> Iterator[Watched]:
    with subprocess.Popen(
        [*MODELOPS, "--root", str(root), "compile", "--watch"],
        env=os.environ | {"NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as child:
        try:
            yield Watched(child)
        finally:
            child.kill()


def test_watching_compiles_again_after_each_change_and_survives_mistakes(examples: Path) -> None:
    file = examples / "environments/dev/workspaces/malaria.yaml"
    good = file.read_text()
    with watching(examples) as watched:
        watched.until("generated/: wrote")

        file.write_text("kind: [\n")
        watched.until("error[")

        file.write_text(good.replace("max: 10", "max: 8"))
        watched.until("generated/: wrote")
        made = tree(examples / "generated")

        file.unlink()
        watched.until("removed")

        shutil.move(examples / "environments", examples / "elsewhere")
        watched.until("error:")
        shutil.move(examples / "elsewhere", examples / "environments")
        watched.until("up to date")

        assert watched.interrupt() == 130
    assert json.loads(made["dev/inventory.json"])["kind"] == "Inventory"
    assert any(path.startswith("dev/workspaces/malaria/") for path in made)
    assert not any(
        path.startswith("dev/workspaces/malaria/") for path in tree(examples / "generated")
    )
