"""Golden cases: each folder beside this file is an input, and what the compiler makes of it.

A case has a README.md that says which mistake or need it has the shape of, and an input: a tree
`environments/`, or `manifests.json` for what only the compiler itself could do wrong, with
`before.json` where it matters what was committed earlier. What is
expected is either `expected.txt`, all findings as a terminal shows them, or `expected/`, every
generated file. `pytest --update-golden` writes it; whoever runs that reads the diff.
"""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from modelops.diagnostics import Tier
from modelops.diagnostics.rulebook import RULES
from modelops.diagnostics.text import full_text
from modelops.manifests import (
    Component,
    EnvironmentManifests,
    Given,
    Identity,
    Manifests,
    Unit,
)
from modelops.pipeline import compile_sources
from modelops.verify import verify

HERE = Path(__file__).parent
CASES = sorted(path.name for path in HERE.iterdir() if path.is_dir() and path.name[0] != "_")
INPUT_TREE, INPUT_MANIFESTS, README = "environments", "manifests.json", "README.md"
INPUT_EARLIER = "before.json"
EXPECTED_TEXT, EXPECTED_TREE = "expected.txt", "expected"
MEBIBYTE = "<a mebibyte>"
"""Stands in `manifests.json` for as many characters."""

TOLD_BY_COMMANDS = {
    "GIT001": "tests/cli/test_cli_compile.py::"
    "test_check_names_every_difference_and_the_command_that_mends_it"
}
"""What no stage says, by the test that has a failing case of it."""

CODE = re.compile(r"^(?:error|warning)\[(\w+)\]", re.MULTILINE)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file's content by its path below the folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sources_of(case: Path) -> dict[str, bytes]:
    """The input tree, as the shell hands it to the compiler."""
    files = files_below(case / INPUT_TREE)
    return {f"{INPUT_TREE}/{path}": content for path, content in files.items()}


def manifests_of(case: Path) -> Manifests:
    """The units of one environment `dev`, of tier development, as if they had been rendered."""
    text = (case / INPUT_MANIFESTS).read_text("utf-8").replace(MEBIBYTE, "x" * 2**20)
    units = tuple(
        Unit(
            name=unit["name"],
            source=unit["source"],
            components=tuple(
                Component(file, tuple(objects)) for file, objects in unit["files"].items()
            ),
        )
        for unit in json.loads(text)
    )
    flux = Identity("source.toolkit.fluxcd.io", "GitRepository", "modelops-system", "modelops")
    account = Identity("", "ServiceAccount", "modelops-system", "flux-applier")
    home = Identity("", "Namespace", "", "modelops-system")
    given = Given(frozenset({flux, account, home}))
    source = "environments/dev/environment.yaml"
    made = EnvironmentManifests("dev", source, "1.35", units, given, Tier.DEVELOPMENT)
    return Manifests((made,))


def earlier_of(case: Path) -> dict[str, bytes]:
    """The generated files of an older commit; none where the case has none."""
    file = case / INPUT_EARLIER
    units = json.loads(file.read_text("utf-8")) if file.exists() else []
    return {
        f"{unit['name']}/{name}": yaml.safe_dump_all(objects).encode()
        for unit in units
        for name, objects in unit["files"].items()
    }


def produced(case: Path) -> dict[str, bytes]:
    """What the compiler makes of a case: the text of its findings, else the generated files."""
    sources = sources_of(case)
    if (case / INPUT_MANIFESTS).exists():
        found = verify(manifests_of(case), earlier_of(case)).diagnostics
        text = full_text(found, sources)
        return {EXPECTED_TEXT: text.encode()} if text else {}
    outcome = compile_sources(sources)
    if outcome.value is None or outcome.diagnostics:
        return {EXPECTED_TEXT: full_text(outcome.diagnostics, sources).encode()}
    return {
        f"{EXPECTED_TREE}/{file.path}": file.content
        for environment in outcome.value.environments
        for file in (*environment.files, environment.inventory)
    }


def expected(case: Path) -> dict[str, bytes]:
    """What stands in a case and is no input."""
    return {
        path: content
        for path, content in files_below(case).items()
        if path not in {README, INPUT_MANIFESTS, INPUT_EARLIER}
        and not path.startswith(f"{INPUT_TREE}/")
    }


def update(case: Path) -> None:
    """Make the case expect what is produced, and nothing else."""
    for path in expected(case):
        (case / path).unlink()
    shutil.rmtree(case / EXPECTED_TREE, ignore_errors=True)
    for path, content in produced(case).items():
        (case / path).parent.mkdir(parents=True, exist_ok=True)
        (case / path).write_bytes(content)


def complaints(case: Path) -> list[str]:
    """Every file of a case that is not what the compiler makes."""
    made, wanted = produced(case), expected(case)
    differing = [path for path in sorted(made.keys() & wanted) if made[path] != wanted[path]]
    return [
        *([] if made else ["the case produces nothing"]),
        *(f"{path}: produced, and not expected" for path in sorted(made.keys() - wanted)),
        *(f"{path}: expected, and nothing produces it" for path in sorted(wanted.keys() - made)),
        *(f"{path}: differs" for path in differing),
    ]


@pytest.mark.parametrize("name", CASES)
def test_the_compiler_makes_what_is_expected(name: str, request: pytest.FixtureRequest) -> None:
    case = HERE / name
    if request.config.getoption("--update-golden"):
        update(case)
    made, wanted = produced(case), expected(case)
    for path in sorted(made.keys() & wanted):
        assert made[path].decode().splitlines() == wanted[path].decode().splitlines(), path
    assert complaints(case) == [], "run `pytest --update-golden`, and read the diff"


@pytest.mark.parametrize("name", CASES)
def test_a_case_says_what_it_is(name: str) -> None:
    assert (HERE / name / README).read_text("utf-8").strip()


def test_every_rule_has_a_failing_case_and_no_case_has_another_rule() -> None:
    texts = [path.read_text("utf-8") for path in sorted(HERE.glob(f"*/{EXPECTED_TEXT}"))]
    assert {code for text in texts for code in CODE.findall(text)} == {
        code for code, rule in RULES.items() if not rule.impossible
    } - TOLD_BY_COMMANDS.keys()


def test_what_only_commands_say_has_a_test() -> None:
    for proof in TOLD_BY_COMMANDS.values():
        file, _, name = proof.partition("::")
        assert f"def {name}(" in (HERE.parents[1] / file).read_text("utf-8")


def test_a_warning_does_not_stop_the_compile() -> None:
    outcome = compile_sources(sources_of(HERE / "moving-tags-in-development"))
    assert outcome.diagnostics
    assert outcome.value is not None
    assert outcome.value.environments[0].files


# --- the harness itself --------------------------------------------------------------------------


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "duplicate-keys", tmp_path / "case"))


def test_a_case_without_expectation_fails(case: Path) -> None:
    (case / EXPECTED_TEXT).unlink()
    assert complaints(case) == ["expected.txt: produced, and not expected"]


def test_an_expectation_that_nothing_produces_fails(case: Path) -> None:
    (case / EXPECTED_TREE).mkdir()
    (case / EXPECTED_TREE / "orphan.yaml").touch()
    assert complaints(case) == ["expected/orphan.yaml: expected, and nothing produces it"]


def test_a_byte_of_difference_fails(case: Path) -> None:
    with (case / EXPECTED_TEXT).open("ab") as text:
        text.write(b"\n")
    assert complaints(case) == ["expected.txt: differs"]


def test_updating_makes_a_case_right_and_removes_orphans(case: Path) -> None:
    (case / EXPECTED_TEXT).write_bytes(b"something else\n")
    (case / EXPECTED_TREE / "dev").mkdir(parents=True)
    (case / EXPECTED_TREE / "dev" / "orphan.yaml").touch()
    update(case)
    assert complaints(case) == []
    assert not (case / EXPECTED_TREE).exists()
