"""The README's commands, typed in a copy of the repository, print what the README shows."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def steps(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, here-documents among them, each with the output shown below it."""
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        first, _, rest = step.partition("\n")
        if "<<'END'" in first:
            body, _, rest = rest.partition("END\n")
            first = f"{first}\n{body}END"
        yield first, rest


def run(command: str, folder: Path) -> str:
    command = command.replace("uv run modelops", "modelops")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("environments", "generated", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_tour_prints_what_the_readme_shows(copy: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text()

    def played(block: re.Match[str]) -> str:
        told = "".join(f"$ {command}\n{run(command, copy)}" for command, _ in steps(block[1]))
        return f"```console\n{told}```"

    printed = BLOCK.sub(played, text)
    if request.config.getoption("--update-golden"):
        README.write_text(printed)
    assert BLOCK.findall(printed), "the README shows no command"
    assert printed == text, "`pytest tests/cli/test_readme.py --update-golden` rewrites the README"
