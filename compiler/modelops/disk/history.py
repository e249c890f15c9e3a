"""Reading `generated/` as it stands in git at another commit; nothing is checked out or changed.

A revision, or none, comes in; the commit where this branch left it leaves and tells of its files,
or the reason why there is none. Git is asked through its own program, in a few short calls. Who has
no git loses two warnings and nothing else.
"""

import os
import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

MAIN_BRANCHES = ("origin/main", "main", "origin/master", "master")
"""What a branch is compared with where nobody says it, the first that exists."""

SUFFIX = ".yaml"
PATIENCE = 60
"""Seconds after which git is not waited for: it may be asking for a password."""

QUIET = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


@dataclass(frozen=True, slots=True)
class Committed:
    """The YAML files of a folder as they were committed.

    Attributes:
        root: the project's root, anywhere in a repository.
        folder: the folder below it.
        parts: its folders that matter.
        commit: the commit's name.
    """

    root: Path
    folder: str
    parts: tuple[str, ...]
    commit: str

    def listed(self) -> dict[str, str]:
        """What identifies each file's content, by path below the folder, sorted.

        Nothing where git does not answer any more.
        """
        paths = [f"{self.folder}/{part}/" for part in sorted(self.parts)]
        try:
            named = ("ls-tree", "-r", "-z", self.commit, "--")
            listed = _git(self.root, *named, *paths) if paths else b""
        except _GitSaidNo:
            return {}
        blobs: dict[str, str] = {}
        for entry in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            head, _, path = entry.partition("\t")
            mode, _, blob = head.split(" ")
            if mode.startswith("100") and path.endswith(SUFFIX):
                blobs[path.removeprefix(f"{self.folder}/")] = blob
        return blobs

    def read(self, listed: Mapping[str, str]) -> dict[str, bytes]:
        """The content of files that were `listed`, by path; nothing where git does not answer."""
        try:
            contents = _contents(self.root, tuple(listed.values())) if listed else []
        except _GitSaidNo:
            return {}
        return dict(zip(listed, contents, strict=True))


@dataclass(frozen=True, slots=True)
class NoHistory:
    """There is nothing to compare with.

    Attributes:
        reason: a sentence without a period.
        is_shallow: whether the clone is cut off, so that a deeper one may have it.
    """

    reason: str
    is_shallow: bool = False


class _GitSaidNo(Exception):  # noqa: N818 -- no error: git is allowed to know nothing
    """Git is not there, or does not know what it was asked for."""


def committed(
    root: Path, folder: str, parts: Collection[str], base: str | None = None
) -> Committed | NoHistory:
    """A folder where this branch left another; nothing is read yet.

    Args:
        root: the project's root, anywhere in a repository.
        folder: the folder below it.
        parts: its folders that matter.
        base: a branch, tag or commit; None for the main branch.
    """
    try:
        _git(root, "rev-parse", "--is-inside-work-tree")
    except _GitSaidNo as no:
        return NoHistory(str(no) or "this is no git repository")
    try:
        return Committed(root, folder, tuple(parts), _fork(root, base))
    except _GitSaidNo:
        named = f"`{base}` with a common history" if base else "main branch to compare with"
        is_shallow = _is_shallow(root)
        why = ": this clone is shallow" if is_shallow else ""
        return NoHistory(f"git has no {named} here{why}", is_shallow)


def _is_shallow(root: Path) -> bool:
    """Whether the clone holds the last commits only, as in most CI."""
    try:
        return _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except _GitSaidNo:
        return False


def _fork(root: Path, base: str | None) -> str:
    """The commit at which HEAD and the base were the same for the last time."""
    for name in (base,) if base else MAIN_BRANCHES:
        try:
            tip = _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
            return _git(root, "merge-base", "HEAD", tip.decode().strip()).decode().strip()
        except _GitSaidNo:
            continue
    raise _GitSaidNo


def _contents(root: Path, blobs: tuple[str, ...]) -> list[bytes]:
    """What `cat-file --batch` says: for each blob a line that ends with its size, then itself."""
    said = _git(root, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in blobs).encode())
    found: list[bytes] = []
    at = 0
    for _ in blobs:
        end = said.index(b"\n", at)
        size = int(said[at:end].rpartition(b" ")[2])
        found.append(said[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return found


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What git answers.

    Raises:
        _GitSaidNo: it is not there, or answers with an error.
    """
    try:
        done = subprocess.run(  # noqa: S603 -- no shell, and no argument of a stranger is an option
            ["git", "-C", os.fspath(root), *arguments],  # noqa: S607 -- wherever the user has it
            input=given,
            capture_output=True,
            check=True,
            env=os.environ | QUIET,
            timeout=PATIENCE,
        )
    except FileNotFoundError as error:
        raise _GitSaidNo("there is no git on this machine") from error
    except (subprocess.SubprocessError, OSError) as error:
        raise _GitSaidNo from error
    return done.stdout
