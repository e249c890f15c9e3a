"""A project made of the examples, the program as people start it, and what stands on a disk.

Shared by the tests of faults; nothing here is a test.
"""

import os
import random
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from modelops.disk import read_sources

EXAMPLES = Path(__file__).parents[2]
"""The root of this repository, whose `environments/` are the examples."""

MODELOPS = (sys.executable, "-m", "modelops")
KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH", "TMPDIR", "XDG_CACHE_HOME")
"""The variables that the program is started with; the rest may colour what it says."""

LIMITED = ("sh", "-c", 'ulimit -t 5 && ulimit -v 2097152 && exec "$@"', "sh")
"""Starts a program that may have five seconds of processor time and two GiB of addresses.

Time of the processor and not of the clock: a busy machine fails no test.
"""

PLACE = re.compile(r"┌─ (environments/.*?:\d+:\d+|--\w+)")
"""How a diagnostic names the place that it speaks of."""

Tree = dict[str, str | bytes]
"""By path: the bytes of a file, what a link says, `folder`, or `special`."""


def project(root: Path, *workspaces: str) -> Path:
    """`root` with the environment `dev` of the examples, and only these of its workspaces."""
    for file, content in sources(*workspaces).items():
        put(root / file, content)
    return root


def sources(*workspaces: str) -> dict[str, bytes]:
    """What `project` writes."""
    unwanted = re.compile(rf"environments/dev/workspaces/(?!({'|'.join(workspaces)})\.yaml$)")
    every = read_sources(EXAMPLES, ["dev"])
    return {file: content for file, content in every.items() if not unwanted.match(file)}


def put(file: Path, content: bytes) -> Path:
    """Write a file and its folders."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def modelops(
    root: Path,
    *arguments: str,
    within: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """`modelops --root ROOT ARGUMENTS…` as a process of its own, with all that it says.

    Args:
        root: the project.
        arguments: the command and its options.
        within: what to start it with, such as `nsenter …`.
        variables: further environment variables.
    """
    ended = subprocess.run(
        [*within, *MODELOPS, "--root", str(root), *arguments],
        env=environment(variables),
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(
        ended.args, ended.returncode, ended.stdout.decode(), ended.stderr.decode()
    )


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that the program is started with."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **(variables or {})}


def standing(folder: Path) -> Tree:
    """All that stands in a folder, links not followed, by path below it; {} for no folder."""
    return {
        str(path.relative_to(folder)): _content(path)
        for path in (sorted(folder.rglob("*")) if folder.is_dir() else ())
    }


def _content(path: Path) -> str | bytes:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return f"-> {path.readlink()}"
    if stat.S_ISREG(mode):
        return path.read_bytes()
    return "folder" if stat.S_ISDIR(mode) else "special"


def files(folder: Path) -> dict[str, bytes]:
    """The regular files below a folder."""
    return {path: held for path, held in standing(folder).items() if isinstance(held, bytes)}


def outside(top: Path, root: Path) -> Tree:
    """All below `top` but what stands in the project's `generated/`."""
    generated = (root / "generated").relative_to(top).as_posix()
    return {
        path: held
        for path, held in standing(top).items()
        if path != generated and not path.startswith(f"{generated}/")
    }


def compiled(folder: Path, held: Mapping[str, bytes]) -> dict[str, bytes]:
    """What these sources compile to, made by a process of its own in an empty folder."""
    for file, content in held.items():
        put(folder / file, content)
    ended = modelops(folder, "compile")
    assert ended.returncode == 0, ended.stderr
    made = files(folder / "generated")
    shutil.rmtree(folder)
    return made


def seeded(*seed: object) -> random.Random:
    """Chance that is the same in every run."""
    return random.Random(repr(seed))  # noqa: S311 -- chooses cases of tests, keeps no secrets


def assert_fit_for_terminals(text: str) -> None:
    """Nothing in the text steers a terminal; colours were not asked for."""
    unfit = {character for character in text if not character.isprintable()} - {"\n"}
    assert not unfit, ascii(text)
