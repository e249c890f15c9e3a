"""The laws of the reader: what was dumped is read, every mark is where it says, nothing raises."""

import math
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from modelops.load import load, load_settings
from modelops.load.text import FOREIGN
from modelops.load.yaml import read

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).filter(
    lambda text: "\0" not in text
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


class Quoting(yaml.SafeDumper):
    """Puts every text in double quotes."""


def quoted(dumper: Quoting, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')


def written(dumper: Quoting, value: float) -> yaml.ScalarNode:
    text = repr(value)
    # PyYAML quotes what YAML 1.1 takes for a string: a number with an exponent and no point.
    pointed = text if "." in text else text.replace("e", ".0e")
    return dumper.represent_scalar("tag:yaml.org,2002:float", pointed)


Quoting.add_representer(str, quoted)
Quoting.add_representer(float, written)


def dumped(value: object, *, flow: bool) -> str:
    text: str = yaml.dump(
        value,
        Dumper=Quoting,
        default_flow_style=flow,
        allow_unicode=False,
        width=math.inf,
        sort_keys=False,
    )
    return text


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    items: Any = ()
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    return {path}.union(*(paths(inner, (*path, key)) for key, inner in items))


@given(VALUES, st.booleans())
@example(5e-324, False)  # noqa: FBT003 -- drawn
def test_what_was_dumped_is_read(value: object, flow: bool) -> None:  # noqa: FBT001 -- drawn
    outcome = read("f", dumped(value, flow=flow).encode())
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    assert repr(outcome.value.value) == repr(value)
    assert set(outcome.value.marks) == paths(value)


PLAIN = st.text("abz019-._~é😀日", min_size=1, max_size=8).filter(
    lambda text: text[0] not in "-." and not text.startswith(("~",))
)
PLAIN_VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(PLAIN.filter(lambda key: key[0] in "abz"), inner, min_size=1, max_size=3),
    ),
    max_leaves=10,
)


def plain(value: object) -> str:
    """The value in flow style, its texts without quotes."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return str(value)


@given(st.dictionaries(PLAIN.filter(lambda key: key[0] in "abz"), PLAIN_VALUES, min_size=1))
def test_every_mark_shows_what_it_marks(tree: dict[str, Any]) -> None:
    text = "".join(f"{key}:  {plain(value)}\n" for key, value in tree.items())
    outcome = read("f", text.encode())
    assert outcome.value is not None
    lines = text.split("\n")
    for path, mark in outcome.value.marks.items():
        shown = lines[mark.value.line - 1][mark.value.column - 1 : mark.value.end_column - 1]
        expected: Any = tree
        for key in path:
            expected = expected[key]
        if path:
            assert shown == plain(expected)
        if mark.text is not None:
            assert mark.text == shown
        if mark.key:
            assert (
                lines[mark.key.line - 1][mark.key.column - 1 : mark.key.end_column - 1] == path[-1]
            )


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [*"{}[]:,&*!|>'\"%@`#?- \n\t\r\0~", "a", "1", "---\n", "...\n", "<<", ": ", "- ", "? "]
        ),
        st.sampled_from(
            ["!%ed%a0%80 ", "!<%ff> ", "%YAML 1.2\n", "%TAG ! x\n", "\ufeff", "é", "😀"]
        ),
        st.sampled_from(["\u2028", "\x85", '"\\ud800"', "1e999", "0x", "&a ", "*a", "  "]),
    ),
    max_size=30,
).map("".join)


def inside(text: str, line: int, column: int) -> bool:
    """Whether a place is in the text, the end of a line included."""
    lines = text.split("\n")
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1


@given(st.one_of(st.binary(max_size=40), PIECES.map(str.encode)))
@example(b"\xef\xbb\xbf\xef\xbb\xbfa")
@example(b"a: !%ed%a0%80 x")
def test_no_bytes_raise(raw: bytes) -> None:
    outcome = read("f", raw)
    assert (outcome.value is None) == bool(outcome.diagnostics)
    assert all(found.rule.code == "CFG010" and found.help for found in outcome.diagnostics)


@given(PIECES)
@example("? a")
def test_every_place_is_in_the_text(text: str) -> None:
    outcome = read("f", text.encode())
    text = text.removeprefix("\ufeff")
    places = [found.at for found in outcome.diagnostics]
    places += [note.at for found in outcome.diagnostics for note in found.notes]
    if outcome.value:
        places += [mark.value for mark in outcome.value.marks.values()]
    for at in places:
        assert inside(text, at.line, at.column)
        assert (at.line, at.column) <= (at.end_line, at.end_column)
        assert at.line == at.end_line


@given(st.one_of(st.binary(max_size=40), PIECES.map(str.encode)))
def test_no_file_raises(raw: bytes) -> None:
    head = b"apiVersion: modelops.io/v1\nkind: Workspace\nspec: "
    sources = {
        "environments/dev/environment.yaml": raw,
        "environments/dev/workspaces/a.yaml": head + raw,
    }
    outcome = load(sources)
    assert outcome.value is None
    assert outcome.diagnostics


@given(
    st.text(st.characters(), max_size=20), st.sampled_from(["", "environment:", "workspaces/a:x="])
)
def test_no_setting_raises(text: str, start: str) -> None:
    outcome = load_settings([start + text.replace("\ud800", "")])
    assert (outcome.value is None) == bool(outcome.diagnostics)


@given(st.text(max_size=30))
def test_no_path_raises(path: str) -> None:
    load({f"environments/{path}": b""})


@given(st.characters(exclude_categories=["Cs"]))
def test_a_character_is_refused_or_kept(character: str) -> None:
    outcome = read("f", f"a: 'x{character}x'".encode())
    if FOREIGN.search(f"x{character}x"):
        assert outcome.value is None
    elif character not in "'\n":
        assert outcome.value is not None
        assert outcome.value.value == {"a": f"x{character}x"}
