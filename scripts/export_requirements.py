"""A maintainer's program: what each image installs, by version and hash, from uv's resolution.

    uv run python scripts/export_requirements.py            write images/requirements/
    uv run python scripts/export_requirements.py --check    compare what is there

The resolution (`uv.lock`) is made on each machine, not committed (compiler/decisions/0002); these
exports are, because an image is built from the bytes that were looked at and no others. They name
no host. Asks no network. An index may offer more files of a version than it did once, for a new
platform: that is no difference, as long as every file that is written here is still offered.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "images" / "requirements"
COMMAND = "uv run python scripts/export_requirements.py"
HEAD = f"# Written by `{COMMAND}`; do not edit.\n"

CHOSEN: Mapping[str, tuple[str, ...]] = {
    "adaptive-worker": ("--extra", "adaptive", "--extra", "azure"),
    "build": ("--only-group", "build"),
    "dask": ("--extra", "dask", "--extra", "azure"),
    "tools": (),
}
"""What is asked of uv for each file: an image's extras of the runtime, or what makes its wheel."""

Pins = dict[str, frozenset[str]]
"""The hashes of each requirement, by its line without them: `name==1.2 ; marker`."""


def exported(name: str) -> str:
    """The file `name` as the resolution has it.

    Raises:
        SystemExit: uv cannot say; it has told why.
    """
    wanted = ("--package", "modelops-runtime", "--no-emit-workspace", *CHOSEN[name])
    form = ("--format", "requirements-txt", "--no-header", "--no-annotate")
    asked = subprocess.run(  # noqa: S603 -- arguments of our own
        [sys.executable, "-m", "uv", "export", "--frozen", "--offline", *wanted, *form],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise SystemExit(f"`uv export` failed for {name}: run `uv lock` first")
    return HEAD + asked.stdout


def pins(text: str) -> Pins:
    """What a file of requirements asks for."""
    lines = text.replace("\\\n", " ").splitlines()
    found = (line.split("--hash=") for line in lines if line and not line.startswith("#"))
    return {
        re.sub(r"\s+", " ", first).strip(): frozenset(one.strip() for one in hashes)
        for first, *hashes in found
    }


def differences(committed: Pins, wanted: Pins) -> list[str]:
    """What is wrong with what is committed, a line each."""
    gone = [f"{line}: no longer wanted" for line in committed.keys() - wanted.keys()]
    missing = [f"{line}: missing" for line in wanted.keys() - committed.keys()]
    unknown = [
        f"{line}: has no hash, or one that the index does not offer"
        for line in committed.keys() & wanted.keys()
        if not committed[line] or not committed[line] <= wanted[line]
    ]
    return sorted([*gone, *missing, *unknown])


def checked() -> list[str]:
    """What is wrong with the folder, a line each."""
    strange = {path.stem for path in FOLDER.glob("*")} - CHOSEN.keys()
    found = [f"{name}: written by nobody" for name in strange]
    for name in CHOSEN:
        file = FOLDER / f"{name}.txt"
        committed = pins(file.read_text()) if file.exists() else {"the file": frozenset()}
        found += [f"{name}: {line}" for line in differences(committed, pins(exported(name)))]
    return sorted(found)


def write() -> None:
    """Every file anew."""
    FOLDER.mkdir(exist_ok=True)
    for name in CHOSEN:
        (FOLDER / f"{name}.txt").write_text(exported(name))


def main() -> int:
    """Write or check; the exit code."""
    parser = argparse.ArgumentParser(description="What each image installs, by version and hash.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 where one is stale")
    if not parser.parse_args().check:
        write()
        return 0
    found = checked()
    for line in found:
        print(line)
    if found:
        print(f"`{COMMAND}` writes them anew")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
