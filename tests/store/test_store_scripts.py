"""The scripts as files: complete, portable, and left alone by Flux."""

import subprocess
from pathlib import Path

import pytest

from modelops.render import store_scripts as module
from modelops.render.store_scripts import SCRIPTS, store_scripts

FOLDER = Path(module.__file__).parent
FILES = sorted(path.name for path in FOLDER.iterdir() if path.suffix in {".sh", ".sql"})


def test_every_file_belongs_to_a_script() -> None:
    assert sorted({name for names in SCRIPTS.values() for name in names}) == FILES
    assert sorted(store_scripts(*SCRIPTS)) == FILES


def test_what_is_handed_out_is_what_lies_there() -> None:
    for name, text in store_scripts(*SCRIPTS).items():
        assert text == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_comes_with_all_that_it_reads(script: str) -> None:
    mounted = store_scripts(script)
    for text in mounted.values():
        read = {name for name in FILES if f"/{name}" in text}
        assert read <= set(mounted)


@pytest.mark.parametrize("name", FILES)
def test_flux_finds_nothing_to_substitute(name: str) -> None:
    assert "${" not in (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".sh")])
def test_a_plain_shell_can_read_it(name: str) -> None:
    read = subprocess.run(["sh", "-n", FOLDER / name], capture_output=True, text=True, check=False)
    assert (read.returncode, read.stderr) == (0, "")
