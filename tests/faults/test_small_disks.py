"""A disk that is full, and one that may only be read: real ones, with the project on them.

Each is a tmpfs in a mount namespace of its own, which ends with the process that holds it: nothing
stays mounted, however a test ends.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.faults.trees import (
    assert_fit_for_terminals,
    compiled,
    files,
    modelops,
    outside,
    project,
    put,
    sources,
    standing,
)

PAGE = 4096
MALARIA = "environments/dev/workspaces/malaria.yaml"
FULL = "No space left on device. The disk is full: free some space. Every file is either"
READ_ONLY = "Read-only file system. The file system is read-only: work on a writable copy."
MOUNT = 'mount -t tmpfs -o size=1m none "$1" && echo mounted && exec cat'


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A tmpfs of one MiB.

    Attributes:
        holder: the process whose namespace it is mounted in.
        mounted: where it is, in there.
    """

    holder: int
    mounted: Path

    @property
    def seen(self) -> Path:
        """Where it is to be seen from here."""
        return Path(f"/proc/{self.holder}/root{self.mounted}")

    @property
    def entered(self) -> list[str]:
        """What starts a program in the namespace."""
        user = ["-U", "--preserve-credentials"] if os.geteuid() else []
        return ["nsenter", "-t", str(self.holder), "-m", *user]

    def modelops(self, *arguments: str, **variables: str) -> CompletedProcess[str]:
        """The program, on this disk."""
        ended = modelops(self.mounted, *arguments, within=self.entered, variables=variables)
        assert_fit_for_terminals(ended.stdout + ended.stderr)
        return ended

    def fill(self, but: int) -> Path:
        """Take all space but some pages."""
        filler = self.seen / "filler"
        state = os.statvfs(self.seen)
        with filler.open("wb") as stream:
            stream.write(bytes((state.f_bavail - but) * state.f_bsize))
        assert os.statvfs(self.seen).f_bavail == but
        return filler

    def lock(self) -> None:
        """From now on it may only be read."""
        command = [*self.entered, "mount", "-o", "remount,ro", str(self.mounted)]
        subprocess.run(command, check=True)
        with pytest.raises(OSError, match="Read-only"):
            (self.seen / "x").touch()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """An empty small disk; skips where this system gives none."""
    command = ["unshare", "-m", *(["-r"] if os.geteuid() else [])]
    with subprocess.Popen(
        [*command, "sh", "-c", MOUNT, "sh", tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        assert holder.stderr
        if holder.stdout.readline() != b"mounted\n":
            pytest.skip(f"no disk may be mounted here: {holder.stderr.read().decode().strip()}")
        try:
            yield SmallDisk(holder.pid, tmp_path)
        finally:
            holder.kill()


# --- full ----------------------------------------------------------------------------------------


def assert_old_or_new(
    held: Mapping[str, bytes], old: Mapping[str, bytes], new: Mapping[str, bytes]
) -> None:
    """The inventory apart, which may be the one that owns both."""
    assert set(held) >= set(old)
    for path, content in held.items():
        assert path.endswith("/inventory.json") or content in {old.get(path), new.get(path)}, path


@pytest.mark.parametrize("but", [0, 1, 3, 8], ids="{} pages left".format)
def test_a_full_disk(disk: SmallDisk, tmp_path_factory: pytest.TempPathFactory, but: int) -> None:
    root = project(disk.seen, "default")
    assert disk.modelops("compile").returncode == 0
    old = files(root / "generated")
    put(root / MALARIA, sources("malaria")[MALARIA])
    new = compiled(tmp_path_factory.mktemp("alone"), sources("default", "malaria"))
    filler = disk.fill(but)
    before = outside(disk.seen, root)

    ended = disk.modelops("compile")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: cannot write `")
    assert FULL in ended.stderr
    assert outside(disk.seen, root) == before
    held = files(root / "generated")
    assert_old_or_new(held, old, new)
    assert held != old or but < 2
    assert disk.modelops("compile", "--check").returncode == 1
    filler.unlink()
    healed = disk.modelops("compile")
    assert (healed.returncode, healed.stderr) == (0, "")
    assert files(root / "generated") == new


def test_a_disk_without_room_for_the_library(disk: SmallDisk) -> None:
    """A cache that is full is as good as none: the library is unpacked elsewhere for one run."""
    project(disk.seen, "default")
    disk.fill(100)
    before = standing(disk.seen / "environments")

    ended = disk.modelops("compile", "--stdout", XDG_CACHE_HOME=str(disk.mounted / "cache"))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("\nkind: Deployment\n") == 2
    assert standing(disk.seen / "environments") == before
    assert not list((disk.seen / "cache/modelops").glob("cdk8s-*"))


# --- read-only -----------------------------------------------------------------------------------


def test_a_disk_that_may_only_be_read(disk: SmallDisk) -> None:
    root = project(disk.seen, "default")
    assert disk.modelops("compile").returncode == 0
    put(root / MALARIA, sources("malaria")[MALARIA])
    disk.lock()
    before = standing(disk.seen)

    ended = disk.modelops("compile")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(
        f"error: cannot write `{disk.mounted}/generated/dev/inventory.json`: {READ_ONLY}"
    )
    behind = disk.modelops("compile", "--check")
    assert behind.returncode == 1
    assert "generated/dev/workspaces/malaria/" in behind.stdout + behind.stderr
    assert standing(disk.seen) == before


def test_a_disk_that_may_only_be_read_from_the_first_compile_on(disk: SmallDisk) -> None:
    project(disk.seen, "default")
    disk.lock()

    ended = disk.modelops("compile")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"error: cannot write `{disk.mounted}/generated`: {READ_ONLY}")


def test_what_only_reads_needs_no_disk_to_write_on(disk: SmallDisk) -> None:
    """Not even for its cache."""
    project(disk.seen, "default")
    assert disk.modelops("compile").returncode == 0
    disk.lock()
    cache = str(disk.mounted / "cache")

    for arguments in (
        ("validate",),
        ("list",),
        ("show", "dev/workspaces/default"),
        ("compile", "--check"),
        ("compile", "--stdout"),
        ("compile",),
    ):
        ended = disk.modelops(*arguments, XDG_CACHE_HOME=cache)
        assert (ended.returncode, ended.stderr) == (0, ""), arguments
        assert ended.stdout
