"""What the program tells of an environment, `modelops cloud import` takes over value for value."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.infra.mocked import DIGEST, built
from tests.infra.test_program import EXAMPLES, full, inputs_of

from modelops.cli import program
from modelops.disk import read_sources
from modelops.pipeline import configure
from modelops_infra.shapes import Inputs

ROOT = Path(__file__).parents[2]
ABOUT_THE_STACK = ("environment", "inputsDigest")


def told(inputs: Inputs, digest: str = DIGEST) -> dict[str, Any]:
    """The outputs as Pulumi prints them: what is not there is left out."""
    outputs = {**built(inputs).outputs, "inputsDigest": digest}
    return {key: value for key, value in outputs.items() if value is not None}


def project(folder: Path, environment: str) -> Path:
    """A copy of what people write, and of what an environment's infrastructure is made from."""
    shutil.copytree(ROOT / "environments", folder / "environments")
    inputs = Path("generated") / environment / "infra" / "inputs.json"
    (folder / inputs).parent.mkdir(parents=True)
    shutil.copyfile(ROOT / inputs, folder / inputs)
    return folder


def taken(root: Path, outputs: Mapping[str, Any]) -> str:
    """What the import says on the standard error; it is clean."""
    done = CliRunner().invoke(
        program,
        ["--root", str(root), "cloud", "import", outputs["environment"]],
        input=json.dumps(outputs, indent=2),
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.stderr
    return done.stderr


def compiled(root: Path, environment: str) -> dict[str, Any]:
    """The facts as a compile reads them, without those that are not there."""
    outcome = configure(read_sources(root, (environment,)))
    assert outcome.value, outcome.diagnostics
    (held,) = outcome.value.environments
    assert held.cloud
    return held.cloud.spec.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize("environment", EXAMPLES)
def test_every_value_of_an_example_comes_back(environment: str, tmp_path: Path) -> None:
    root = project(tmp_path, environment)
    file = root / "generated" / environment / "infra" / "inputs.json"
    outputs = told(inputs_of(environment), hashlib.sha256(file.read_bytes()).hexdigest())
    assert taken(root, outputs) == ""
    facts = {key: value for key, value in outputs.items() if key not in ABOUT_THE_STACK}
    assert compiled(root, environment) == facts


def test_every_value_of_an_environment_with_everything_comes_back(tmp_path: Path) -> None:
    root, outputs = project(tmp_path, "prod"), told(full())
    assert "made from other inputs than generated/prod" in taken(root, outputs)
    facts = {key: value for key, value in outputs.items() if key not in ABOUT_THE_STACK}
    assert compiled(root, "prod") == facts
    assert len(facts) == len(built(full()).outputs) - len(ABOUT_THE_STACK)
