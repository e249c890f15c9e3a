"""What a bundle is: a function of the content of its files, and of nothing else."""

import io
import os
import shutil
import socket
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.bundle_files import contents, files_in_order, laid, listed, paths, sources

from modelops_runtime.bundles import folder as folders
from modelops_runtime.bundles import layer as layers
from modelops_runtime.bundles import paths as limits
from modelops_runtime.bundles.artefact import layer_of, sha256
from modelops_runtime.bundles.folder import seal, write
from modelops_runtime.bundles.invalid import InvalidBundle
from modelops_runtime.bundles.layer import BundleFile, decoded, encoded
from modelops_runtime.bundles.packing import digest_of, pack

NEVER_CHANGES = "sha256:1257149f4b23c8d903e486fe792bc7b7e864e3e21286b0dbf1bd5ba6e9a36c36"

ON_DISK = settings(max_examples=30)
"""Of tests that write whole folders for each example."""


@contextmanager
def fresh() -> Iterator[Path]:
    """A folder of its own for each example that hypothesis has."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@ON_DISK
@given(files_in_order, st.integers(0, 9), st.sampled_from([0o022, 0o077, 0o002]))
def test_the_digest_depends_on_content_alone(
    files: tuple[BundleFile, ...], shuffled: int, mask: int
) -> None:
    with fresh() as folder, umask(mask):
        first = laid(files, folder / "first")
        second = laid(files, folder / "elsewhere" / "second", shuffled=shuffled)
        assert pack(first) == pack(second)
        assert digest_of(first) == pack(second).digest


@ON_DISK
@given(files_in_order)
def test_what_is_packed_is_unpacked(files: tuple[BundleFile, ...]) -> None:
    packed = b"".join(encoded(files))
    assert tuple(decoded(io.BytesIO(packed).read)) == files
    with fresh() as folder:
        write(files, folder)
        assert listed(folder) == files
        seal(folder)
        assert listed(folder) == files


@given(files_in_order)
def test_every_tar_program_can_read_it(files: tuple[BundleFile, ...]) -> None:
    with tarfile.open(fileobj=io.BytesIO(b"".join(encoded(files))), encoding="utf-8") as tar:
        assert [member.name for member in tar] == [file.path for file in files]
        for member, file in zip(tar, files, strict=True):
            extracted = tar.extractfile(member)
            assert extracted is not None
            assert extracted.read() == file.content
            assert (member.mtime, member.uid, member.gid) == (0, 0, 0)
            assert member.mode == (0o755 if file.executable else 0o644)


@ON_DISK
@given(files_in_order, st.data())
def test_any_change_changes_the_digest(files: tuple[BundleFile, ...], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(files) - 1))
    changed = data.draw(
        st.sampled_from(
            [
                replace(files[at], content=files[at].content + b"!"),
                replace(files[at], executable=not files[at].executable),
                replace(files[at], path=f"{files[at].path}z"),
            ]
        )
    )
    others = files[:at] + files[at + 1 :]
    with fresh() as folder:
        before = digest_of(laid(files, folder / "before"))
        assert digest_of(laid([*others, changed], folder / "after")) != before
        if others:
            assert digest_of(laid(others, folder / "fewer")) != before


@given(files_in_order, st.data())
def test_a_byte_that_flips_in_a_layer_is_noticed(
    files: tuple[BundleFile, ...], data: st.DataObject
) -> None:
    layer = bytearray(b"".join(encoded(files)))
    at, bit = data.draw(st.integers(0, len(layer) - 1)), data.draw(st.integers(0, 7))
    layer[at] ^= 1 << bit
    try:
        found = tuple(decoded(io.BytesIO(layer).read))
    except InvalidBundle:
        return
    assert b"".join(encoded(found)) == layer, "a layer with two spellings"


@given(paths, contents)
def test_the_stated_length_is_the_layer_s(path: str, content: bytes) -> None:
    layer = b"".join(encoded([BundleFile(path, content)]))
    assert layers.length([len(content)]) == len(layer)


def test_what_python_and_editors_leave_behind_does_not_count(tmp_path: Path) -> None:
    folder = sources(tmp_path / "bundle", sir="beta = 0.3")
    before = digest_of(folder)
    for name in (".git/config", ".env", "__pycache__/sir.cpython-311.pyc", "old.pyc", ".x/y.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("left behind")
    (folder / "empty").mkdir()
    assert digest_of(folder) == before
    (folder / "tests.py").write_text("")
    assert digest_of(folder) != before


def test_the_digest_of_these_files_never_changes() -> None:
    files = (
        BundleFile("bundle.toml", b"[environment]\n"),
        BundleFile("f" * 90 + "/" + "g" * 90 + "/h.py", b"x = 1\n"),
        BundleFile("run.sh", b"#!/bin/sh\n", executable=True),
        BundleFile("データ.csv", bytes(600)),
    )
    with fresh() as folder:
        assert pack(laid(files, folder)).digest == NEVER_CHANGES


def test_long_paths_are_cut_where_tar_allows_it() -> None:
    for path in ("d" * 155 + "/" + "f" * 100, "d/" * 50 + "e", "d/" + "f" * 100):
        (file,) = decoded(io.BytesIO(b"".join(encoded([BundleFile(path, b"x")]))).read)
        assert file.path == path
    for path in ("f" * 101, "d" * 154 + "/e/" + "f" * 100, "d" * 156 + "/f"):
        with pytest.raises(InvalidBundle, match="too long"):
            b"".join(encoded([BundleFile(path, b"x")]))


def linked(folder: Path) -> None:
    (folder / "link.py").symlink_to(folder / "sir.py")


def linked_out(folder: Path) -> None:
    (folder / "models").symlink_to("/etc")


def broken_link(folder: Path) -> None:
    (folder / "gone.py").symlink_to("nowhere")


def piped(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def listening(folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))


def odd_name(folder: Path) -> None:
    (folder / "two\nlines.py").write_text("")


def other_encoding(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.py")).write_text("")


def windows_name(folder: Path) -> None:
    (folder / "models\\sir.py").write_text("")


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        (linked, r"link\.py: a link"),
        (linked_out, "models: a link"),
        (broken_link, r"gone\.py: a link"),
        (piped, "pipe: a special file"),
        (listening, "socket: a special file"),
        (odd_name, r"two\\nlines.*no control characters"),
        (other_encoding, "no control characters"),
        (windows_name, "no backslash"),
    ],
)
def test_what_no_bundle_may_hold(spoil: Callable[[Path], None], where: str, tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    spoil(folder)
    with pytest.raises(InvalidBundle, match=where):
        digest_of(folder)


def test_a_folder_has_to_be_one_with_something_in_it(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    for name, why in (("empty", "nothing in it"), ("file", "no folder"), ("gone", "no folder")):
        with pytest.raises(InvalidBundle, match=f"{name}: {why}"):
            digest_of(tmp_path / name)


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sources(tmp_path / "b", one="x" * 600, two="y" * 600)
    assert digest_of(folder)
    layer = pack(folder).layer
    for name, value, why in (
        ("LARGEST_FILE", 599, r"one\.py: larger than 599 bytes"),
        ("LARGEST_BUNDLE", len(layer) - 1, "b: larger than"),
        ("MOST_FILES", 1, "2 files; a bundle has at most 1"),
    ):
        with monkeypatch.context() as smaller:
            smaller.setattr(folders, name, value)
            with pytest.raises(InvalidBundle, match=why):
                digest_of(folder)
    assert (limits.LARGEST_FILE, limits.LARGEST_BUNDLE) == (64 * 2**20, 256 * 2**20)
    monkeypatch.setattr(layers, "MOST_FILES", 1)
    with pytest.raises(InvalidBundle, match=r"two\.py.*one more than 1 files"):
        list(decoded(io.BytesIO(layer).read))


def test_a_copy_is_the_same_bundle(tmp_path: Path) -> None:
    folder = sources(tmp_path / "b", sir="beta = 0.3")
    shutil.copytree(folder, tmp_path / "copy")
    assert digest_of(tmp_path / "copy") == digest_of(folder)


def test_a_manifest_has_one_spelling(tmp_path: Path) -> None:
    packed = pack(sources(tmp_path / "b", sir="beta = 0.3"))
    assert layer_of(packed.manifest).digest == sha256(packed.layer)
    for other in (
        packed.manifest + b" ",
        packed.manifest.replace(b'"artifactType"', b'"kind"'),
        packed.manifest.replace(b'"layers":[', b'"layers":[{},'),
        packed.manifest.replace(b'"size":2}', b'"size":3}'),
        b"",
        b"[]",
        b'{"layers": []}',
        b'{"layers": 7}',
        b"[" * 100_000,
        b"<html>",
    ):
        with pytest.raises(InvalidBundle, match="the manifest"):
            layer_of(other)


def test_a_manifest_may_not_announce_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    from modelops_runtime.bundles.artefact import Blob, manifest  # noqa: PLC0415 -- only here

    named = manifest(Blob("sha256:" + "0" * 64, limits.LARGEST_BUNDLE + 1))
    with pytest.raises(InvalidBundle, match="larger than"):
        layer_of(named)
