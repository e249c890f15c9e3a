"""A flat folder of generated JSON files, such as `schemas/`: compared, or made equal.

`{name: bytes}` comes in. Every `*.json` directly in the folder is ours; anything else there is not
looked at. No inventory: the pattern says what is owned.
"""

from collections.abc import Mapping
from pathlib import Path

from modelops.disk.atomic import locked
from modelops.disk.differences import Differences, Written
from modelops.disk.listing import Kind, entries, kind_at
from modelops.disk.settle import carry_out
from modelops.disk.survey import (
    Survey,
    differences,
    is_leftover,
    refuse_foreign,
    refuse_root,
    survey,
    written,
)


def compare_flat(folder: Path, files: Mapping[str, bytes]) -> Differences:
    """What `write_flat` would change; only reads.

    Raises:
        Unreadable: something cannot be read.
        InTheWay: a symlink or a folder stands where a file belongs.
    """
    return differences(folder, [_surveyed(folder, files)])


def write_flat(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Writes what changed, each file whole or not at all, then removes other `*.json`.

    Raises:
        Busy: another process is writing the folder.
        InTheWay: something that is not ours stands where a file must be written.
        Unreadable: something cannot be read.
        Unwritable: the disk is full, the folder is read-only, …
    """
    refuse_root(folder)
    with locked(folder):
        result = _surveyed(folder, files)
        refuse_foreign([result])
        carry_out(result)
    return written(differences(folder, [result]))


def _surveyed(folder: Path, files: Mapping[str, bytes]) -> Survey:
    refuse_root(folder)
    standing = entries(folder) if kind_at(folder) is Kind.FOLDER else []
    found = {
        name: kind
        for name, kind in standing
        if name in files or (kind is not Kind.FOLDER and (_is_ours(name) or is_leftover(name)))
    }
    return survey(folder, files, found, _is_ours)


def _is_ours(name: str) -> bool:
    return name.endswith(".json")
