"""`modelops cloud import`: what Azure answered, written down once it is all right."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.cli.conftest import Said
from tests.cli.test_cli_edges import start, typed
from tests.unit.cloud_answers import FACTS

from modelops.cli import program

DIGEST = hashlib.sha256(b"{}\n").hexdigest()
OUTPUTS: dict[str, Any] = {"environment": "dev", "inputsDigest": DIGEST, **FACTS}
FILE = "environments/dev/cloud.yaml"
Import = Callable[..., Said]


def json_of(**changed: object) -> str:
    """A stack's outputs as Pulumi prints them, some of them changed; None leaves one out."""
    outputs = {key: value for key, value in (OUTPUTS | changed).items() if value is not None}
    return json.dumps(outputs, indent=2)


@pytest.fixture
def inputs(project: Path) -> Path:
    """What the stack was made from, as the compiler wrote it."""
    file = project / "generated/dev/infra/inputs.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"{}\n")
    return file


@pytest.fixture
def take(project: Path, inputs: Path) -> Import:
    """`modelops cloud import ARGUMENTS…` with a text on the standard input."""
    assert inputs.exists()

    def take(text: str, *arguments: str) -> Said:
        done = CliRunner().invoke(
            program,
            ["--root", str(project), "cloud", "import", *(arguments or ("dev",))],
            prog_name="modelops",
            input=text,
            catch_exceptions=False,
        )
        return done.exit_code, done.stdout, done.stderr

    return take


# --- what is right -------------------------------------------------------------------------------


def test_the_answers_are_written_down_as_they_were_given(project: Path, take: Import) -> None:
    assert take(json_of()) == (0, f"wrote {FILE}\n", "")
    said = (project / FILE).read_text()
    assert said.startswith(
        "# yaml-language-server: $schema=../../schemas/cloudfacts.json\n#\n"
        "# What Azure answered when dev was made. Nobody writes this by hand:\n"
        "#   uv run modelops-infra outputs dev | uv run modelops cloud import dev\n"
        "apiVersion: modelops.io/v1\nkind: CloudFacts\nspec:\n"
        "  # Where everything was made.\n"
        f"  subscriptionId: {FACTS['subscriptionId']}\n"
    )
    assert max(map(len, said.splitlines())) == len(f"  oidcIssuer: {FACTS['oidcIssuer']}")


def test_what_is_written_is_what_compiles_read(
    project: Path, take: Import, run: Callable[..., Said]
) -> None:
    take(json_of(postgresHost=None))
    code, out, err = run("show", "dev/cloud")
    assert (code, err) == (0, "")
    for value in (*FACTS["identities"]["modelops-dev-results"].values(), FACTS["blobEndpoint"]):
        assert value in out
    assert "postgresHost: null" in out
    _, explained, _ = run("explain", "dev/cloud", "identities.modelops-dev-results.clientId")
    line = next(
        number
        for number, text in enumerate((project / FILE).read_text().splitlines(), start=1)
        if "clientId" in text
    )
    assert f"{FILE}:{line}:" in explained
    assert "dev/environment.yaml, cloud.yaml" in run("list", "dev")[1]


def test_a_second_import_writes_nothing_and_says_so(project: Path, take: Import) -> None:
    take(json_of())
    before = (project / FILE).stat()
    assert take(json_of(), "dev", "-") == (0, f"{FILE} is up to date\n", "")
    assert (project / FILE).stat().st_mtime_ns == before.st_mtime_ns


def test_outputs_may_be_in_a_file_and_in_any_order(
    project: Path, tmp_path: Path, take: Import
) -> None:
    take(json_of())
    before = (project / FILE).read_bytes()
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(dict(reversed(OUTPUTS.items()))))
    assert take("", "dev", str(file))[1] == f"{FILE} is up to date\n"
    assert (project / FILE).read_bytes() == before


def test_new_answers_take_the_place_of_old_ones(project: Path, take: Import) -> None:
    take(json_of())
    assert take(json_of(storageAccount="modelsnew"))[1] == f"wrote {FILE}\n"
    assert "storageAccount: modelsnew\n" in (project / FILE).read_text()
    assert [each.name for each in (project / FILE).parent.iterdir() if "tmp" in each.name] == []


def test_identities_are_sorted(take: Import, project: Path) -> None:
    who = FACTS["identities"]["modelops-dev-results"]
    take(json_of(identities={"b-store": who, "a-results": who}))
    text = (project / FILE).read_text()
    assert text.index("a-results:") < text.index("b-store:")


def test_words_that_yaml_reads_otherwise_stay_words(project: Path, take: Import) -> None:
    assert take(json_of(storageAccount="123456", resourceGroup="no"))[0] == 0
    text = (project / FILE).read_text()
    assert "storageAccount: '123456'\n" in text
    assert "resourceGroup: 'no'\n" in text


@pytest.mark.parametrize("content", [b"{ }\n", None])
def test_a_stack_of_other_inputs_is_taken_over_with_a_warning(
    content: bytes | None, take: Import, inputs: Path
) -> None:
    inputs.unlink() if content is None else inputs.write_bytes(content)
    code, out, err = take(json_of())
    assert (code, out) == (0, f"wrote {FILE}\n")
    assert err == (
        "warning: the stack was made from other inputs than generated/dev/infra/inputs.json:"
        " `uv run modelops-infra up dev`, and take its outputs over again\n"
    )


# --- what is wrong -------------------------------------------------------------------------------

WRONG = [
    ("", "CFG010", "nothing came in", "<stdin>:1:1"),
    ("error: no stack named dev\n", "CFG010", "this is no JSON", "<stdin>:1:1"),
    ('{\n  "environment": dev\n}', "CFG010", "this is no JSON", "<stdin>:2:18"),
    ("[]", "CFG010", "this is no JSON object", "<stdin>:1:1"),
    ('{"a": 1, "a": 2}', "CFG010", "twice", "<stdin>:1:10"),
    ("{}", "CFG011", "the stack has no outputs yet", "<stdin>:1:1"),
    (
        json_of(environment="prod"),
        "CFG011",
        'these are the outputs of "prod", and not of dev',
        "<stdin>:2:18",
    ),
    (json_of(environment=7), "CFG011", "these are the outputs of 7", "<stdin>:2:18"),
    (json_of(environment=None), "CFG011", "the output `environment` is missing", "<stdin>:1:1"),
    (json_of(tenantId=None), "CFG011", "the output `tenantId` is missing", "<stdin>:1:1"),
    (json_of(inputsDigest=None), "CFG011", "`inputsDigest` is missing", "<stdin>:1:1"),
    (json_of(inputsDigest="abc"), "CFG011", "`inputsDigest` is no SHA-256", "<stdin>:3:19"),
    (json_of(blobEndpont="x"), "CFG001", "nobody knows an output `blobEndpont`", "<stdin>:"),
    (json_of(kubeletObjectId="me"), "AZR004", "`me` is no id that Azure gives", "<stdin>:10:22"),
    (json_of(location=7), "CFG011", "`location` is a number (7)", "<stdin>:6:15"),
    (json_of(identities=[]), "CFG011", "`identities` is a list", "<stdin>:"),
    (
        json_of(identities={"modelops-dev-results": {"clientId": FACTS["tenantId"]}}),
        "CFG011",
        "`identities.modelops-dev-results.principalId` is missing",
        "<stdin>:",
    ),
    (
        json_of(blobEndpoint="http://models.blob.core.windows.net/"),
        "CFG011",
        "`blobEndpoint` cannot be",
        "<stdin>:13:19",
    ),
]


@pytest.mark.parametrize(("text", "code", "message", "place"), WRONG)
def test_whatever_is_wrong_is_told_at_its_place_and_nothing_is_written(
    text: str, code: str, message: str, place: str, project: Path, take: Import
) -> None:
    exit_code, out, err = take(text)
    assert (exit_code, out) == (1, "")
    assert f"error[{code}]: " in err
    assert message in err
    assert f"─ {place}" in err
    assert "1 error\n" in err
    assert not (project / FILE).exists()


def test_all_that_is_wrong_is_told_at_once(take: Import) -> None:
    _, _, err = take(json_of(tenantId=None, inputsDigest="abc", surprise=1))
    assert err.endswith("3 errors\n")


def test_bytes_that_are_no_text_are_refused(project: Path, tmp_path: Path, take: Import) -> None:
    file = tmp_path / "outputs.json"
    file.write_bytes(b'{"environment": "\xff"}')
    code, _, err = take("", "dev", str(file))
    assert (code, "CFG010" in err, (project / FILE).exists()) == (1, True, False)


def test_answers_that_are_wrong_leave_those_that_stand(project: Path, take: Import) -> None:
    take(json_of())
    before = (project / FILE).read_bytes()
    assert take(json_of(tenantId="me"))[0] == 1
    assert (project / FILE).read_bytes() == before


def test_an_environment_that_does_not_exist_is_a_wrong_invocation(
    project: Path, take: Import
) -> None:
    code, _, err = take(json_of(), "dve")
    assert code == 2
    assert "there is no environment `dve`: did you mean `dev`?" in err
    assert not (project / "environments/dve").exists()


def test_whoever_hands_nothing_in_is_told_how(project: Path) -> None:
    controller, screen = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "modelops", "--root", str(project), "cloud", "import", "dev"],
        stdin=screen,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(screen)
    os.close(controller)
    assert done.returncode == 2
    assert "uv run modelops-infra outputs dev | uv run modelops cloud import dev" in done.stderr


def test_a_link_is_replaced_and_never_followed(project: Path, tmp_path: Path, take: Import) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    (project / FILE).symlink_to(other)
    assert take(json_of())[1] == f"wrote {FILE}\n"
    assert (other.read_text(), (project / FILE).is_symlink()) == ("theirs", False)


def test_a_folder_in_the_way_is_told(project: Path, take: Import) -> None:
    (project / FILE / "x").mkdir(parents=True)
    code, out, err = take(json_of())
    assert (code, out) == (1, "")
    assert f"cannot write `{project / FILE}`" in err


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("modelops cloud ", ["import"]),
        ("modelops cloud import ", ["dev", "lab"]),
        ("modelops show dev/c", ["dev/cloud"]),
    ],
)
def test_completion_offers_what_there_is(
    project: Path, take: Import, words: str, offered: list[str]
) -> None:
    take(json_of())
    done = start(cwd=project, variables=typed(words))
    assert [line.partition(",")[2] for line in done.out.splitlines()] == offered
