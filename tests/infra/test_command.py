"""`modelops-infra` with stand-ins for `pulumi` and `az`: what they are told, and what not."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelops_infra import backend
from modelops_infra.guard import refusal
from modelops_infra.reading import read

ROOT = Path(__file__).parents[2]
TOOL = """\
#!{python}
import json, os, sys
kept = ("PULUMI_BACKEND_URL", "ARM_SUBSCRIPTION_ID", "AZURE_CLIENT_ID", "AZURE_TENANT_ID")
told = {{"arguments": sys.argv[1:], **{{key: os.environ.get(key) for key in kept}}}}
with open(os.environ["TOLD"], "a") as file:
    print(json.dumps(told), file=file)
if "signed-in-user" in sys.argv:
    print("1b9f5c52-0c7e-4f7b-8d1e-2a64c7f3a901")
elif "output" in sys.argv:
    print('{{"environment": "dev"}}')
else:
    print("Created stack")
sys.exit(3 if os.environ.get("FAIL") in sys.argv else 0)
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    for name in ("pulumi", "az"):
        tool = tmp_path / "bin" / name
        tool.parent.mkdir(exist_ok=True)
        tool.write_text(TOOL.format(python=sys.executable))
        tool.chmod(0o755)
    return tmp_path


def ran(
    tools: Path, *arguments: str, fail: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """The command, which finds the tools and nothing else."""
    ours = {"PATH": str(tools / "bin"), "TOLD": str(tools / "told"), "FAIL": fail}
    others = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    return subprocess.run(
        [sys.executable, "-m", "modelops_infra", *arguments],
        env={**others, **ours, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def called(
    tools: Path, *arguments: str, fail: str = "", **variables: str
) -> tuple[int, str, list[dict[str, Any]]]:
    """Exit code, messages, and what the tools were told."""
    ended = ran(tools, *arguments, fail=fail, **variables)
    told = tools / "told"
    lines = told.read_text().splitlines() if told.exists() else []
    return ended.returncode, ended.stderr, [json.loads(line) for line in lines]


def test_up_selects_the_stack_and_keeps_state_where_the_environment_says(tools: Path) -> None:
    code, _, told = called(tools, "up", "prod", "--", "--yes")
    assert code == 0
    assert [each["arguments"] for each in told] == [
        ["stack", "select", "--create", "--stack", "prod"],
        ["up", "--stack", "prod", "--yes"],
    ]
    assert {each["PULUMI_BACKEND_URL"] for each in told} == {
        "azblob://pulumi?storage_account=modelopsprodstate4b"
    }
    assert {each["ARM_SUBSCRIPTION_ID"] for each in told} == {
        "b61d0e57-92fc-4c08-a7d3-4f8e15c09b72"
    }


def test_outputs_are_printed_as_json_and_nothing_else_is(tools: Path) -> None:
    """They are for another program; a stack that is not there is an error, and is not made."""
    assert json.loads(ran(tools, "outputs", "dev").stdout) == {"environment": "dev"}
    _, _, told = called(tools, "outputs", "dev")
    assert told[-1]["arguments"] == ["stack", "output", "--json", "--stack", "dev"]
    assert "select" not in str(told)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (
            ("import", "dev", "--", "a:type", "group", "/an/id"),
            "import --generate-code=false --stack dev a:type group /an/id",
        ),
        (("unprotect", "dev", "--", "--all"), "state unprotect --stack dev --all"),
        (("refresh", "dev"), "refresh --stack dev"),
    ],
)
def test_other_commands_find_the_same_stack_and_state(
    arguments: tuple[str, ...], asked: str, tools: Path
) -> None:
    code, _, told = called(tools, *arguments)
    assert code == 0
    assert " ".join(told[-1]["arguments"]) == asked


def test_who_makes_resources_reads_the_state_too(tools: Path) -> None:
    """The two read different variables."""
    program = {"ARM_CLIENT_ID": "a-program", "ARM_CLIENT_SECRET": "its word"}
    _, _, told = called(tools, "preview", "prod", **program)
    assert told[-1]["AZURE_CLIENT_ID"] == "a-program"
    assert told[-1]["AZURE_TENANT_ID"] == "8d7c2f90-51be-4a3d-8f26-e0b94c7a135d"
    _, _, told = called(tools, "preview", "prod", ARM_CLIENT_ID="by OIDC")
    assert told[-1]["AZURE_CLIENT_ID"] is None


def test_production_is_destroyed_only_by_its_name(tools: Path) -> None:
    code, message, told = called(tools, "destroy", "prod")
    assert code == 1
    assert "add --confirm prod" in message
    assert told == []
    code, _, told = called(tools, "destroy", "prod", "--confirm", "prod")
    assert code == 0
    assert told[-1]["arguments"] == ["destroy", "--stack", "prod"]


def test_an_environment_without_azure_is_told_what_to_do(tools: Path) -> None:
    code, message, _ = called(tools, "preview", "nowhere")
    assert code == 1
    assert "add `azure` to the environment's file" in message


def test_the_first_step_that_fails_is_the_last(tools: Path) -> None:
    code, _, told = called(tools, "bootstrap", "dev", fail="storage")
    assert code == 3
    assert [each["arguments"] for each in told][1][:2] == ["group", "create"]
    assert len(told) == 3


def test_a_tool_that_is_not_installed_is_named(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    code, message, _ = called(tmp_path, "preview", "dev")
    assert code == 1
    assert "`pulumi` is not installed" in message


# --- decisions -----------------------------------------------------------------------------------

DEV = read((ROOT / "generated" / "dev" / "infra" / "inputs.json").read_text())
PROD = read((ROOT / "generated" / "prod" / "infra" / "inputs.json").read_text())


def test_bootstrap_makes_all_of_it_outside_the_workload_s_group(tools: Path) -> None:
    code, _, told = called(tools, "bootstrap", "dev")
    assert code == 0
    asked = [" ".join(map(str, each["arguments"])) for each in told]
    for part in ("group create", "storage account create", "container-rm create", "lock create"):
        assert any(part in each for each in asked), part
    assert any("role assignment create" in each and "1b9f5c52" in each for each in asked)
    assert not any("modelops-dev-rg" in each for each in asked)


def test_state_is_never_destroyed_with_what_it_describes() -> None:
    assert PROD.state is not None
    for group in ("MODELOPS-prod-rg", "modelops-prod-nodes-rg"):
        inside = replace(PROD, state=replace(PROD.state, resource_group=group))
        assert "would be removed with it" in (refusal(inside, "prod") or "")


def test_what_is_not_production_needs_no_second_word() -> None:
    assert refusal(DEV, None) is None


def test_state_on_one_disk_is_for_one_person_alone() -> None:
    assert backend.url(replace(DEV, state=None)) == "file://~"
    assert backend.url(replace(DEV, state=None), "file:///mine") == "file:///mine"
    assert backend.url(DEV, "file:///mine").startswith("azblob://")
    with pytest.raises(ValueError, match="shared, and its state would be on one disk"):
        backend.url(replace(PROD, state=None), "file:///mine")


@pytest.mark.skipif(shutil.which("az") is None, reason="Azure's command line is not installed")
def test_azure_s_own_command_line_knows_every_word_of_the_bootstrap(tmp_path: Path) -> None:
    """Nobody is logged in here, so that none of it is done: what it does not know is said first."""
    assert PROD.state is not None
    nobody = {**os.environ, "AZURE_CONFIG_DIR": str(tmp_path), "AZURE_CORE_COLLECT_TELEMETRY": "0"}
    for step in backend.bootstrap(PROD, PROD.state, "1b9f5c52-0c7e-4f7b-8d1e-2a64c7f3a901"):
        ended = subprocess.run(step, env=nobody, capture_output=True, text=True, check=False)
        assert "Please run 'az login'" in ended.stderr, (step, ended.stderr)
