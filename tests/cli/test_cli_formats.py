"""`--format`: what goes to which stream, with what exit code, from `validate` and `compile`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from modelops.diagnostics.formats import Format, is_document

Run = Callable[..., tuple[int, str, str]]

DOCUMENTS = [form for form in Format if is_document(form)]
COMMANDS = [("validate",), ("compile",), ("compile", "--check")]
MALARIA = "environments/dev/workspaces/malaria.yaml"
CLEAN = "dev, lab: 3 workspaces, no problems\n"


CALM = {
    MALARIA: "Workspace\nspec:\n  owner: team-malaria\n  workers:\n    replicas: 3\n",
    "environments/lab/workspaces/climate.yaml": "Workspace\nspec: {workers: {replicas: 1}}\n",
}


@pytest.fixture
def project(project: Path) -> Path:
    """The small project, with workspaces that no rule has anything to say of."""
    for file, text in CALM.items():
        (project / file).write_text(f"apiVersion: modelops.io/v1\nkind: {text}")
    return project


@pytest.fixture
def wrong(project: Path) -> Path:
    """A project with an error."""
    file = project / MALARIA
    file.write_text(file.read_text().replace("replicas", "replica"))
    return project


@pytest.fixture
def warned(project: Path) -> Path:
    """A project with warnings."""
    images = project / "environments/images.yaml"
    images.write_text(re.sub("digest: [^ }\n]*", "tag: main", images.read_text()))
    return project


def found(form: Format, text: str) -> int:
    """How many findings a document has; fails where it is none."""
    log: Any
    match form:
        case Format.JSON | Format.GITLAB:
            return len(json.loads(text))
        case Format.SARIF:
            log = json.loads(text)
            return len(log["runs"][0]["results"])
        case Format.JUNIT:
            root = ET.fromstring(text.encode())  # noqa: S314 -- our own output
            return sum(case.tag in {"failure", "system-out"} for case in root.iter())
    lines = text.splitlines()
    assert all(re.match("::(error|warning) ", line) for line in lines)
    return len(lines)


# --- documents -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", DOCUMENTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_document_has_the_standard_output_for_itself(
    wrong: Path, run: Run, command: tuple[str, ...], form: Format
) -> None:
    code, out, err = run(*command, "--format", str(form))

    assert (code, err) == (1, "")
    assert found(form, out) == 1
    assert "malaria" in out
    assert not (wrong / "generated").exists()


@pytest.mark.parametrize("form", DOCUMENTS)
def test_without_findings_there_is_an_empty_document(project: Path, run: Run, form: Format) -> None:
    code, out, err = run("validate", "--format", str(form))

    assert (code, err) == (0, CLEAN)
    assert found(form, out) == 0
    assert (out == "") is (form is Format.GITHUB)


@pytest.mark.parametrize("form", DOCUMENTS)
def test_what_a_compile_did_is_said_beside_its_document(
    warned: Path, run: Run, form: Format
) -> None:
    code, out, err = run("compile", "--format", str(form))
    count = sum(path.is_file() for path in (warned / "generated").rglob("*"))

    assert code == 0
    assert found(form, out) > 0
    assert err.startswith(f"generated/: wrote {count} files\n  generated/dev/")
    checked = run("compile", "--check", "--format", str(form))
    assert checked == (0, out, f"generated/ is up to date: {count} files\n")


def test_the_differences_of_a_check_are_said_beside_its_document(project: Path, run: Run) -> None:
    code, out, err = run("compile", "--check", "--format", "json")

    assert (code, out) == (1, "[]\n")
    assert err.startswith("missing:   generated/dev/")
    assert "error[GIT001]: `generated/` is out of date: run `modelops compile`" in err


def test_a_preview_elsewhere_may_have_a_document(project: Path, run: Run, tmp_path: Path) -> None:
    folder = str(tmp_path / "preview")
    code, out, err = run("compile", "--out", folder, "--format", "json")

    assert (code, out) == (0, "[]\n")
    assert err.startswith(f"{folder}/: wrote ")


@pytest.mark.parametrize("form", DOCUMENTS)
def test_manifests_and_a_document_are_not_mixed(project: Path, run: Run, form: Format) -> None:
    code, out, err = run("compile", "--stdout", "--format", str(form))

    assert (code, out) == (2, "")
    assert f"`--stdout` and `--format {form}` would both write to the standard output" in err


@pytest.mark.parametrize("form", DOCUMENTS)
def test_failures_of_the_world_are_told_as_ever(project: Path, run: Run, form: Format) -> None:
    (project / "generated").write_text("in the way")
    code, out, err = run("compile", "--format", str(form))

    assert code == 1
    assert found(form, out) == 0
    assert err.startswith("error: ")


def test_a_setting_that_cannot_be_read_is_a_wrong_invocation(project: Path, run: Run) -> None:
    code, out, err = run("validate", "--set", "nonsense", "--format", "json")

    assert (code, out) == (2, "")
    assert err.startswith("error[")


def test_a_finding_on_the_command_line_is_in_the_document(project: Path, run: Run) -> None:
    setting = "workspaces/malaria:workers.replica=4"
    code, out, _ = run("validate", "dev", "--set", setting, "--format", "json")

    (finding,) = json.loads(out)
    assert (code, finding["code"]) == (1, "CFG001")
    assert finding["location"]["file"] == "--set workspaces/malaria:workers.replica"


def test_a_document_is_utf_8_whatever_the_terminal(project: Path) -> None:
    file = project / MALARIA
    file.write_text(file.read_text("utf-8").replace("owner", "öwner"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "modelops", "validate", "--format", "json"],
        check=False,
        capture_output=True,
        cwd=project,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert "`öwner`" in json.loads(done.stdout.decode("utf-8"))[0]["message"]


# --- people --------------------------------------------------------------------------------------


def test_concise_is_a_line_on_the_standard_error(wrong: Path, run: Run) -> None:
    code, out, err = run("validate", "--format", "concise")

    assert (code, out) == (1, "")
    assert err.startswith(f"{MALARIA}:6:5: error[CFG001] ")
    assert err.count("\n") == 1


def test_concise_says_what_was_done_where_it_is_always_said(project: Path, run: Run) -> None:
    assert run("validate", "--format", "concise") == (0, CLEAN, "")
    code, out, err = run("compile", "dev", "--stdout", "--format", "concise")
    assert (code, out[:4], err) == (0, "---\n", "")


def test_full_is_what_is_told_without_the_option(wrong: Path, run: Run) -> None:
    assert run("validate", "--format", "full") == run("validate")
    assert "┌─" in run("validate")[2]


def test_a_format_that_there_is_not(project: Path, run: Run) -> None:
    code, out, err = run("validate", "--format", "xml")

    assert (code, out) == (2, "")
    assert "'json', 'github', 'gitlab', 'sarif', 'junit'" in err
