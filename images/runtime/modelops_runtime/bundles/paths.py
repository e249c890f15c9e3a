"""Part of `bundles`: how files in a bundle may be called, and how much there may be of them.

One rule serves both ways: what is left out when a folder is packed is refused when a layer is
unpacked.
"""

from collections.abc import Collection
from pathlib import PurePosixPath

from modelops_runtime.bundles.invalid import InvalidBundle

MOST_FILES = 10_000

LARGEST_FILE = 64 * 2**20
"""Bytes."""

LARGEST_BUNDLE = 256 * 2**20
"""Bytes of the whole layer, headers included."""


def is_left_out(name: str) -> bool:
    """Whether a file or folder of this name is never in a bundle: hidden, or made by Python."""
    return name.startswith(".") or name == "__pycache__" or name.endswith(".pyc")


def checked_path(path: str) -> str:
    """A path below the top of a bundle, with `/` between its parts.

    Raises:
        InvalidBundle: it leads elsewhere, or is nothing that a bundle holds.
    """
    if path.startswith("/"):
        raise InvalidBundle(f"`{path}`: absolute; paths begin at the bundle's top")
    for part in path.split("/"):
        _check(part, path)
    return path


def checked_against(path: str, files: Collection[str]) -> None:
    """See to it that no file of a bundle is also a folder.

    Raises:
        InvalidBundle: a folder on the way to it is a file.
    """
    for parent in PurePosixPath(path).parents:
        if str(parent) in files:
            raise InvalidBundle(f"`{path}`: `{parent}` is a file already")


def _check(part: str, path: str) -> None:
    if part in {"", ".", ".."}:
        raise InvalidBundle(f"`{path}`: leads out of the bundle, or in circles")
    if not part.isprintable() or "\\" in part:
        raise InvalidBundle(f"{path!r}: no control characters, and no backslash, in names")
    if is_left_out(part):
        raise InvalidBundle(f"`{path}`: hidden files and compiled ones are not part of bundles")
