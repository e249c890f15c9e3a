"""Links in `generated/` and `environments/` that lead away: nothing is written or read there."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.trees import (
    assert_fit_for_terminals,
    files,
    modelops,
    outside,
    project,
    put,
    sources,
    standing,
)

WORKERS = "generated/dev/workspaces/default/workers.yaml"
MALARIA = "environments/dev/workspaces/malaria.yaml"


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled project."""
    root = project(tmp_path_factory.mktemp("compiled"), "default")
    assert modelops(root, "compile").returncode == 0
    return root


@pytest.fixture
def root(tmp_path: Path, compiled: Path) -> Path:
    """A compiled project; beside it a folder of someone else; the next compile changes files."""
    root = tmp_path / "project"
    shutil.copytree(compiled, root)
    put(root / MALARIA, sources("malaria")[MALARIA])
    put(tmp_path / "elsewhere/file.yaml", b"kind: Elsewhere\n")
    (tmp_path / "elsewhere/empty").mkdir()
    return root


def moved_away(place: str) -> Callable[[Path], None]:
    """What stands at a place moves out of the project, and a link takes its place."""

    def move(root: Path) -> None:
        target = root.parent / "elsewhere" / Path(place).name
        (root / place).rename(target)
        (root / place).symlink_to(target)

    return move


def linked(place: str, target: str) -> Callable[[Path], None]:
    """A link stands at a place; what stood there is gone."""

    def link(root: Path) -> None:
        (root / place).unlink(missing_ok=True)
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).symlink_to(target)

    return link


@pytest.mark.parametrize(
    ("prepare", "named"),
    [
        (moved_away("generated"), "generated"),
        (moved_away("generated/dev"), "generated/dev"),
        (moved_away("generated/dev/workspaces"), "generated/dev/workspaces"),
        (moved_away("generated/dev/workspaces/default"), "generated/dev/workspaces/default"),
        (moved_away(WORKERS), WORKERS),
        (moved_away("generated/dev/inventory.json"), "generated/dev/inventory.json"),
        (linked(WORKERS, "/dev/full"), WORKERS),
        (linked(WORKERS, "nowhere"), WORKERS),
        (linked(WORKERS, "workers.yaml"), WORKERS),
        (
            linked("generated/dev/workspaces/malaria", "../../../../elsewhere/empty"),
            "generated/dev/workspaces/malaria",
        ),
        (
            linked("generated/dev/workspaces/malaria/workers.yaml", "../../../../../elsewhere/new"),
            "generated/dev/workspaces/malaria/workers.yaml",
        ),
    ],
)
def test_nothing_is_written_through_a_link(
    root: Path, prepare: Callable[[Path], None], named: str
) -> None:
    prepare(root)
    before = standing(root.parent)

    for arguments in (("compile",), ("compile", "--check")):
        ended = modelops(root, *arguments)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert f"{named}` " in ended.stderr
        assert "symbolic link" in ended.stderr
        assert_fit_for_terminals(ended.stderr)
        assert standing(root.parent) == before


def test_nothing_is_removed_through_a_link(root: Path) -> None:
    """An environment that is gone and a workspace that is gone, both moved away before."""
    put(root / MALARIA.replace("dev", "lab"), sources("malaria")[MALARIA])
    lab = (root / "environments/dev/environment.yaml").read_bytes()
    put(root / "environments/lab/environment.yaml", lab)
    assert modelops(root, "compile").returncode == 0
    for place in ("generated/lab", "generated/dev/workspaces/malaria"):
        (root / place).rename(root.parent / "elsewhere" / Path(place).name)
        (root / place).symlink_to(root.parent / "elsewhere" / Path(place).name)
    (root / MALARIA).unlink()
    for path in ("workspaces/malaria.yaml", "environment.yaml"):
        (root / "environments/lab" / path).unlink()
    (root / "environments/lab/workspaces").rmdir()
    (root / "environments/lab").rmdir()
    before = outside(root.parent, root)

    ended = modelops(root, "compile")

    assert ended.returncode == 0
    assert "note: not written by modelops, and left alone:" in ended.stderr
    assert "  generated/dev/workspaces/malaria" in ended.stderr.splitlines()
    assert outside(root.parent, root) == before
    assert (root / "generated/lab").is_symlink()


def test_a_link_that_is_in_nobodys_way_is_left_alone(root: Path) -> None:
    (root / "generated/dev/notes.yaml").symlink_to(root.parent / "elsewhere/file.yaml")
    before = outside(root.parent, root)

    ended = modelops(root, "compile")

    assert ended.returncode == 0
    assert ended.stderr.endswith("left alone:\n  generated/dev/notes.yaml\n")
    assert outside(root.parent, root) == before
    assert (root / "generated/dev/notes.yaml").is_symlink()


def test_a_second_name_of_a_file_keeps_the_old_content(root: Path) -> None:
    """A hard link is no way out either: the new file takes the name, not the content."""
    away = root.parent / "elsewhere/workers.yaml"
    away.write_bytes((root / WORKERS).read_bytes() + b"# edited\n")
    (root / WORKERS).unlink()
    os.link(away, root / WORKERS)
    before = outside(root.parent, root)

    assert modelops(root, "compile").returncode == 0

    assert outside(root.parent, root) == before
    assert b"# edited" not in (root / WORKERS).read_bytes()


@pytest.mark.parametrize(
    "prepare",
    [
        *(
            moved_away(place)
            for place in ("environments/dev", "environments/base.yaml", "environments/profiles")
        ),
        moved_away("environments/dev/workspaces"),
        moved_away(MALARIA),
        linked("environments/lab", "../../elsewhere"),
        linked("environments/dev/workspaces/nowhere.yaml", "nothing.yaml"),
        linked("environments/dev/workspaces/circle.yaml", "circle.yaml"),
        linked("environments/dev/workspaces/zero.yaml", "/dev/zero"),
        linked("environments/dev/workspaces/passwords.yaml", "/etc/passwd"),
    ],
)
def test_nothing_is_read_through_a_link(root: Path, prepare: Callable[[Path], None]) -> None:
    prepare(root)
    (link,) = (path for path in root.rglob("*") if path.is_symlink())
    before = standing(root.parent)

    ended = modelops(root, "compile")

    assert (ended.returncode, ended.stdout) == (1, "")
    place = link.relative_to(root)
    assert f"`{place}` is a symbolic link: put the file itself in its place\n" in ended.stderr
    assert "root:" not in ended.stderr
    assert standing(root.parent) == before


def test_the_folder_of_sources_may_not_be_a_link(root: Path) -> None:
    moved_away("environments")(root)
    before = standing(root.parent)

    ended = modelops(root, "compile")

    assert ended.returncode == 1
    assert "`environments` is a symbolic link" in ended.stderr
    assert standing(root.parent) == before


def test_a_device_and_a_fifo_are_neither_read_nor_written(root: Path) -> None:
    os.mkfifo(root / "environments/dev/workspaces/fifo.yaml")
    (root / WORKERS).unlink()
    os.mkfifo(root / WORKERS)

    refused = modelops(root, "compile")
    assert "fifo.yaml` is a fifo, socket or device: remove it" in refused.stderr
    (root / "environments/dev/workspaces/fifo.yaml").unlink()
    in_the_way = modelops(root, "compile")

    assert (refused.returncode, in_the_way.returncode) == (1, 1)
    assert f"`{WORKERS}` is a fifo, socket or device" in in_the_way.stderr
    assert files(root / "generated")
