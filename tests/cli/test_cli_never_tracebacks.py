"""Whatever stands in the files, the answer is a diagnostic: no traceback, and nothing written."""

import re
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

KEYS = [
    "x",
    "replicas",
    "autoscaling",
    "env",
    "defaults",
    "workspace",
    "profile",
    "accept",
    "cpu",
    "resources",
    "secrets",
]
"""Keys that mean something in some places."""

VALUE = re.compile(rb"(?<=: )[^\s,{}\[\]#]+")
KEY = re.compile(rb"[A-Za-z][\w./-]*(?=:(?:\s|$))")
LINE = re.compile(rb"[^\n]+")
BYTE = re.compile(rb"[\s\S]")

Mutation = Callable[[bytes], bytes]
"""From the content of a file to another."""


def of_some(what: re.Pattern[bytes], change: Mutation, position: int) -> Mutation:
    """A change of one of the places where a pattern matches, counted round and round."""

    def mutate(content: bytes) -> bytes:
        found = list(what.finditer(content))
        if not found:
            return content
        start, end = found[position % len(found)].span()
        return content[:start] + change(content[start:end]) + content[end:]

    return mutate


def always(word: str) -> Mutation:
    return lambda _: word.encode()


def indented(by: int) -> Mutation:
    return lambda line: b" " * by + line if by > 0 else line[-by:]


def changes(
    what: re.Pattern[bytes], change: st.SearchStrategy[Mutation]
) -> st.SearchStrategy[Mutation]:
    return st.builds(of_some, st.just(what), change, st.integers(0, 10_000))


broken = st.sampled_from(BROKEN)
misfits = st.sampled_from(MISFITS)
damage = st.one_of(
    changes(BYTE, st.builds(lambda byte: lambda _: bytes([byte]), st.integers(0, 255))),
    changes(LINE, st.just(lambda line: line + b"\n" + line)),
    changes(LINE, st.builds(indented, st.integers(-6, 6))),
    changes(LINE, st.builds(lambda word: lambda line: line + b"\n" + word.encode(), broken)),
    changes(VALUE, st.builds(always, broken)),
    st.builds(lambda length: lambda content: content[:length], st.integers(0, 2000)),
)
values = changes(VALUE, st.builds(always, misfits))
keys = changes(KEY, st.builds(always, st.sampled_from(KEYS)))
removals = changes(LINE, st.just(always("")))
readable = st.one_of(values, values, values, keys, removals)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, bytes]:
    """The example tree with a few mutations; half of the trees can mostly be read."""
    sources = dict(GOOD)
    mutations = draw(st.sampled_from([readable, damage]))
    for name in draw(st.lists(st.sampled_from(sorted(GOOD)), min_size=1, max_size=2)):
        for mutation in draw(st.lists(mutations, min_size=1, max_size=2)):
            sources[name] = mutation(sources[name])
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
