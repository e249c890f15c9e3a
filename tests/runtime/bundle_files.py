"""Files for bundles: any that hypothesis can think of, and folders that hold them."""

import os
import random
from collections.abc import Iterable
from pathlib import Path

from hypothesis import strategies as st

from modelops_runtime.bundles.artefact import Blob, manifest, sha256
from modelops_runtime.bundles.folder import files_of
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.layer import BundleFile
from modelops_runtime.bundles.packing import Packed
from modelops_runtime.bundles.paths import checked_against, checked_path


def _is_path(path: str) -> bool:
    try:
        return checked_path(path) == path
    except InvalidBundle:
        return False


parts = st.text("aAé字 .-_0", min_size=1, max_size=6)
paths = st.lists(parts, min_size=1, max_size=4).map("/".join).filter(_is_path)
contents = st.one_of(st.binary(max_size=40), st.sampled_from([bytes(512), b"x" * 511, b"y" * 1500]))


def _apart(files: Iterable[BundleFile]) -> bool:
    found = [file.path for file in files]
    try:
        for path in found:
            checked_against(path, found)
    except InvalidBundle:
        return False
    return True


files_in_order = (
    st.dictionaries(paths, st.tuples(contents, st.booleans()), min_size=1, max_size=8)
    .map(lambda found: tuple(BundleFile(path, *found[path]) for path in sorted(found)))
    .filter(_apart)
)
"""The files of a bundle, in the order of their paths."""


def laid(files: Iterable[BundleFile], folder: Path, *, shuffled: int = 0) -> Path:
    """A folder with the files, made in some order and with some times; the folder."""
    chance = random.Random(shuffled)  # noqa: S311 -- only an order
    in_order = list(files)
    chance.shuffle(in_order)
    for file in in_order:
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content)
        if file.executable:
            target.chmod(target.stat().st_mode | 0o100)
        os.utime(target, (chance.randrange(2**31), chance.randrange(2**31)))
    return folder


def sources(folder: Path, **contents: str) -> Path:
    """A folder with modules in it; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f"{name}.py").write_text(content)
    return folder


def listed(folder: Path) -> tuple[BundleFile, ...]:
    """What is in a folder, all of it."""
    return tuple(files_of(folder))


def forged(layer: bytes) -> Packed:
    """Any bytes as the layer of an artefact whose digests are right."""
    named = manifest(Blob(sha256(layer), len(layer)))
    return Packed(named, layer, sha256(named))
