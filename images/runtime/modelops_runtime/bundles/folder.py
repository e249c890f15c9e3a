"""Part of `bundles`: the files of a folder, read in one order and written by nobody else."""

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.layer import BundleFile, length
from modelops_runtime.bundles.paths import (
    LARGEST_BUNDLE,
    LARGEST_FILE,
    MOST_FILES,
    checked_path,
    is_left_out,
)

FILE_MODE, EXECUTABLE_MODE, FOLDER_MODE = 0o644, 0o755, 0o755
WRITE_BITS = 0o222


def files_of(folder: Path) -> Iterator[BundleFile]:
    """What of a folder makes a bundle, in the order of its paths.

    Hidden files and folders and what Python has compiled are left out; empty folders do not count.

    Raises:
        InvalidBundle: there is a link or a special file in it, something is too large or cannot be
            read, or there is nothing.
    """
    if not folder.is_dir():
        raise InvalidBundle(f"{folder}: no folder")
    try:
        found = sorted(_found(folder, ""))
        _check_amount(folder, found)
        for path, _ in found:
            yield _read(folder, path)
    except OSError as error:
        raise InvalidBundle(f"{error.filename}: {error.strerror}") from error


def write(files: Iterable[BundleFile], folder: Path) -> None:
    """Write files into a folder that is empty; all are on the disk when it returns.

    Raises:
        InvalidBundle: the disk takes two of their names for one.
    """
    for file in files:
        target = folder / checked_path(file.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(target, file)
        except FileExistsError as error:
            raise InvalidBundle(f"`{file.path}`: the same name as another file's here") from error


def seal(folder: Path) -> None:
    """Let nobody write into a folder."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~WRITE_BITS)


def _found(folder: Path, prefix: str) -> Iterator[tuple[str, int]]:
    """Paths and sizes of the files below it."""
    with os.scandir(folder / prefix) as entries:
        kept = [entry for entry in entries if not is_left_out(entry.name)]
    for entry in kept:
        path = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _found(folder, f"{path}/")
        elif entry.is_file(follow_symlinks=False):
            yield checked_path(path), entry.stat(follow_symlinks=False).st_size
        else:
            what = "a link" if entry.is_symlink() else "a special file"
            raise InvalidBundle(f"{folder / path}: {what}; bundles hold regular files only")


def _check_amount(folder: Path, found: list[tuple[str, int]]) -> None:
    if not found:
        raise InvalidBundle(f"{folder}: nothing in it")
    if len(found) > MOST_FILES:
        raise InvalidBundle(f"{folder}: {len(found)} files; a bundle has at most {MOST_FILES}")
    for path, size in found:
        if size > LARGEST_FILE:
            raise InvalidBundle(f"{folder / path}: larger than {LARGEST_FILE} bytes")
    if length(size for _, size in found) > LARGEST_BUNDLE:
        raise InvalidBundle(f"{folder}: larger than {LARGEST_BUNDLE} bytes")


def _read(folder: Path, path: str) -> BundleFile:
    """One file; a link that has taken its place in the meantime is not followed."""
    descriptor = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        return BundleFile(path, stream.read(LARGEST_FILE), bool(mode & stat.S_IXUSR))


def _write(target: Path, file: BundleFile) -> None:
    with target.open("xb") as stream:
        stream.write(file.content)
        stream.flush()
        os.fchmod(stream.fileno(), EXECUTABLE_MODE if file.executable else FILE_MODE)
        os.fsync(stream.fileno())
