"""Reading `generated/` as it stands in git at another commit; nothing is checked out or changed.

A revision, or none, comes in; the files at the commit where this branch left it leave, or the
reason why there are none. Git is asked through its own program: three short calls. Who has no git
loses two warnings and nothing else.
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
    """Files as they were committed.

    Attributes:
        revision: the commit, in short.
        files: content by path below the folder.
    """

    revision: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class NoHistory:
    """There is nothing to compare with; `reason` is a sentence without a period."""

    reason: str


class _GitSaidNo(Exception):  # noqa: N818 -- no error: git is allowed to know nothing
    """Git is not there, or does not know what it was asked for."""


def committed(
    root: Path, folder: str, parts: Collection[str], base: str | None = None
) -> Committed | NoHistory:
    """The YAML files of a folder where this branch left another.

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
        commit = _fork(root, base)
        return Committed(commit[:10], _files(root, folder, parts, commit))
    except _GitSaidNo:
        named = f"`{base}` with a common history" if base else "main branch to compare with"
        return NoHistory(f"git has no {named} here (a shallow clone has none)")


def _fork(root: Path, base: str | None) -> str:
    """The commit at which HEAD and the base were the same for the last time."""
    for name in (base,) if base else MAIN_BRANCHES:
        try:
            tip = _git(root, "rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
            return _git(root, "merge-base", "HEAD", tip.decode().strip()).decode().strip()
        except _GitSaidNo:
            continue
    raise _GitSaidNo


def _files(root: Path, folder: str, parts: Collection[str], commit: str) -> dict[str, bytes]:
    """The regular files of a commit, by path below the folder, sorted."""
    paths = [f"{folder}/{part}/" for part in sorted(parts)]
    listed = _git(root, "ls-tree", "-r", "-z", commit, "--", *paths) if paths else b""
    blobs: dict[str, str] = {}
    for entry in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        head, _, path = entry.partition("\t")
        mode, _, blob = head.split(" ")
        if mode.startswith("100") and path.endswith(SUFFIX):
            blobs[path.removeprefix(f"{folder}/")] = blob
    contents = _contents(root, tuple(blobs.values()))
    return dict(zip(blobs, contents, strict=True))


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
