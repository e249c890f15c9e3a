"""What a folder of generated files lacks against what was compiled, and how to show it briefly.

Pure values and text: made by `compare`, shown by `cli`. Paths are below the folder, with forward
slashes, sorted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from modelops.manifests import INVENTORY

CONTEXT = 3
"""Lines shown around a difference, as in `diff -u`."""

WINDOW = 2000
"""Lines that are compared from the first differing one on: comparing takes up to their square."""

NO_NEWLINE = "  (no newline at the end)"


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a write would change.

    Attributes:
        path: below the folder.
        old: what stands there, cut where it is long; None where nothing does.
        new: what was compiled; None where nothing is any more.
    """

    path: str
    old: bytes | None
    new: bytes | None


@dataclass(frozen=True, slots=True)
class Differences:
    """How a folder differs from what was compiled.

    Attributes:
        folder: its name for people: `generated`.
        changes: what a write would write or remove, sorted by path.
        untracked: files and symlinks that are neither compiled nor ours; a write leaves them.
    """

    folder: str
    changes: tuple[Change, ...]
    untracked: tuple[str, ...]

    @property
    def modified(self) -> tuple[str, ...]:
        """Files whose content differs."""
        return tuple(
            change.path
            for change in self.changes
            if change.old is not None and change.new is not None
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Files that were compiled and do not stand."""
        return tuple(change.path for change in self.changes if change.old is None)

    @property
    def extra(self) -> tuple[str, ...]:
        """Files of an earlier compile that are no longer compiled."""
        return tuple(change.path for change in self.changes if change.new is None)

    @property
    def current(self) -> bool:
        """Whether the folder is exactly what was compiled."""
        return not self.changes and not self.untracked


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did; `untracked` was left alone. All sorted paths below the folder."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    untracked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How much of a difference is shown: lines of each file, and files."""

    lines: int = 20
    files: int = 3


def diff_excerpt(differences: Differences, limit: Limit) -> str:
    """A unified diff from what stands to what was compiled, cut at `limit`; "" without changes.

    Inventories come last: they differ whenever anything does.
    """
    changes = sorted(differences.changes, key=lambda change: change.path.endswith(INVENTORY))
    lines = [
        line
        for change in changes[: limit.files]
        for line in _block(differences.folder, change, limit.lines)
    ]
    if len(changes) > limit.files:
        lines.append(f"… and {_counted(len(changes) - limit.files, 'more file')}")
    return "".join(f"{line}\n" for line in lines)


def _block(folder: str, change: Change, limit: int) -> Iterator[str]:
    name = f"{folder}/{change.path}"
    yield "--- /dev/null" if change.old is None else f"--- {name} (on disk)"
    yield "+++ /dev/null" if change.new is None else f"+++ {name} (compiled)"
    lines = list(_hunks(_lines(change.old), _lines(change.new)))
    yield from lines[:limit]
    if len(lines) > limit:
        yield f"… and {_counted(len(lines) - limit, 'more line')}"


def _hunks(old: list[str], new: list[str]) -> Iterator[str]:
    start = max(0, _common_prefix(old, new) - CONTEXT)
    a, b = old[start : start + WINDOW], new[start : start + WINDOW]
    for group in SequenceMatcher(None, a, b).get_grouped_opcodes(CONTEXT):
        (_, i1, _, j1, _), (_, _, i2, _, j2) = group[0], group[-1]
        yield f"@@ -{_range(start, i1, i2)} +{_range(start, j1, j2)} @@"
        for tag, from_old, to_old, from_new, to_new in group:
            if tag == "equal":
                yield from (f" {line}" for line in a[from_old:to_old])
            else:
                yield from (f"-{line}" for line in a[from_old:to_old])
                yield from (f"+{line}" for line in b[from_new:to_new])
    if max(len(old), len(new)) > start + WINDOW:
        yield f"… the lines after {start + WINDOW} were not compared"


def _range(start: int, first: int, end: int) -> str:
    """A stretch as diffs write it: from 1, and an empty one after the line before it."""
    return f"{start + first + (1 if end > first else 0)},{end - first}"


def _common_prefix(old: list[str], new: list[str]) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(old), len(new)))


def _lines(content: bytes | None) -> list[str]:
    """Lines as a terminal may show them: other bytes and control characters are escaped."""
    *lines, last = (content or b"").decode("utf-8", "backslashreplace").split("\n")
    if last:
        lines.append(last + NO_NEWLINE)
    return [_visible(line) for line in lines]


def _visible(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        character if character.isprintable() or character == "\t" else ascii(character)[1:-1]
        for character in line
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
