"""Part of `run_results`: the files in their folder, all of them or none.

They are written into a folder beside it, which then takes its place. Where earlier results are
replaced there is a moment without any; a writer that is killed leaves a folder behind whose name
begins with a dot.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from modelops_runtime.central_store.log import Record
from modelops_runtime.configuration.run import RunConfig
from modelops_runtime.run_results.files import MANIFEST, result_files


class NoResults(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """A folder holds something else than results."""


def write(records: Iterable[Record], run: RunConfig, text: str, folder: Path) -> None:
    """Write the results of a run's log into a folder; earlier ones are replaced.

    Raises:
        NoResults: the folder holds something else.
    """
    put_folder(folder, result_files(records, run, text))


def put_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make the folder hold these files and no others, at once.

    Raises:
        NoResults: it holds something else, which nobody wants to lose.
    """
    folder = folder.resolve()
    _refuse_others(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    incoming = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}")
    try:
        incoming.mkdir()
        for name, content in sorted(files.items()):
            _write(incoming / name, content)
        _replace(folder, incoming)
    finally:
        shutil.rmtree(incoming, ignore_errors=True)


def _refuse_others(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise NoResults(f"{folder} holds something else than results: name a new folder")


def _replace(folder: Path, incoming: Path) -> None:
    """Put the incoming folder in the place of the other, which comes back if that fails."""
    if not folder.exists():
        incoming.rename(folder)
        return
    outgoing = incoming.with_name(f"{incoming.name}.old")
    folder.rename(outgoing)
    try:
        incoming.rename(folder)
    except OSError:
        outgoing.rename(folder)
        raise
    shutil.rmtree(outgoing, ignore_errors=True)


def _write(file: Path, content: bytes) -> None:
    """Write a new file, and wait until the disk has it."""
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
