"""What a terminal shows of diagnostics: place, source line, caret, notes, remedies, a count."""

import re

import pytest

from modelops.diagnostics import Diagnostic, Note, Severity
from modelops.diagnostics.rulebook import cfg, dsk
from modelops.diagnostics.text import MOST_SHOWN, Colour, counted, full_text
from modelops.provenance import Span, start_of

FILE = "environments/dev/workspaces/malaria.yaml"
SOURCE = b"""\
apiVersion: modelops.io/v1
kind: Workspace
spec:
  workers:
    processes: 4
    resources:
      cpu: "2"
      memory: 4Gi
    memory:
      perProcess: 1Gi
"""
LINE_COUNT = SOURCE.count(b"\n")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def span(line: int, start: int, end: int, file: str = FILE) -> Span:
    return Span(file, line, start, line, end)


def shown(diagnostic: Diagnostic, source: bytes = SOURCE) -> list[str]:
    """The lines of one finding, without what counts it."""
    return full_text((diagnostic,), {FILE: source}).split("\n\n", 1)[0].splitlines()


def about(at: Span, label: str = "") -> Diagnostic:
    return Diagnostic(cfg.CFG011, "too many", at, label=label)


def test_a_finding_shows_its_line_a_caret_its_notes_and_its_remedies() -> None:
    finding = Diagnostic(
        dsk.DSK001,
        "4 processes x 1 GiB = 4 GiB",
        span(10, 19, 22),
        help="set resources.memory to 5Gi\nor remove perProcess",
        label="memory of each process",
        notes=(Note(span(5, 16, 17), "4 processes"),),
    )
    expected = """\
error[DSK001]: 4 processes x 1 GiB = 4 GiB
   ┌─ environments/dev/workspaces/malaria.yaml:10:19
   │
10 │       perProcess: 1Gi
   │                   ^^^ memory of each process
   ┌─ environments/dev/workspaces/malaria.yaml:5:16
   │
 5 │     processes: 4
   │                ^ 4 processes
   = help: set resources.memory to 5Gi
           or remove perProcess
   = see: modelops rule DSK001

1 error
"""
    assert full_text((finding,), {FILE: SOURCE}) == expected


@pytest.mark.parametrize(("line", "noted"), [(5, 10), (10, 5), (4, 5)])
def test_everything_in_the_margin_is_in_one_column(line: int, noted: int) -> None:
    notes = (Note(span(noted, 3, 4), "see"),)
    lines = shown(Diagnostic(cfg.CFG011, "wrong", span(line, 3, 4), help="mend it", notes=notes))
    column = 3 if max(line, noted) > 9 else 2
    assert {text[column] for text in lines[1:]} == set("┌│=")


def test_a_warning_says_that_it_is_one() -> None:
    finding = Diagnostic(dsk.DSK008, "late", span(5, 5, 6), severity=Severity.WARNING)
    assert shown(finding)[0] == "warning[DSK008]: late"


def test_without_help_only_the_rule_is_named() -> None:
    lines = shown(about(span(5, 5, 14)))
    assert [line for line in lines if "=" in line] == ["  = see: modelops rule CFG011"]


def test_findings_stand_in_the_order_given_with_a_line_between() -> None:
    findings = (about(span(5, 5, 6)), about(span(4, 3, 4)))
    blocks = full_text(findings, {FILE: SOURCE}).split("\n\n")
    assert [block.splitlines()[1] for block in blocks[:2]] == [
        f"  ┌─ {FILE}:5:5",
        f"  ┌─ {FILE}:4:3",
    ]
    assert blocks[2] == "2 errors\n"


def test_no_findings_are_no_text() -> None:
    assert full_text((), {FILE: SOURCE}) == ""


# --- places --------------------------------------------------------------------------------------


def caret_line(at: Span, source: bytes = SOURCE) -> str:
    return shown(about(at, "here"), source)[4]


@pytest.mark.parametrize(
    ("at", "caret"),
    [
        (span(5, 5, 14), "  │     ^^^^^^^^^ here"),
        (start_of(FILE), "  │ ^ here"),
        (span(5, 16, 99), "  │                ^ here"),
        (span(3, 50, 51), "  │      ^ here"),
        (Span(FILE, 4, 3, 8, 4), "  │   ^^^^^^^^ here"),
    ],
    ids=["a stretch", "a point", "beyond the end", "after the end", "several lines"],
)
def test_the_caret_marks_what_is_meant_within_the_line(at: Span, caret: str) -> None:
    assert caret_line(at) == caret


@pytest.mark.parametrize(
    ("file", "line"), [("environments/qa/gone.yaml", 1), (FILE, LINE_COUNT + 1), (FILE, 99)]
)
def test_a_place_without_a_line_is_named_with_its_label(file: str, line: int) -> None:
    lines = shown(about(span(line, 1, 2, file), "made from this"))
    margin = " " * (len(str(line)) + 1)
    assert lines[1] == f"{margin}┌─ {file}:{line}:1: made from this"
    assert len(lines) == 3


def test_tabs_and_carriage_returns_do_not_move_the_caret() -> None:
    lines = shown(about(span(2, 3, 6)), b"spec:\r\n\t\tabc\r\n")
    assert lines[3:5] == ["2 │   abc", "  │   ^^^"]


def test_a_byte_order_mark_does_not_move_the_caret() -> None:
    lines = shown(about(span(1, 1, 5)), b"\xef\xbb\xbfspec: {}\n")
    assert lines[3:5] == ["1 │ spec: {}", "  │ ^^^^"]


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    lines = shown(about(span(1, 4, 5)), b"Mod\xe8le\n")
    assert lines[3:5] == ["1 │ Mod\N{REPLACEMENT CHARACTER}le", "  │    ^"]


def test_nothing_in_files_names_or_messages_steers_the_terminal() -> None:
    evil = "\x1b[2Jgone\x07"
    at = span(1, 1, 2, f"{FILE}{evil}")
    finding = Diagnostic(cfg.CFG011, evil, at, help=evil, label=evil, notes=(Note(at, evil),))
    text = full_text((finding,), {at.file: evil.encode()})
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "gone" in text


# --- long lines ----------------------------------------------------------------------------------

LONG = b"x" * 200 + b"WRONG" + b"y" * 200


@pytest.mark.parametrize("column", [1, 40, 80, 81, 201, 324, 325, 405])
def test_of_a_long_line_the_part_around_the_caret_is_shown(column: int) -> None:
    *_, source_line, marks, _ = shown(about(span(1, column, column + 5)), LONG)
    part = source_line.removeprefix("1 │ ")
    at = marks.removeprefix("  │ ").index("^")
    assert len(part) == 160
    assert part[at] == LONG.decode()[column - 1]
    assert len(marks) <= len(source_line)
    assert part.startswith("…") == (column > 80)
    assert part.endswith("…") == (column < 325)


def test_the_caret_below_a_part_marks_what_it_would_below_the_whole() -> None:
    *_, source_line, marks, _ = shown(about(span(1, 201, 206)), LONG)
    assert source_line[marks.index("^") : marks.rindex("^") + 1] == "WRONG"


def test_a_stretch_that_is_longer_than_what_is_shown_ends_with_it() -> None:
    *_, source_line, marks, _ = shown(about(span(1, 1, 400)), LONG)
    assert len(marks) == len(source_line)


# --- the command line ----------------------------------------------------------------------------


def test_a_setting_is_its_own_source_line() -> None:
    argument = "workspaces/malaria:workers.replicas=many"
    lines = shown(about(span(1, 37, 41, f"--set {argument}"), "no number"))
    assert lines[1:5] == [
        "  ┌─ --set",
        "  │",
        f"1 │ {argument}",
        "  │                                     ^^^^ no number",
    ]


def test_a_profile_is_its_own_source_line() -> None:
    lines = shown(about(span(1, 1, 6, "--profile debgu"), "not defined"))
    assert lines[1:5] == ["  ┌─ --profile", "  │", "1 │ debgu", "  │ ^^^^^ not defined"]


def test_of_a_setting_with_several_lines_the_first_is_shown() -> None:
    lines = shown(about(span(1, 15, 16, "--set environment:a=1\n2")))
    assert lines[3] == "1 │ environment:a=1"


# --- colour --------------------------------------------------------------------------------------


def test_colour_adds_nothing_but_colour() -> None:
    finding = Diagnostic(
        dsk.DSK001, "wrong", span(10, 19, 22), "mend it", "this", (Note(span(5, 5, 6), "and this"),)
    )
    warning = Diagnostic(dsk.DSK008, "late", span(5, 5, 6), severity=Severity.WARNING)
    plain = full_text((finding, warning), {FILE: SOURCE})
    coloured = full_text((finding, warning), {FILE: SOURCE}, Colour.ALWAYS)
    assert ANSI.sub("", coloured) == plain
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[DSK001]\x1b[0m" in coloured
    assert "\x1b[31m^^^ this\x1b[0m" in coloured
    assert "\x1b[1;33mwarning[DSK008]\x1b[0m" in coloured


# --- counting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("errors", "warnings", "text"),
    [
        (1, 0, "1 error"),
        (2, 0, "2 errors"),
        (0, 1, "1 warning"),
        (1, 2, "1 error, 2 warnings"),
        (0, 0, ""),
    ],
)
def test_errors_and_warnings_are_counted(errors: int, warnings: int, text: str) -> None:
    error = about(span(1, 1, 2))
    warning = Diagnostic(dsk.DSK008, "late", span(1, 1, 2), severity=Severity.WARNING)
    assert counted((error,) * errors + (warning,) * warnings) == text


def test_of_very_many_findings_the_first_are_shown_and_all_are_counted() -> None:
    findings = tuple(
        Diagnostic(cfg.CFG011, f"number {index}", span(5, 5, 6)) for index in range(MOST_SHOWN + 7)
    )
    text = full_text(findings, {FILE: SOURCE})
    assert text.count("error[CFG011]") == MOST_SHOWN
    assert f"number {MOST_SHOWN - 1}\n" in text
    assert f"number {MOST_SHOWN}\n" not in text
    assert text.endswith("\n7 more not shown\n57 errors\n")


def test_as_many_as_are_shown_are_not_said_to_be_more() -> None:
    text = full_text((about(span(5, 5, 6)),) * MOST_SHOWN, {FILE: SOURCE})
    assert text.endswith("CFG011\n\n50 errors\n")
