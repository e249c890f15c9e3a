"""Whatever stands in the files, the answer is a diagnostic: no traceback, and nothing written."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from modelops.cli import program
from modelops.diagnostics.text import full_text
from modelops.disk import read_sources
from modelops.pipeline import judge

GOOD = read_sources(Path(__file__).parent.parent.parent, ["dev"])
"""The example tree, as much of it as the environment `dev` looks at."""

BROKEN = [
    *(
        "- 1",
        "!!binary x",
        "!x y",
        "&a [*a]",
        "*a",
        "<<",
        "?",
        "|",
        ">-",
        "'",
        '"',
        "%YAML 9",
        "---",
    ),
    *(
        "...",
        "[[[]]]",
        '"\\ud800"',
        "\u2028",
        "\ufeff",
        "1" + "0" * 5000,
        "{a: 1, a: 2}",
        "@",
        "\t",
    ),
]
"""Words that are no YAML of ours in most places."""

MISFITS = [
    *("null", "[]", "{}", "[1]", "{a: {b: 1}}", '""', "no", "true", "012", "1:20", "0x7f", ".inf"),
    *(".nan", "-1", "0", "1", "2", "7", "100000", "0.5", "1.5", "1e999", "1e-9", "9" * 400, "-.0"),
    *("1Gi", "-1Gi", "1e-9Gi", "999Ei", "5m", "0s", "999999h", "500m", "64", "queue", "cpu", "gpu"),
    *("2026-01-01", '"\\x1b[31m"', "${HOME}", "x" * 5000, "a/b", "../..", "default", "production"),
    *("\N{PILE OF POO}", "kube-system", "modelops-system", "1.36", '"1.20"', "aks", "generic"),
]
"""Values that can be read, and are wrong or surprising in most places."""

Mutation = Callable[[list[bytes]], list[bytes]]
"""From the lines of a file to other lines."""

positions = st.integers(0, 10_000)


def at(position: int, change: Callable[[bytes], list[bytes]]) -> Mutation:
    """A change of the line at a position, counted round and round."""

    def mutate(lines: list[bytes]) -> list[bytes]:
        index = position % len(lines)
        return [*lines[:index], *change(lines[index]), *lines[index + 1 :]]

    return mutate


def with_byte(line: bytes, position: int, byte: int) -> bytes:
    index = position % max(1, len(line))
    return line[:index] + bytes([byte]) + line[index + 1 :]


def with_value(line: bytes, value: str) -> bytes:
    """The line with another value; where it has none, a line that is the value."""
    key, colon, _ = line.partition(b":")
    return key + colon + b" " + value.encode()


def with_key(line: bytes, key: str) -> bytes:
    indent = line[: len(line) - len(line.lstrip())]
    return indent + key.encode() + b":" + line.partition(b":")[2]


def indented(line: bytes, by: int) -> bytes:
    return b" " * by + line if by > 0 else line[-by:]


broken = st.sampled_from(BROKEN)
misfits = st.sampled_from(MISFITS)
values = st.builds(lambda p, v: at(p, lambda line: [with_value(line, v)]), positions, misfits)
keys = st.builds(lambda p, key: at(p, lambda line: [with_key(line, key)]), positions, misfits)
damage = st.one_of(
    st.builds(
        lambda p, q, byte: at(p, lambda line: [with_byte(line, q, byte)]),
        *(positions, positions, st.integers(0, 255)),
    ),
    st.builds(lambda p: at(p, lambda line: [line, line]), positions),
    st.builds(lambda p, n: at(p, lambda line: [indented(line, n)]), positions, st.integers(-6, 6)),
    st.builds(lambda p, word: at(p, lambda line: [with_value(line, word)]), positions, broken),
    st.builds(lambda p, word: at(p, lambda line: [line, word.encode()]), positions, broken),
    st.builds(lambda p: lambda lines: lines[: p % len(lines)], positions),
)
removals = st.builds(lambda p: at(p, lambda _: []), positions)
mutations = st.one_of(values, values, values, keys, removals, damage)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, bytes]:
    """The example tree with a few mutations, most of them in one file."""
    sources = dict(GOOD)
    for name in draw(st.lists(st.sampled_from(sorted(GOOD)), min_size=1, max_size=2)):
        lines = sources[name].split(b"\n")
        for mutation in draw(st.lists(mutations, min_size=1, max_size=2)):
            lines = mutation(lines) or [b""]
        sources[name] = b"\n".join(lines)
    return sources


@settings(max_examples=60, deadline=None)
@given(damaged())
def test_every_damage_is_judged(sources: dict[str, bytes]) -> None:
    outcome = judge(sources)

    assert (outcome.value is None) is outcome.failed
    text = full_text(outcome.diagnostics, sources)
    assert text.replace("\n", "").isprintable()
    assert text.count("= see: modelops rule") == min(len(outcome.diagnostics), 50)


# --- the whole way -----------------------------------------------------------------------------


def write(root: Path, sources: Mapping[str, bytes]) -> None:
    for name, content in sources.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def generated(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (root / "generated").rglob("*") if path.is_file()}


def compiled(root: Path) -> tuple[int, str]:
    """Exit code and messages of a compile; whatever else it raises fails the test."""
    arguments = ["--root", str(root), "compile"]
    result = CliRunner().invoke(program, arguments, prog_name="modelops", catch_exceptions=False)
    return result.exit_code, result.stderr


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example tree, compiled."""
    root = tmp_path_factory.mktemp("example")
    write(root, GOOD)
    assert compiled(root) == (0, "")
    return root


@settings(max_examples=15, deadline=None)
@given(sources=damaged())
def test_damage_changes_nothing_that_was_generated(
    example: Path, sources: dict[str, bytes]
) -> None:
    write(example, sources)
    before = generated(example)

    code, messages = compiled(example)

    assert code in {0, 1}, messages
    assert "Traceback" not in messages
    if code == 1:
        assert generated(example) == before
        assert "error" in messages
