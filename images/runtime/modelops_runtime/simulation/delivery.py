"""Part of `simulation`: files of a run, written where only workers can write."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from modelops_runtime.contracts.violation import ContractViolation
from modelops_runtime.results.whole_files import put_whole


class NotDelivered(Exception):  # noqa: N818 -- named for what is so, as its message says it
    """The files could not be written; the message says why."""


def delivered(root: Path, files: Mapping[str, bytes], place: str) -> str:
    """Write the files into a folder below the root, in the order given; the folder's path.

    Each is there whole or not at all: where the last one tells of the others, it is true.

    Raises:
        ContractViolation: the place, or the name of a file, would be somewhere else.
        NotDelivered: they cannot be written.
    """
    folder = root / below(place)
    targets = {folder / below(name): content for name, content in files.items()}
    try:
        for target, content in targets.items():
            put_whole(target, content)
    except OSError as error:
        raise NotDelivered(f"{folder}: {error}") from error
    return str(folder)


def below(path: str) -> PurePosixPath:
    """A path that stays below wherever it begins.

    Raises:
        ContractViolation: it does not.
    """
    parts = path.split("/")
    if any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts):
        raise ContractViolation(f"`{path}` is no path below a folder")
    return PurePosixPath(path)
