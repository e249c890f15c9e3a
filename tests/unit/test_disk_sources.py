"""Reading `environments/`: what is read, what is left out, and what is refused by name."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelops.disk import (
    NotAProject,
    Unreadable,
    environment_names,
    find_root,
    read_sources,
)
from modelops.documents import SOURCE_LIMIT

TREE = {
    "base.yaml": b"base",
    "images.yaml": b"images",
    "profiles/debug.yaml": b"debug",
    "dev/environment.yaml": b"dev",
    "dev/workspaces/malaria.yaml": b"malaria",
    "prod/environment.yaml": b"prod",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, content in TREE.items():
        file = tmp_path / "environments" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path


def test_every_file_is_read_sorted_and_by_its_path_below_the_root(root: Path) -> None:
    sources = read_sources(root)

    assert sources == {f"environments/{path}": content for path, content in TREE.items()}
    assert list(sources) == sorted(sources)


def test_chosen_environments_come_with_what_all_share(root: Path) -> None:
    assert set(read_sources(root, ["dev"])) == {
        f"environments/{path}" for path in TREE if not path.startswith("prod/")
    }


def test_an_environment_that_is_not_there_is_a_failure_that_lists_those_that_are(
    root: Path,
) -> None:
    with pytest.raises(Unreadable, match=r"no environment `stagging`.*dev, prod"):
        read_sources(root, ["stagging"])


@pytest.mark.parametrize(
    "name", [".DS_Store", ".git/config", "base.yaml~", ".base.yaml.swp", "base.yaml.swp"]
)
def test_hidden_files_and_editor_droppings_are_left_out(root: Path, name: str) -> None:
    file = root / "environments" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"dropping")

    assert len(read_sources(root)) == len(TREE)


def test_a_dangling_lock_link_of_an_editor_is_left_out(root: Path) -> None:
    (root / "environments/.#base.yaml").symlink_to("someone@host.1234")

    assert len(read_sources(root)) == len(TREE)


def test_one_byte_more_than_the_limit_is_read_of_a_long_file(root: Path) -> None:
    (root / "environments/base.yaml").write_bytes(b"x" * (SOURCE_LIMIT + 4096))
    (root / "environments/images.yaml").write_bytes(b"x" * SOURCE_LIMIT)

    sources = read_sources(root)

    assert len(sources["environments/base.yaml"]) == SOURCE_LIMIT + 1
    assert len(sources["environments/images.yaml"]) == SOURCE_LIMIT


@pytest.fixture
def deep(root: Path) -> Iterator[str]:
    """A file 1200 folders down, made and removed step by step: neither Python nor pytest could."""
    parts = ["d"] * 1200
    here = os.open(root / "environments", os.O_RDONLY)
    for part in parts:
        os.mkdir(part, dir_fd=here)
        below = os.open(part, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("x.yaml", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    yield f"environments/{'/'.join(parts)}/x.yaml"
    subprocess.run(["rm", "-rf", root / "environments/d"], check=True)


def test_a_tree_deeper_than_the_stack_is_read(root: Path, deep: str) -> None:
    assert deep in read_sources(root)


def test_all_that_must_not_be_read_is_refused_and_named_and_nothing_blocks(root: Path) -> None:
    folder = root / "environments"
    (folder / "dev/linked.yaml").symlink_to("/etc/hostname")
    (folder / "dev/elsewhere").symlink_to("/etc")
    (folder / "dev/dangling.yaml").symlink_to("nowhere")
    os.mkfifo(folder / "dev/pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # a socket's address may not be longer than about 100 bytes
        listener.bind("socket.yaml")
        os.chdir(here)

    with pytest.raises(Unreadable) as failure:
        read_sources(root)

    text = str(failure.value)
    for name in ("linked.yaml", "elsewhere", "dangling.yaml"):
        assert f"`environments/dev/{name}` is a symbolic link" in text
    for name in ("dev/pipe.yaml", "socket.yaml"):
        assert f"`environments/{name}` is a fifo, socket or device" in text


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        (b"two\nlines.yaml", r"two\nlines.yaml"),
        (b"esc\x1b[31m.yaml", r"esc\x1b[31m.yaml"),
        (b"latin\xe9.yaml", r"latin\udce9.yaml"),
        ("left\u202eright.yaml".encode(), r"left\u202eright.yaml"),
    ],
)
def test_a_hostile_name_is_refused_and_shown_escaped(root: Path, name: bytes, escaped: str) -> None:
    (root / "environments/dev" / os.fsdecode(name)).touch()

    with pytest.raises(Unreadable) as failure:
        read_sources(root)

    assert f"`environments/dev/{escaped}` has a name" in str(failure.value)
    str(failure.value).encode()


def test_a_name_in_another_script_is_fine(root: Path) -> None:
    (root / "environments/dev/Überblick 概要.yaml").write_bytes(b"x")

    assert "environments/dev/Überblick 概要.yaml" in read_sources(root)


def test_only_the_first_few_offenders_are_listed(root: Path) -> None:
    for number in range(25):
        (root / f"environments/{number:02}.yaml").symlink_to("nowhere")

    with pytest.raises(Unreadable, match="… and 15 more"):
        read_sources(root)


def test_environments_itself_may_not_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "environments").symlink_to("real")

    with pytest.raises(Unreadable, match="`environments` is a symbolic link"):
        read_sources(tmp_path)
    with pytest.raises(Unreadable, match="`environments` is a symbolic link"):
        environment_names(tmp_path)


def test_environments_are_the_folders_that_are_neither_profiles_nor_hidden(root: Path) -> None:
    (root / "environments/.idea").mkdir()

    assert environment_names(root) == ("dev", "prod")


def test_an_environment_that_is_a_link_is_refused(root: Path) -> None:
    (root / "environments/staging").symlink_to("dev")

    with pytest.raises(Unreadable, match="`environments/staging` is a symbolic link"):
        environment_names(root)
    with pytest.raises(Unreadable, match="`environments/staging` is a symbolic link"):
        read_sources(root, ["dev"])


def test_the_root_is_found_from_anywhere_below_it(root: Path) -> None:
    for start in (root, root / "environments", root / "environments/dev/workspaces"):
        assert find_root(start) == root.resolve()


def test_the_nearest_root_is_taken(root: Path) -> None:
    inner = root / "environments/dev/nested"
    (inner / "environments").mkdir(parents=True)

    assert find_root(inner) == inner.resolve()


def test_without_a_root_the_failure_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotAProject, match=r"no `environments/` folder.*environment\.yaml"):
        find_root(tmp_path)


def test_a_start_whose_links_go_in_a_circle_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to("circle")

    with pytest.raises((Unreadable, NotAProject)):
        find_root(tmp_path / "circle")


def test_without_the_folder_reading_fails(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        read_sources(tmp_path)
