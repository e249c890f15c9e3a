"""The strict reader: what it makes of text, where it says each node stands, what it refuses."""

import math
from typing import Any

import pytest

from modelops.diagnostics import Diagnostic
from modelops.documents import SOURCE_LIMIT
from modelops.load.scalars import NUMBER_LIMIT
from modelops.load.text import FOREIGN
from modelops.load.yaml import DEPTH_LIMIT, Parsed, read
from modelops.provenance import Mark, Span


def parsed(text: str | bytes) -> Parsed:
    outcome = read("f", text if isinstance(text, bytes) else text.encode())
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def refused(text: str | bytes) -> list[Diagnostic]:
    outcome = read("f", text if isinstance(text, bytes) else text.encode())
    assert outcome.value is None
    found = list(outcome.diagnostics)
    assert found
    assert {diagnostic.rule.code for diagnostic in found} == {"CFG010"}
    assert all(diagnostic.help for diagnostic in found)
    return found


def only_refusal(text: str | bytes) -> tuple[str, int, int]:
    """The message, the line and the column of the one thing that is wrong."""
    (diagnostic,) = refused(text)
    return diagnostic.message, diagnostic.at.line, diagnostic.at.column


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("null", "Null", "NULL", "~", "")],
        *[(text, True) for text in ("true", "True", "TRUE")],
        *[(text, False) for text in ("false", "False", "FALSE")],
        ("0", 0),
        ("-0", 0),
        ("+12", 12),
        ("-7", -7),
        ("0o17", 15),
        ("0xfF", 255),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("012.5", 12.5),
        (".inf", math.inf),
        ("+.INF", math.inf),
        ("-.Inf", -math.inf),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    given = parsed(f"a: {text}").value["a"]
    assert given == value
    assert type(given) is type(value)


def test_not_a_number_is_read() -> None:
    assert math.isnan(parsed("a: .nan").value["a"])


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No",
        "NO",
        "yes",
        "on",
        "off",
        "y",
        "n",
        "012",
        "-007",
        "+01",
        "00",
        "1:20",
        "1:20:30",
        "1_000",
        "2024-01-31",
        "0b11",
        "0o8",
        "0xg",
        "-0x1",
        "1e",
        ".e1",
        ".",
        "+",
        "+.nan",
        "...",
        "nuLL",
        "tRUE",
        "1.2.3",
        "1,5",
        "=",
    ],
)
def test_every_other_word_is_text(text: str) -> None:
    assert parsed(f"a: {text}").value == {"a": text}


@pytest.mark.parametrize("text", ["'1'", '"1"', "'true'", '"null"', "''", "'~'", '"012"'])
def test_quoted_scalars_are_text(text: str) -> None:
    reading = parsed(f"a: {text}")
    assert reading.value == {"a": text[1:-1]}
    assert reading.marks["a",].text == text[1:-1]


@pytest.mark.parametrize("text", ["no", "012", "1e3", "1:20", "true", "0x10", "~", "+1"])
def test_a_mark_keeps_what_was_typed(text: str) -> None:
    assert parsed(f"a: {text}").marks["a",].text == text


def test_every_node_has_its_place() -> None:
    reading = parsed("a:\n  b: [1, x]\n  c: {d: 'e'}\n")
    assert reading.marks == {
        (): Mark(None, Span("f", 1, 1, 1, 3), None),
        ("a",): Mark(Span("f", 1, 1, 1, 2), Span("f", 2, 3, 2, 12), None),
        ("a", "b"): Mark(Span("f", 2, 3, 2, 4), Span("f", 2, 6, 2, 12), None),
        ("a", "b", 0): Mark(None, Span("f", 2, 7, 2, 8), "1"),
        ("a", "b", 1): Mark(None, Span("f", 2, 10, 2, 11), "x"),
        ("a", "c"): Mark(Span("f", 3, 3, 3, 4), Span("f", 3, 6, 3, 14), None),
        ("a", "c", "d"): Mark(Span("f", 3, 7, 3, 8), Span("f", 3, 10, 3, 13), "e"),
    }


def test_columns_count_characters() -> None:
    marks = parsed("{äö😀: 日本, b: c}").marks
    assert marks["äö😀",] == Mark(Span("f", 1, 2, 1, 5), Span("f", 1, 7, 1, 9), "日本")
    assert marks["b",].value == Span("f", 1, 14, 1, 15)


def test_a_byte_order_mark_is_no_character() -> None:
    assert parsed("\ufeffa: 1") == parsed("a: 1")


def test_windows_lines_are_lines() -> None:
    assert parsed("a: 1\r\nb: |\r\n  x\r\n") == (
        {"a": 1, "b": "x\n"},
        {
            (): Mark(None, Span("f", 1, 1, 1, 5), None),
            ("a",): Mark(Span("f", 1, 1, 1, 2), Span("f", 1, 4, 1, 5), "1"),
            ("b",): Mark(Span("f", 2, 1, 2, 2), Span("f", 2, 4, 2, 5), "x\n"),
        },
    )


@pytest.mark.parametrize(
    ("text", "span", "value"),
    [
        ("a: |  \n  x\n  y\nb: 1", Span("f", 1, 4, 1, 5), "x\ny\n"),
        ("a: >-\n  x\n  y\n", Span("f", 1, 4, 1, 6), "x y"),
        ("a: xx\n  y\n", Span("f", 1, 4, 1, 6), "xx y"),
        ('a: "x\n  y"\n', Span("f", 1, 4, 1, 6), "x y"),
        ("a: [1,\n  2]\n", Span("f", 1, 4, 1, 7), [1, 2]),
        ("a:\nb: 1", Span("f", 1, 3, 1, 3), None),
    ],
)
def test_a_span_ends_in_its_first_line(text: str, span: Span, value: object) -> None:
    reading = parsed(text)
    assert reading.value["a"] == value
    assert reading.marks["a",].value == span


def test_text_that_looks_like_a_merge_key_can_be_quoted() -> None:
    assert parsed("'<<': 1").value == {"<<": 1}


def test_a_root_may_be_anything() -> None:
    assert parsed("null").value is None
    assert parsed("- 1").value == [1]


def test_a_document_may_have_its_markers() -> None:
    assert parsed("---\na: 1\n...\n").value == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the text is empty", 1, 1),
        ("# nothing\n", "the text is empty", 1, 1),
        ("a: !!str 1", "tags are not used here", 1, 4),
        ("a: ! 1", "tags are not used here", 1, 4),
        ("a: !!python/object:os.system [x]", "tags are not used here", 1, 4),
        ("a: &x 1", "anchors (`&x`) are not used here", 1, 4),
        ("a: &x\n  b: 1", "anchors (`&x`) are not used here", 1, 4),
        ("a: *x", "aliases (`*x`) are not used here", 1, 4),
        ("*x : 1", "aliases (`*x`) are not used here", 1, 1),
        ("a:\n  <<: {b: 1}", "merge keys are not used here", 2, 3),
        ("a: 1\n--- \nb: 2", "a second document begins here", 2, 1),
        ("%YAML 1.2\n---\na: 1", "directives are not used here", 1, 1),
        ("%TAG !e! tag:e,2000:\n---\na: 1", "directives are not used here", 1, 1),
        ("1: a", "the key `1` is not text", 1, 1),
        ("a: {true: a}", "the key `true` is not text", 1, 5),
        ("~: a", "the key `~` is not text", 1, 1),
        ("? \n: a", "the key `(empty)` is not text", 1, 2),
        ("1.5: a", "the key `1.5` is not text", 1, 1),
        ("? [a, {b: c}]\n: 1", "a map or list is no key", 1, 3),
        ("{[a]: 1, b: 2}", "a map or list is no key", 1, 2),
        ('a: "x\\0y"', "NUL cannot stand in text", 1, 4),
        ("a: 1e400", "the number is too large for a floating-point number", 1, 4),
        ("a: b\0c", "the character U+0000 cannot stand in YAML", 1, 5),
        ("é: 1\nb: \x1b[0m", "the character U+001B cannot stand in YAML", 2, 4),
        ("a: b\u2028c: d", "the character U+2028 cannot stand in YAML", 1, 5),
        ("a: b\x85c: d", "the character U+0085 cannot stand in YAML", 1, 5),
        ("a: b\rc: d", "the character U+000D cannot stand in YAML", 1, 5),
        ("a: \ufeffb", "the character U+FEFF cannot stand in YAML", 1, 4),
        ("\ufeffa: \x07b", "the character U+0007 cannot stand in YAML", 1, 4),
        (b"a: \xc3\xa9 \xff", "byte 6 (0xff) is not UTF-8", 1, 6),
        ("a: 1".encode("utf-16"), "byte 0 (0xff) is not UTF-8", 1, 1),
        (b"a: \xed\xa0\x80", "byte 3 (0xed) is not UTF-8", 1, 4),
    ],
)
def test_what_people_regret_is_refused(
    text: str | bytes, message: str, line: int, column: int
) -> None:
    assert only_refusal(text) == (message, line, column)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: b: c", "a `:` stands where no key can be", 1, 5),
        ("a: 1\n b: 2", "a `:` stands where no key can be", 2, 3),
        ("a:\n\tb: 1", "a tab stands where only spaces can", 2, 1),
        ("a: |\n\tb", "a tab stands where only spaces can", 2, 1),
        ("a: 1\n- b", "here the map should go on with a key", 2, 1),
        ("a:\n  - b\n c: 1", "here the map should go on with a key", 3, 2),
        ("- a\nb: 1", "here the list should go on with a `-`", 2, 1),
        ("a: - b", "a list begins on the line of its key", 1, 4),
        ("a: `b`", "no value can begin with this character", 1, 4),
        ("a: @b", "no value can begin with this character", 1, 4),
        ("a: 'b", "the text ends inside quotes", 1, 6),
        ("a: 'b\n", "the text ends inside quotes", 2, 1),
        ("a: [1, 2\nb: 3", "a `[` is not closed", 2, 2),
        ("a: {b: 1", "a `{` is not closed", 1, 9),
        ("a: [1,\n", "a value is missing here", 2, 1),
        ("a: 1\nb\nc: 2", "the key before this has no `:`", 3, 1),
        ('a: "\\q"', "no such escape exists in double quotes", 1, 5),
        ("a: !x!y 1", "tags are not used here", 1, 4),
        ("%YAML 3.0\n---\na: 1", "this version of YAML is not known", 1, 1),
        ("a: >99\n b", "not YAML: did not find expected comment or line break", 1, 6),
        ('a: "\\ud800"', "not YAML: found invalid Unicode character escape code", 1, 7),
        ("a: !%ed%a0%80 1", "a tag in this text is not UTF-8", 1, 1),
    ],
)
def test_bad_syntax_is_said_to_a_person(text: str, message: str, line: int, column: int) -> None:
    assert only_refusal(text) == (message, line, column)


def test_bad_syntax_points_to_what_was_begun() -> None:
    (diagnostic,) = refused("a: [1, 2\nb: 3")
    (note,) = diagnostic.notes
    assert note.at == Span("f", 1, 4, 1, 5)
    assert note.message == "what begins here is not finished"


def test_a_duplicate_key_points_to_the_first_one() -> None:
    (diagnostic,) = refused("a:\n  b: {x: 1}\n  c: 1\n  'b': 2\n")
    assert diagnostic.message == "the key `b` stands twice in this map"
    assert diagnostic.at == Span("f", 4, 3, 4, 6)
    assert [note.at for note in diagnostic.notes] == [Span("f", 2, 3, 2, 4)]


def test_everything_wrong_is_found_at_once() -> None:
    text = "a: &x 1\na: *x\n<<: 1\n2: !t {b: 1, b: 1}\n? {c: 1, c: 1}\n: [*x, *y]\n"
    assert [(found.at.line, found.at.column) for found in refused(text)] == [
        (1, 4),
        (2, 1),
        (2, 4),
        (3, 1),
        (4, 1),
        (4, 4),
        (4, 14),
        (5, 3),
        (5, 10),
        (6, 4),
        (6, 8),
    ]


def test_a_tag_and_an_anchor_are_two_faults() -> None:
    assert len(refused("a: !t &x [1]")) == 2


def test_the_depth_limit_is_exact() -> None:
    assert parsed("[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT).value
    for beyond in (DEPTH_LIMIT + 1, 50_000):
        message, line, column = only_refusal("[" * beyond + "]" * beyond)
        assert message == "maps and lists are more than 100 deep"
        assert (line, column) == (1, DEPTH_LIMIT + 1)


def test_deep_block_maps_are_refused_too() -> None:
    text = "".join(" " * depth + "a:\n" for depth in range(300))
    assert only_refusal(text) == ("maps and lists are more than 100 deep", 101, 101)


def test_the_size_limit_is_exact() -> None:
    text = "a: 1 #".ljust(SOURCE_LIMIT, "x")
    assert parsed(text).value == {"a": 1}
    assert only_refusal(text + "x")[0] == "the text has 1048577 bytes; at most 1048576 are read"


@pytest.mark.parametrize("start", ["", "-", "0x", "1.", "0e"])
def test_the_length_of_numbers_is_limited(start: str) -> None:
    assert isinstance(parsed("a: " + start.ljust(10, "2")).value["a"], int | float)
    long = start.ljust(NUMBER_LIMIT + 1, "1")
    message, line, column = only_refusal(f"a: {long}")
    assert message == "the number has 1001 characters; at most 1000 can be read"
    assert (line, column) == (1, 4)


def test_the_longest_numbers_can_be_shown() -> None:
    for text in ("9" * NUMBER_LIMIT, "0x".ljust(NUMBER_LIMIT, "f")):
        value: Any = parsed(f"a: {text}").value["a"]
        assert str(value)


def test_an_alias_bomb_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 50)]
    assert len(refused("\n".join(lines))) == 50 + 49 * 9


def test_what_the_check_of_characters_lets_through_libyaml_takes() -> None:
    allowed = [
        chr(code)
        for code in range(0x110000)
        if not 0xD800 <= code < 0xE000 and not FOREIGN.match(chr(code)) and chr(code) not in "\r\n"
    ]
    assert len(allowed) > 1_000_000
    for start in range(0, len(allowed), 200_000):
        comment = "".join(allowed[start : start + 200_000])
        assert parsed(f"a: 1 # {comment}\n").value == {"a": 1}
