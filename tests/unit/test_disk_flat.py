"""A flat folder of generated JSON files, such as `schemas/`."""

from pathlib import Path

import pytest

from modelops.disk import InTheWay, compare_flat, write_flat

FILES = {"run.schema.json": b"{}\n", "workspace.schema.json": b"[]\n"}


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_writing_makes_the_folder_hold_the_files_and_writing_again_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "schemas"

    assert compare_flat(folder, FILES).missing == tuple(FILES)
    assert write_flat(folder, FILES).written == tuple(FILES)
    assert held(folder) == FILES
    before = {path: path.stat().st_ctime_ns for path in (folder, *folder.iterdir())}
    assert write_flat(folder, FILES).written == ()
    assert {path: path.stat().st_ctime_ns for path in before} == before
    assert compare_flat(folder, FILES).current


def test_other_json_goes_and_all_else_is_not_looked_at(tmp_path: Path) -> None:
    write_flat(tmp_path, {**FILES, "old.schema.json": b"old"})
    (tmp_path / "README.md").write_bytes(b"read me")
    (tmp_path / "kept.json").mkdir()
    (tmp_path / ".modelops-tmp-1").write_bytes(b"half")
    (tmp_path / "run.schema.json").write_bytes(b"edited")

    found = compare_flat(tmp_path, FILES)
    result = write_flat(tmp_path, FILES)

    assert (found.modified, found.extra) == (("run.schema.json",), ("old.schema.json",))
    assert found.untracked == ()
    assert (result.written, result.removed) == (("run.schema.json",), ("old.schema.json",))
    assert held(tmp_path) == {**FILES, "README.md": b"read me"}
    assert (tmp_path / "kept.json").is_dir()


def test_a_link_is_neither_written_through_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"precious")
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "other.json").symlink_to("../outside")

    assert write_flat(folder, FILES).untracked == ("other.json",)

    (folder / "run.schema.json").unlink()
    (folder / "run.schema.json").symlink_to("../outside")
    with pytest.raises(InTheWay, match=r"`schemas/run\.schema\.json` is a symbolic link"):
        write_flat(folder, FILES)
    assert (tmp_path / "outside").read_bytes() == b"precious"


def test_the_folder_itself_may_not_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "schemas").symlink_to("real")

    for act in (write_flat, compare_flat):
        with pytest.raises(InTheWay, match="must be a real folder"):
            act(tmp_path / "schemas", FILES)
