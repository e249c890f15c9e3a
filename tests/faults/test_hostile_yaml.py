"""YAML made to take all memory, all time or all stack: refused in seconds, at its place.

Each compile has five seconds of processor time and two GiB of addresses, by the system's limits.
"""

from itertools import product
from pathlib import Path
from string import ascii_letters

import pytest
from tests.faults.trees import (
    LIMITED,
    PLACE,
    assert_fit_for_terminals,
    modelops,
    project,
    put,
    standing,
)

from modelops.documents import SOURCE_LIMIT

DEFAULT = "environments/dev/workspaces/default.yaml"
HEAD = "apiVersion: modelops.io/v1\nkind: Workspace\nspec:\n"
DEEP = 10_000
MANY = 100_000
SHORT_KEYS = ["".join(letters) for letters in product(ascii_letters, repeat=3)][:MANY]
TWICE = [key for key in SHORT_KEYS[:50_000] for _ in range(2)]


def filled(head: str, unit: str, tail: str = "") -> str:
    """As many units between head and tail as a file may hold."""
    room = SOURCE_LIMIT - len(head.encode()) - len(tail.encode())
    return head + unit * (room // len(unit.encode())) + tail


def laughing(levels: int, width: int, laugh: str = "lol") -> str:
    """Each line holds the line before many times."""
    lines = [f"a0: &a0 {laugh}"]
    lines += [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]"
        for level in range(1, levels)
    ]
    return HEAD + "".join(f"  {line}\n" for line in lines)


def many(entry: str, count: int = MANY) -> str:
    """A flow map of many short keys in the environment variables of the workers."""
    names = [f"{one}{two}" for one, two in product(SHORT_KEYS[:320], SHORT_KEYS[:320])]
    assert len(names) > count
    entries = ", ".join(entry.format(name[1:]) for name in names[:count])
    return f"{HEAD}  workers: {{env: {{{entries}}}}}\n"


def flow(entry: str, names: list[str]) -> str:
    """A flow map of entries, each with a name in the place of `{}`."""
    return f"{HEAD}  {{{', '.join(entry.format(name) for name in names)}}}\n"


def indented(levels: int) -> str:
    """A block map that is as deep as a file of its size allows."""
    return HEAD + "".join(f"{' ' * (level + 2)}a:\n" for level in range(levels))


REFUSED = {
    "billion laughs": laughing(10, 10),
    "one wide laugh": laughing(2, 200_000),
    "an alias to what holds it": f"{HEAD}  a: &a [*a]\n",
    "deep flow lists": HEAD + "  a: " + "[" * DEEP + "]" * DEEP + "\n",
    "deep flow maps": HEAD + "  a: " + "{a: " * DEEP + "}" * DEEP + "\n",
    "deep flow never closed": filled(HEAD + "  a: ", "["),
    "deep block lists": HEAD + "  a:\n  " + "- " * DEEP + "x\n",
    "deep block maps": indented(1400),
    "deep block keys": HEAD + "  " + "? " * DEEP + "x\n",
    "a scalar above the limit": filled(f"{HEAD}  description: ", "x") + "x",
    "a folded scalar of empty lines": filled(f"{HEAD}  owner: >\n    x\n", "\n", "    y\n"),
    "a key up to the limit": filled(f"{HEAD}  ", "x", ": 1\n"),
    "a number of a million digits": filled(f"{HEAD}  owner: ", "9"),
    "a quantity of a million digits": filled(
        f"{HEAD}  workers: {{resources: {{cpu: 1, memory: ", "9", "Gi}}\n"
    ),
    "100,000 keys that stand twice": flow("{}: 1", TWICE),
    "100,000 variables": many("{}: x", 90_000),
    "9,900 wrong values": many("{}: []", 9_900),
    "9,900 unknown keys": flow("{}: 1", SHORT_KEYS[:9_900]),
    "9,900 keys nearly known": flow("worker{}: 1", SHORT_KEYS[:9_900]),
    "19,000 lists": HEAD + "  profile: [" + "[], " * 19_000 + "]\n",
    "100,000 elements": HEAD + "  profile: [" + "x, " * MANY + "]\n",
    "100,000 documents": "---\n" * MANY,
    "a long line before the fault": filled(f"{HEAD}  owner: x  #", "#", "\n  {\n"),
    "a long line of wide characters with the fault": filled(
        f"{HEAD}  owner: [", "\N{PILE OF POO}, ", "}\n"
    ),
    "a long line with control characters": filled(HEAD + "  owner: ", "x", "\x1b[2J\n"),
    "only NUL": "\0" * SOURCE_LIMIT,
}

ACCEPTED = {
    "a scalar up to the limit": filled(f"{HEAD}  workers: {{env: {{X: ", "x", "}}\n"),
    "9,900 variables": many("{}: x", 9_900),
    "a comment up to the limit": filled(f"{HEAD}  owner: x  #", "#"),
    "100,000 comments": filled(f"{HEAD}  owner: x\n", "# hello\n"),
    "100,000 empty lines": filled(f"{HEAD}  owner: x\n", "\n"),
}
"""Large and right as far as YAML goes; what a cluster says of it is another rule's business."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path, "default")


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_yaml_that_is_refused(root: Path, text: str) -> None:
    put(root / DEFAULT, text.encode())
    before = standing(root)

    ended = modelops(root, "compile", within=LIMITED)

    assert (ended.returncode, ended.stdout) == (1, ""), ended.stderr[-2000:]
    assert ended.stderr.startswith("error[")
    place = PLACE.search(ended.stderr)
    assert place
    assert place.group(1).startswith(f"{DEFAULT}:")
    assert len(ended.stderr) < 100_000, "a message, and not the file"
    assert_fit_for_terminals(ended.stderr)
    assert standing(root) == before


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_yaml_that_is_only_large(root: Path, text: str) -> None:
    assert len(text.encode()) <= SOURCE_LIMIT
    put(root / DEFAULT, text.encode())

    ended = modelops(root, "validate", within=LIMITED)

    assert ended.returncode in {0, 1}, ended.stderr[-2000:]
    assert "CFG010" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr) < 100_000, "a message, and not the file"
