"""A store in a folder, beyond what every store does: whole files, whatever happens."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from modelops_runtime.contracts.identity import ID, checksum
from modelops_runtime.results.directory import DirectoryStore
from modelops_runtime.results.store import Damaged, NotStored

WRITER = """
import sys
from pathlib import Path
from modelops_runtime.results.directory import DirectoryStore

store = DirectoryStore(Path(sys.argv[1]))
for number in range(10**6):
    store.put(b"%d" % number * 10**6)
    print(number, flush=True)
"""


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_a_table_is_one_file_named_by_its_checksum(tmp_path: Path) -> None:
    name = DirectoryStore(tmp_path).put(b"table")
    DirectoryStore(tmp_path).put(b"table")
    assert files(tmp_path) == [tmp_path / name[:2] / name]


def test_what_has_changed_on_the_disk_is_noticed_and_healed(tmp_path: Path) -> None:
    store = DirectoryStore(tmp_path)
    name = store.put(b"table")
    for damage in (b"", b"tabl", b"tablf", b"table "):
        files(tmp_path)[0].write_bytes(damage)
        with pytest.raises(Damaged):
            store.get(name)
    store.put(b"table")
    assert store.get(name) == b"table"


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    store = DirectoryStore(tmp_path)
    store.put(b"before")
    before = files(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        store.put(b"table")
    assert files(tmp_path) == before
    with pytest.raises(NotStored):
        store.get(checksum(b"table"))


def test_a_writer_that_is_killed_leaves_whole_files(tmp_path: Path) -> None:
    for last in range(3, 9):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        written = [int(next(writer.stdout)) for _ in range(last)]
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        named = [path.name for path in files(tmp_path) if ID.fullmatch(path.name)]
        store = DirectoryStore(tmp_path)
        assert all(store.get(name) for name in named)
        assert {checksum(b"%d" % number * 10**6) for number in written} <= set(named)
