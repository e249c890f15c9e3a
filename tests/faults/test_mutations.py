"""Ten thousand damaged examples: each is judged, at a place that exists, and none is too much.

The damage is drawn from a seed, so every run tries the same: bytes, lines and words of one file at
a time, in as much of the tree as that file is read with. A hundred of them go the whole way.
"""

import random
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from click.testing import CliRunner
from tests.faults.trees import (
    EXAMPLES,
    PLACE,
    assert_fit_for_terminals,
    outside,
    put,
    seeded,
    standing,
)

from modelops.cli import program
from modelops.diagnostics import Diagnostic
from modelops.diagnostics.text import full_text
from modelops.disk import read_sources
from modelops.pipeline import judge

CASES = 10_000
WHOLE_WAY = 100
SECONDS = 5
"""Of the processor's time for each case; what takes longer is a fault."""

SOURCES = read_sources(EXAMPLES)
FILES = sorted(SOURCES)
CORPUS = b"".join(SOURCES[file] for file in FILES)
LINES = CORPUS.splitlines(keepends=True)
WORD = re.compile(rb"[\w./-]+")
WORDS = WORD.findall(CORPUS)
NUMBER = re.compile(rb"\d+")

TOKENS = [
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\x1b[2J", b"\r", b"\t"),
    *(b"---\n", b"...\n", b"%YAML 1.1\n", b"&a ", b"*a", b"<<: *a\n", b"!!str ", b"!x ", b"? "),
    *(b"- ", b": ", b", ", b"{", b"}", b"[", b"]", b"|\n", b">-\n", b"'", b'"', b"#", b"@", b"`"),
    *(b"null", b"~", b"true", b"no", b".inf", b".nan", b"-0", b"0x7f", b"1e999", b"012", b"1:20"),
    *(b"9" * 30, b"9" * 5000, b"1Ei", b"1e-9", b"0.0000001", b"-1", b"1m", b"0", b"2026-01-01"),
    *(b"${HOME}", b"../..", b"kube-system", b"default", b"production", b"debug", b"queue", b"gpu"),
    *(b"isolated_warm", b"direct", b"cold", b"1.36", b'"1.20"', b"generic", b"aks", b"[[]]", b"{}"),
]

Damage = Callable[[random.Random, bytes], bytes]


# --- damage --------------------------------------------------------------------------------------


def byte_changed(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) or 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def bit_flipped(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) or 1)
    flipped = bytes(byte ^ 1 << chance.randrange(8) for byte in content[at : at + 1])
    return content[:at] + flipped + content[at + 1 :]


def stretch_removed(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) or 1)
    return content[:at] + content[at + chance.choice([1, 2, 8, 64]) :]


def stretch_repeated(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) or 1)
    end = at + chance.choice([1, 4, 32])
    return content[:end] + content[at:end] * chance.choice([1, 3, 300]) + content[end:]


def cut_short(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) or 1)]


def token_inserted(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TOKENS) + content[at:]


def word_replaced(chance: random.Random, content: bytes) -> bytes:
    other = chance.choice([chance.choice(TOKENS), chance.choice(WORDS)])
    return replaced(chance, content, WORD, other)


def number_changed(chance: random.Random, content: bytes) -> bytes:
    other = chance.choice([b"0", b"1", b"7", b"63", b"100000", b"18446744073709551616", b"-1"])
    return replaced(chance, content, NUMBER, other)


def replaced(chance: random.Random, content: bytes, what: re.Pattern[bytes], other: bytes) -> bytes:
    found = list(what.finditer(content))
    if not found:
        return content
    start, end = chance.choice(found).span()
    return content[:start] + other + content[end:]


def lines_exchanged(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def line_indented(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([b" ", b"  ", b"    ", b"\t"]) + lines[at].lstrip(b" ")
    return b"".join(lines)


def line_of_another_file(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True) or [b""]
    lines.insert(chance.randrange(len(lines)), chance.choice(LINES))
    return b"".join(lines)


DAMAGES: list[Damage] = [
    *(byte_changed, bit_flipped, stretch_removed, stretch_repeated, cut_short, token_inserted),
    *(word_replaced, word_replaced, number_changed, lines_exchanged, line_indented),
    line_of_another_file,
]


def damaged(file: str, case: int) -> bytes:
    """A file of the examples after one to three damages; the same for the same case."""
    chance = seeded(file, case)
    content = SOURCES[file]
    for damage in chance.choices(DAMAGES, k=chance.choice([1, 1, 2, 3])):
        content = damage(chance, content)
    return content


# --- the tree around a file ----------------------------------------------------------------------


@cache
def around(file: str) -> Mapping[str, bytes]:
    """The file with what it is read with: a workspace, its environment and cloud, what these name.

    Beside the services of the environment, which name one another.
    """
    _, first, *rest = file.split("/")
    workspace = file if "workspaces" in rest else user(file, first if rest else "")
    environment = f"environments/{workspace.split('/')[1]}/environment.yaml"
    cloud = environment.replace("environment.yaml", "cloud.yaml")
    named = set(WORD.findall(SOURCES[workspace] + SOURCES[environment]))
    shared = [one for one in FILES if one.count("/") == 1]
    profiles = [one for one in FILES if "/profiles/" in one and Path(one).stem.encode() in named]
    services = [one for one in FILES if one.startswith(f"{Path(environment).parent}/services/")]
    kept = {file, workspace, environment, cloud, *shared, *profiles, *services}
    return {one: SOURCES[one] for one in FILES if one in kept}


def user(file: str, environment: str) -> str:
    """A workspace of the file's environment, or the first that names the file."""
    own = [one for one in FILES if one.startswith(f"environments/{environment}/workspaces/")]
    own.sort(key=lambda one: Path(one).stem != "default")  # which runs name
    named = f"profile: {Path(file).stem}\n".encode()
    naming = [one for one in FILES if "/workspaces/" in one and named in SOURCES[one]]
    return next(iter([*own, *naming]), "environments/dev/workspaces/default.yaml")


def test_every_file_has_a_tree_that_is_right_without_damage() -> None:
    for file in FILES:
        tree = around(file)
        outcome = judge(tree)
        assert file in tree
        assert outcome.value is not None
        assert len(tree) < len(SOURCES)


# --- judged --------------------------------------------------------------------------------------


@contextmanager
def watched(file: str, case: int) -> Iterator[None]:
    """Within: what takes too long is interrupted, and every failure says how to have it again."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"takes more than {SECONDS} seconds of the processor's time")

    before = signal.signal(signal.SIGVTALRM, interrupt)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    except BaseException as error:
        error.add_note(f"damaged({file!r}, {case}) == {damaged(file, case)!r}")
        raise
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def assert_located(diagnostic: Diagnostic, sources: dict[str, bytes]) -> None:
    """It stands in a file that was given, within its lines, and says what to do."""
    text = sources[diagnostic.at.file].decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.split("\n")
    assert 1 <= diagnostic.at.line <= len(lines)
    # One beyond the last character is where something is missing.
    assert 1 <= diagnostic.at.column <= len(lines[diagnostic.at.line - 1]) + 1
    assert diagnostic.message
    assert diagnostic.help


@pytest.mark.parametrize("file", FILES)
def test_every_damage_is_judged(file: str) -> None:
    tree = around(file)
    refused = 0
    for case in range(CASES // len(FILES) + 1):
        with watched(file, case):
            sources = {**tree, file: damaged(file, case)}
            outcome = judge(sources)
            assert (outcome.value is None) is outcome.failed
            for diagnostic in outcome.diagnostics:
                assert_located(diagnostic, sources)
            assert_fit_for_terminals(full_text(outcome.diagnostics[:3], sources))
        refused += outcome.failed
    assert 0 < refused < CASES // len(FILES), "some damage is found, and some does no harm"


# --- the whole way -------------------------------------------------------------------------------


def test_a_hundred_damages_go_the_whole_way(tmp_path: Path) -> None:
    """Nothing but `generated/` changes, and that only where nothing is wrong."""
    ended = [compiled(tmp_path, FILES[case % len(FILES)], case) for case in range(WHOLE_WAY)]

    assert set(ended) == {0, 1}


def compiled(top: Path, file: str, case: int) -> int:
    """The exit code of a compile of the tree around a damaged file."""
    root = top / f"project-{case % len(FILES)}"
    for name, content in around(file).items():
        put(root / name, content)
    put(root / file, damaged(file, -case - 1))
    before, generated = outside(top, root), standing(root / "generated")
    arguments = ["--root", str(root), "compile"]
    with watched(file, -case - 1):
        result = CliRunner().invoke(program, arguments, prog_name="modelops")
        assert result.exit_code in {0, 1}, result.output
        assert_fit_for_terminals(result.output)
        assert outside(top, root) == before
        if result.exit_code:
            assert PLACE.search(result.output)
            assert standing(root / "generated") == generated
        else:
            assert set(standing(root)) >= {"generated", "generated/" + around_name(file)}
    return result.exit_code


def around_name(file: str) -> str:
    """The environment that the tree around a file has."""
    return next(one.split("/")[1] for one in around(file) if "/workspaces/" in one)
