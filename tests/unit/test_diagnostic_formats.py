"""Documents of findings: each is read back by the rules of its readers, and says what was found."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as some

from modelops.diagnostics import Diagnostic, Note, Severity, worst_first
from modelops.diagnostics.formats import Format, concise_text, document, is_document
from modelops.diagnostics.formats.github import MOST_ANNOTATED
from modelops.diagnostics.formats.sarif import MOST_LOCATIONS, MOST_RESULTS
from modelops.diagnostics.rulebook import RULES, cfg, dsk, img
from modelops.pipeline import judge
from modelops.provenance import Span

HERE = Path(__file__).parent
GOLDEN = HERE.parent / "golden"
NO_REGEX = "[a-zA-Z]{2}]?$"
"""The end of the pattern for a language in the committee's schema: one bracket too many."""

SARIF_TEXT = (HERE / "sarif-schema-2.1.0.json").read_text("utf-8")
SARIF = jsonschema_rs.Draft7Validator(
    json.loads(SARIF_TEXT.replace(NO_REGEX, "[a-zA-Z]{2}$")), validate_formats=True
)
DOCUMENTS = [form for form in Format if is_document(form)]
FILE = "environments/dev/workspaces/malaria.yaml"
SET = "--set workspaces/malaria:workers.env.TOKEN=swordfish"

FINDING = Diagnostic(
    dsk.DSK001,
    "4 processes x 1 GiB = 4 GiB",
    Span(FILE, 10, 19, 10, 22),
    help="set resources.memory to 5Gi\nor remove perProcess",
    label="memory of each process",
    notes=(Note(Span(FILE, 5, 16, 5, 17), "4 processes"),),
)
WARNING = Diagnostic(
    img.IMG001, "the tag `main` moves", Span(FILE, 3, 1, 4, 2), severity=Severity.WARNING
)


HARD = "100%, 50%0A, %253A: a,b=c\r\n::error::x\t<&>\"'"
"""What each format has to escape, and what looks as if it were escaped."""


def findings(
    texts: some.SearchStrategy[str], files: some.SearchStrategy[str]
) -> some.SearchStrategy[list[Diagnostic]]:
    """A few findings with these messages in these files."""
    numbers = some.integers(1, 99)
    spans = some.builds(
        lambda file, line, column, lines, columns: Span(
            file, line, column, line + lines, column + columns
        ),
        files,
        numbers,
        numbers,
        some.integers(0, 2),
        some.integers(0, 9),
    )
    one = some.builds(
        Diagnostic,
        rule=some.sampled_from(list(RULES.values())),
        message=texts,
        at=spans,
        help=texts,
        label=texts,
        notes=some.lists(some.builds(Note, spans, texts), max_size=2).map(tuple),
        severity=some.sampled_from(Severity),
    )
    return some.lists(one, max_size=5)


TEXT = some.text(some.characters(codec="utf-8"))
ANY_TEXT = some.text(some.characters(exclude_categories=()) | some.sampled_from("%:,=<&\r\n\t\x1b"))
PATH = some.text('abz/._- é%:,=&"', min_size=1).map(lambda text: f"environments/{text}")
ANY = findings(ANY_TEXT, PATH)


def advice(one: Diagnostic) -> str:
    """The message, and the remedies below it."""
    return "\n".join([one.message, *one.help.splitlines()])


def loaded(form: Format, *diagnostics: Diagnostic) -> Any:  # noqa: ANN401 -- any JSON
    """A document of JSON, as Python sees it."""
    return json.loads(document(form, diagnostics))


def many(count: int, severity: Severity = Severity.ERROR) -> list[Diagnostic]:
    """Findings that differ by their line."""
    return [
        Diagnostic(cfg.CFG011, f"number {line}", Span(FILE, line, 1, line, 2), severity=severity)
        for line in range(1, count + 1)
    ]


# --- what holds for all --------------------------------------------------------------------------


@pytest.mark.parametrize("form", DOCUMENTS)
def test_the_worst_stands_first_and_each_finding_once(form: Format) -> None:
    text = document(form, [WARNING, FINDING, WARNING])
    assert text == document(form, [FINDING, WARNING])
    results = text.rpartition('"results"')[2]
    assert results.index(FINDING.message) < results.index(WARNING.message)


@pytest.mark.parametrize("form", DOCUMENTS)
def test_nothing_typed_as_a_value_on_the_command_line_is_repeated(form: Format) -> None:
    finding = Diagnostic(cfg.CFG011, "no such key", Span(SET, 1, 20, 1, 23))
    assert "swordfish" not in document(form, [finding])
    assert "swordfish" not in concise_text((finding,))


@pytest.mark.parametrize("form", DOCUMENTS)
@given(found=ANY)
def test_any_text_gives_a_document_that_ends_with_its_line(
    form: Format, found: list[Diagnostic]
) -> None:
    text = document(form, found)
    assert text == "" or text.endswith("\n")
    assert text or (form is Format.GITHUB and not found)


def test_documents_are_the_same_in_every_process() -> None:
    code = """
import pathlib, sys
from modelops.diagnostics.formats import Format, document, is_document
from modelops.pipeline import judge
root = pathlib.Path(sys.argv[1])
for case in sorted(root.glob("*/environments")):
    files = sorted(file for file in case.rglob("*") if file.is_file())
    sources = {file.relative_to(case.parent).as_posix(): file.read_bytes() for file in files}
    for form in filter(is_document, Format):
        sys.stdout.buffer.write(document(form, judge(sources).diagnostics).encode())
"""
    said = {
        subprocess.run(
            [sys.executable, "-c", code, str(GOLDEN)],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert b"DSK001" in said.pop()


# --- concise -------------------------------------------------------------------------------------


def test_concise_is_a_line_for_each_finding() -> None:
    assert concise_text((FINDING, WARNING)) == (
        f"{FILE}:10:19: error[DSK001] 4 processes x 1 GiB = 4 GiB\n"
        f"{FILE}:3:1: warning[IMG001] the tag `main` moves\n"
    )
    assert concise_text(()) == ""


@given(found=ANY)
def test_concise_lines_are_as_many_as_findings_and_steer_no_terminal(
    found: list[Diagnostic],
) -> None:
    lines = concise_text(tuple(found)).split("\n")
    assert len(lines) == len(found) + 1
    assert all(character.isprintable() for line in lines for character in line)


# --- json ----------------------------------------------------------------------------------------


def test_json_has_everything_of_a_finding_in_a_fixed_order() -> None:
    (found,) = loaded(Format.JSON, FINDING)
    place = {"file": FILE, "line": 10, "column": 19, "endLine": 10, "endColumn": 22}
    note = {**place, "line": 5, "column": 16, "endLine": 5, "endColumn": 17}
    assert found == {
        "code": "DSK001",
        "severity": "error",
        "message": FINDING.message,
        "label": FINDING.label,
        "help": FINDING.help,
        "location": place,
        "notes": [{"message": "4 processes", "location": note}],
    }
    assert list(found) == ["code", "severity", "message", "label", "help", "location", "notes"]
    assert list(found["location"]) == list(place)
    assert loaded(Format.JSON) == []


def from_json(found: dict[str, Any]) -> Diagnostic:
    def span(place: dict[str, Any]) -> Span:
        return Span(*place.values())

    return Diagnostic(
        RULES[found["code"]],
        found["message"],
        span(found["location"]),
        help=found["help"],
        label=found["label"],
        notes=tuple(Note(span(note["location"]), note["message"]) for note in found["notes"]),
        severity=Severity(found["severity"]),
    )


@given(found=findings(TEXT, PATH))
def test_json_loses_nothing(found: list[Diagnostic]) -> None:
    content = document(Format.JSON, found).encode()
    assert tuple(from_json(each) for each in json.loads(content)) == worst_first(found)


# --- github --------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(?P<name>\w+) ?(?P<properties>.*?)::(?P<data>.*)", re.DOTALL)
ESCAPES = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
"""In the order in which the runner of GitHub Actions undoes them."""


def unescaped(text: str, *, is_property: bool) -> str:
    for escape, character in ESCAPES.items():
        if is_property or character not in ":,":
            text = text.replace(escape, character)
    return text


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: name, properties, data."""
    found = COMMAND.fullmatch(line)
    assert found
    pairs = [pair.partition("=") for pair in found["properties"].split(",") if pair]
    properties = {key: unescaped(value, is_property=True) for key, _, value in pairs}
    return found["name"], properties, unescaped(found["data"], is_property=False)


def commands(*diagnostics: Diagnostic) -> list[tuple[str, dict[str, str], str]]:
    text = document(Format.GITHUB, diagnostics)
    return [command(line) for line in text.split("\n")[:-1]]


def test_github_commands_name_the_place_the_rule_and_the_remedy() -> None:
    assert document(Format.GITHUB, [FINDING]) == (
        f"::error file={FILE},line=10,col=19,endColumn=22,title=DSK001::"
        "4 processes x 1 GiB = 4 GiB%0Aset resources.memory to 5Gi%0Aor remove perProcess\n"
    )


def test_github_takes_no_columns_of_several_lines() -> None:
    ((name, properties, _),) = commands(WARNING)
    assert name == "warning"
    assert properties == {"file": FILE, "line": "3", "endLine": "4", "title": "IMG001"}


def test_github_annotates_no_file_for_the_command_line() -> None:
    ((_, properties, _),) = commands(Diagnostic(cfg.CFG011, "no key", Span(SET, 1, 1, 1, 2)))
    assert properties == {"title": "CFG011"}


def test_github_commands_hide_nothing_behind_their_escapes() -> None:
    file = "environments/a,b::c%3A%25.yaml"
    ((_, properties, data),) = commands(Diagnostic(cfg.CFG011, HARD, Span(file, 1, 1, 1, 2)))
    assert (properties["file"], data) == (file, HARD)
    assert properties.keys() == {"file", "line", "col", "endColumn", "title"}


@given(found=ANY)
def test_github_commands_are_read_back_as_they_were_meant(found: list[Diagnostic]) -> None:
    read = commands(*found)
    assert [(str(one.severity), one.at.file, advice(one)) for one in worst_first(found)] == [
        (name, properties["file"], data) for name, properties, data in read
    ]


def test_github_gets_as_many_as_it_shows_and_the_rest_is_counted() -> None:
    found = many(MOST_ANNOTATED + 3) + many(MOST_ANNOTATED + 4, Severity.WARNING)
    *annotations, last = commands(*found)
    names = [name for name, _, _ in annotations]
    assert names == ["error"] * MOST_ANNOTATED + ["warning"] * MOST_ANNOTATED
    assert [data for *_, data in annotations[:2]] == ["number 1", "number 2"]
    assert last == ("notice", {}, "7 more findings not annotated")


def test_github_gets_no_count_of_nothing() -> None:
    assert len(commands(*many(MOST_ANNOTATED))) == MOST_ANNOTATED
    *_, last = commands(*many(MOST_ANNOTATED + 1))
    assert last == ("notice", {}, "1 more finding not annotated")
    assert document(Format.GITHUB, []) == ""


# --- gitlab --------------------------------------------------------------------------------------


def test_gitlab_has_the_fields_of_a_code_quality_report() -> None:
    error, warning = loaded(Format.GITLAB, FINDING, WARNING)
    assert re.fullmatch("[0-9a-f]{64}", error.pop("fingerprint"))
    assert error == {
        "description": advice(FINDING),
        "check_name": "DSK001",
        "severity": "major",
        "location": {"path": FILE, "lines": {"begin": 10}},
    }
    assert warning["severity"] == "minor"
    assert loaded(Format.GITLAB) == []


def moved(one: Diagnostic, lines: int) -> Diagnostic:
    at = Span(one.at.file, one.at.line + lines, one.at.column, one.at.end_line + lines, 99)
    return Diagnostic(one.rule, one.message, at, severity=one.severity)


def of_gitlab(*diagnostics: Diagnostic) -> list[str]:
    return [issue["fingerprint"] for issue in loaded(Format.GITLAB, *diagnostics)]


def of_sarif(*diagnostics: Diagnostic) -> list[str]:
    (run,) = loaded(Format.SARIF, *diagnostics)["runs"]
    return [result["partialFingerprints"]["finding/v1"] for result in run["results"]]


@pytest.mark.parametrize("fingerprints", [of_gitlab, of_sarif])
def test_a_finding_that_moved_is_the_same_and_any_other_is_not(
    fingerprints: Callable[..., list[str]],
) -> None:
    assert fingerprints(FINDING) == fingerprints(moved(FINDING, 7))
    elsewhere = Span("environments/base.yaml", 10, 19, 10, 22)
    others = [
        WARNING,
        Diagnostic(dsk.DSK008, FINDING.message, FINDING.at),
        Diagnostic(FINDING.rule, "another", FINDING.at),
        Diagnostic(FINDING.rule, FINDING.message, elsewhere),
    ]
    assert not {*fingerprints(FINDING)} & {one for each in others for one in fingerprints(each)}


@pytest.mark.parametrize("fingerprints", [of_gitlab, of_sarif])
def test_alike_findings_on_two_lines_are_two(fingerprints: Callable[..., list[str]]) -> None:
    assert len(set(fingerprints(FINDING, moved(FINDING, 1), moved(FINDING, 2)))) == 3


# --- sarif ---------------------------------------------------------------------------------------


def run_of(*diagnostics: Diagnostic) -> dict[str, Any]:
    """The one run of a log that the schema takes."""
    log = loaded(Format.SARIF, *diagnostics)
    assert [error.message for error in SARIF.iter_errors(log)] == []
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = log["runs"][0]
    return run


def located(file: str, *region: int) -> dict[str, Any]:
    names = ("startLine", "startColumn", "endLine", "endColumn")
    places = {"region": dict(zip(names, region, strict=True))} if region else {}
    return {"physicalLocation": {"artifactLocation": {"uri": file}, **places}}


def test_a_sarif_result_stands_at_the_source_line_with_its_notes_beside_it() -> None:
    run = run_of(FINDING, WARNING)
    error, warning = run["results"]
    assert error.pop("partialFingerprints")
    assert error == {
        "ruleId": "DSK001",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": advice(FINDING)},
        "locations": [located(FILE, 10, 19, 10, 22)],
        "relatedLocations": [located(FILE, 5, 16, 5, 17) | {"message": {"text": "4 processes"}}],
    }
    assert (warning["level"], warning["ruleIndex"]) == ("warning", 1)
    assert "relatedLocations" not in warning
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["invocations"] == [{"executionSuccessful": True}]


def test_sarif_rules_are_those_of_the_results_with_all_their_texts() -> None:
    rules = run_of(WARNING, FINDING)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DSK001", "IMG001"]
    first = rules[0]
    assert first["shortDescription"]["text"] == dsk.DSK001.summary
    assert first["fullDescription"]["text"] == dsk.DSK001.why
    assert first["defaultConfiguration"] == {"level": "error"}
    for text in (dsk.DSK001.remedy, dsk.DSK001.failing.rstrip(), dsk.DSK001.passing.rstrip()):
        assert text in first["help"]["text"]
        assert text in first["help"]["markdown"]
    assert f"```yaml\n{dsk.DSK001.failing}```" in first["help"]["markdown"]
    assert rules[1]["defaultConfiguration"] == {"level": "warning"}


def test_a_sarif_log_of_every_rule_is_one() -> None:
    at = Span(FILE, 1, 1, 1, 1)
    found = [Diagnostic(rule, "broken", at) for rule in RULES.values()]
    run = run_of(*found)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(RULES)
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


def test_a_sarif_result_about_a_generated_file_is_related_to_it() -> None:
    message = "generated/dev/workspaces/malaria/workers.yaml: Deployment dask-worker: no such field"
    finding = Diagnostic(cfg.CFG011, message, Span(FILE, 1, 1, 1, 1))
    (result,) = run_of(finding)["results"]
    generated = located("generated/dev/workspaces/malaria/workers.yaml")
    assert result["locations"] == [located(FILE, 1, 1, 1, 1)]
    assert result["relatedLocations"] == [generated | {"message": {"text": "the generated file"}}]


def test_a_sarif_result_about_the_command_line_stands_in_no_file() -> None:
    (result,) = run_of(Diagnostic(cfg.CFG011, "no key", Span(SET, 1, 1, 1, 2)))["results"]
    name = "--set workspaces/malaria:workers.env.TOKEN"
    assert result["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": name, "kind": "parameter"}]}
    ]


def test_sarif_names_files_as_uris() -> None:
    odd = Diagnostic(cfg.CFG011, "odd", Span("environments/dev/a b%é:#.yaml", 1, 1, 1, 1))
    (result,) = run_of(odd)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "environments/dev/a%20b%25%C3%A9%3A%23.yaml"


def test_of_very_many_results_the_worst_are_kept_and_the_log_says_so() -> None:
    run = run_of(*many(1, Severity.WARNING), *many(MOST_RESULTS + 1))
    assert len(run["results"]) == MOST_RESULTS
    assert {result["level"] for result in run["results"]} == {"error"}
    ((notification,),) = [each["toolExecutionNotifications"] for each in run["invocations"]]
    assert notification["message"]["text"].startswith("2 more findings are left out")


def test_of_very_many_places_of_one_result_the_first_are_kept() -> None:
    notes = tuple(Note(Span(FILE, line, 1, line, 2), "see") for line in range(1, 2000))
    (result,) = run_of(Diagnostic(cfg.CFG011, "odd", Span(FILE, 1, 1, 1, 2), notes=notes))[
        "results"
    ]
    assert len(result["locations"]) + len(result["relatedLocations"]) == MOST_LOCATIONS


def test_a_sarif_log_of_nothing_has_a_run_without_results() -> None:
    run = run_of()
    assert run["results"] == []
    assert run["tool"]["driver"] == {"name": "modelops", "rules": []}


@given(found=ANY)
def test_any_findings_make_a_log_that_the_schema_takes(found: list[Diagnostic]) -> None:
    run = run_of(*found)
    texts = [result["message"]["text"] for result in run["results"]]
    assert texts == [advice(one) for one in worst_first(found)]


def test_the_schema_would_refuse_a_log_that_is_none() -> None:
    log = loaded(Format.SARIF, FINDING)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    place["artifactLocation"]["uri"] = "environments/a b.yaml"
    assert not SARIF.is_valid(log)
    place["artifactLocation"] = {"url": FILE}
    assert not SARIF.is_valid(log)


@pytest.mark.parametrize("case", sorted(path.name for path in GOLDEN.glob("*") if path.is_dir()))
def test_every_golden_case_makes_documents(case: str) -> None:
    files = sorted(path for path in (GOLDEN / case).rglob("environments/**/*") if path.is_file())
    sources = {
        file.relative_to(GOLDEN / case).as_posix(): content
        for file, content in ((file, file.read_bytes()) for file in files)
    }
    found = judge(sources).diagnostics
    assert len(run_of(*found)["results"]) == len(found)
    assert len(loaded(Format.JSON, *found)) == len(found)
    assert len(loaded(Format.GITLAB, *found)) == len(found)
    assert int(suites(*found).attrib["tests"]) == max(1, len(found))


# --- junit ---------------------------------------------------------------------------------------


def suites(*diagnostics: Diagnostic) -> ET.Element:
    content = document(Format.JUNIT, diagnostics).encode("utf-8", "replace")
    return ET.fromstring(content)  # noqa: S314 -- made here, a line above


def test_a_junit_suite_is_a_file_and_a_case_is_a_finding() -> None:
    base = Diagnostic(cfg.CFG011, "odd", Span("environments/base.yaml", 2, 3, 2, 4))
    root = suites(FINDING, WARNING, base)
    assert root.attrib == {"name": "modelops", "tests": "3", "failures": "2", "errors": "0"}
    assert [suite.attrib["name"] for suite in root] == ["environments/base.yaml", FILE]
    assert [suite.attrib["tests"] for suite in root] == ["1", "2"]
    case = root[1][0]
    assert (case.attrib["file"], case.attrib["line"]) == (FILE, "10")
    assert case.attrib["name"] == "DSK001 at 10:19"
    assert case[0].tag == "failure"
    assert case[0].attrib == {"message": FINDING.message, "type": "error"}
    assert case[0].text == f"error[DSK001] {advice(FINDING)}"


def test_a_warning_fails_no_test_as_it_stops_no_compile() -> None:
    root = suites(WARNING)
    assert root.attrib["failures"] == "0"
    (said,) = root.iter("system-out")
    assert said.text == "warning[IMG001] the tag `main` moves"
    assert list(root.iter("failure")) == []


def test_a_clean_run_is_one_test_that_passed() -> None:
    root = suites()
    ((case,),) = root
    assert root.attrib["tests"] == "1"
    assert (case.tag, list(case)) == ("testcase", [])


def test_junit_keeps_line_ends_quotes_and_markup() -> None:
    finding = Diagnostic(cfg.CFG011, f"{HARD}\x1b", Span(f"{FILE}{HARD}", 1, 1, 1, 2))
    root = suites(finding)
    (failure,) = root.iter("failure")
    assert root[0].attrib["name"] == f"{FILE}{HARD}"
    assert failure.attrib["message"] == f"{HARD}\ufffd"
    assert failure.text == f"error[CFG011] {HARD}\ufffd"


NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@given(found=ANY)
def test_junit_is_read_back_as_it_was_meant(found: list[Diagnostic]) -> None:
    root = suites(*found)
    errors = [one for one in worst_first(found) if one.is_error]
    by_file = dict.fromkeys(one.at.file for one in errors)
    meant = [one for file in by_file for one in errors if one.at.file == file]
    read = [(each.attrib["message"], each.text) for each in root.iter("failure")]
    assert read == [
        tuple(
            NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
            for text in (one.message, f"error[{one.rule.code}] {advice(one)}")
        )
        for one in meant
    ]
