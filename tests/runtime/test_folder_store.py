"""A store in a folder, beyond what every store does: files that others may read, and full disks."""

import os
from pathlib import Path

import pytest

from modelops_runtime.results.folder import FolderStore
from modelops_runtime.results.object_store import NotStored


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_an_object_is_one_file_named_by_its_key(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("a/table", b"first")
    store.put("a/table", b"table")
    assert files(tmp_path) == [tmp_path / "a/table"]
    assert store.location("a/table") == str(tmp_path / "a/table")
    assert (tmp_path / "a/table").read_bytes() == b"table"


def full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_put_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FolderStore(tmp_path)
    store.put("before", b"before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put("a/table", b"table")
    assert files(tmp_path) == [tmp_path / "before"]
    with pytest.raises(NotStored):
        store.get("a/table")


def test_what_need_not_last_does_not_wait_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", full)
    store = FolderStore(tmp_path, lasting=False)
    store.put("a/table", b"table")
    assert store.get("a/table") == b"table"


def test_a_folder_is_no_object(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put("a/table", b"table")
    with pytest.raises(IsADirectoryError):
        store.get("a")
    with pytest.raises(OSError, match="a/table"):
        store.put("a/table/more", b"")
