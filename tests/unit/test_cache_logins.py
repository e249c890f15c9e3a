"""The cache where units log in to Azure: all of them stand in one file that no unit makes alone."""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.azure_tree import BLOB, ON_DISK, in_azure, on_azure, run, workspace
from tests.unit.small_tree import CLOUD
from tests.unit.test_cache import Project, bytes_of, empty_cache, forge

from modelops.cache import verified
from modelops.cache.keys import keys_of
from modelops.parts import NOTHING, Login, cut
from modelops.pipeline import compile_sources
from modelops.plan.facts.providers import FEDERATED_CREDENTIALS
from modelops.synth.toolchain import node

INPUTS = "dev/infra/inputs.json"
MALARIA, MEASLES, SIR = workspace("malaria"), workspace("measles"), run("sir")
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    workspace("default"): (BLOB, ON_DISK),
    MALARIA: (None, BLOB, ON_DISK, f"{BLOB}workers: {{replicas: 3}}"),
    MEASLES: (None, BLOB),
    SIR: (None, in_azure("default"), in_azure("default", "trials: 7")),
}
UNITS = st.fixed_dictionaries({unit: st.sampled_from(specs) for unit, specs in CHOICES.items()})
"""Which units there are, and what they say."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return empty_cache(tmp_path, monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path / "project" / "generated")


@pytest.fixture
def no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, there is no Node."""
    link = tmp_path / "node"
    link.symlink_to(node())
    monkeypatch.setenv("MODELOPS_NODE", str(link))
    return link.unlink


@pytest.fixture
def slow_clock_is_past(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written just now counts as written long ago."""
    monkeypatch.setattr(sys.modules["modelops.disk.standing"], "FRESH", 0)


def sources(units: Mapping[str, str | None]) -> dict[str, bytes]:
    return on_azure({unit: spec for unit, spec in units.items() if spec is not None})


TWO = sources({MALARIA: BLOB, MEASLES: BLOB, SIR: in_azure("malaria")})


def accounts(project: Project) -> list[str]:
    """The namespaces whose workers log in."""
    tree = json.loads((project.generated / INPUTS).read_bytes())
    return [each["namespace"] for of in tree["identities"] for each in of["credentials"]]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(UNITS, min_size=2, max_size=4))
def test_after_any_edits_the_files_are_those_of_a_whole_compile(
    tmp_path: Path, states: list[dict[str, str | None]]
) -> None:
    project = Project(Path(tempfile.mkdtemp(dir=tmp_path)) / "generated")
    for units in states:
        project.compile(sources(units))
        assert project.files() == bytes_of(compile_sources(sources(units)))


@pytest.mark.usefixtures("slow_clock_is_past")
def test_where_nothing_changed_nothing_is_made_and_nothing_opened(
    project: Project, no_node: Callable[[], None]
) -> None:
    project.compile(TWO)
    before = project.files()
    no_node()
    assert project.compile(TWO).rebuilt == ()
    assert project.compile(TWO).files == len(before)
    assert project.files() == before


def test_who_comes_and_who_goes_changes_the_file_and_makes_nobody_else_anew(
    project: Project,
) -> None:
    everybody = {MALARIA: BLOB, MEASLES: BLOB, SIR: in_azure("malaria")}
    before = ["modelops-dask-dev-malaria", "modelops-system", "modelops-run-dev-sir"]
    project.compile(sources(everybody | {MEASLES: None}))
    assert accounts(project) == before

    came = project.compile(sources(everybody))
    assert [each.unit for each in came.rebuilt] == ["dev/workspaces/measles"]
    assert accounts(project) == [before[0], "modelops-dask-dev-measles", *before[1:]]

    went = project.compile(sources(everybody | {MEASLES: None}))
    assert went.rebuilt == ()
    assert accounts(project) == before

    changed = project.compile(sources(everybody | {MEASLES: ON_DISK}))
    assert [each.unit for each in changed.rebuilt] == ["dev/workspaces/measles"]
    assert accounts(project) == before
    assert project.files() == bytes_of(compile_sources(sources(everybody | {MEASLES: ON_DISK})))


def test_another_answer_of_azure_makes_those_anew_who_are_made_of_it(project: Project) -> None:
    project.compile(TWO)
    told = TWO | {CLOUD: TWO[CLOUD].replace(b"0a9d3c58", b"1a9d3c58")}
    assert told != TWO
    project.compile(told)
    assert project.files() == bytes_of(compile_sources(told))


def test_one_login_too_many_is_told_and_mended(project: Project) -> None:
    districts = {
        workspace(f"district-{number:02}"): BLOB for number in range(FEDERATED_CREDENTIALS + 1)
    }
    last = max(districts)
    fitting, crowded = sources(districts | {last: ON_DISK}), sources(districts)
    project.compile(fitting)
    before = project.files()

    told = project.compile(crowded).outcome
    assert told == compile_sources(crowded)
    assert [each.rule.code for each in told.diagnostics] == ["AZR009"]
    assert project.files() == before
    assert project.compile(fitting).rebuilt == ()


def test_verifying_finds_a_login_that_was_forged(project: Project, folder: Path) -> None:
    project.compile(TWO)
    assert verified(project.asked(TWO)).wrong == ()
    forge(folder, b"dev-measles_dask-worker", b"dev-another_dask-worker")
    assert verified(project.asked(TWO)).wrong == ("dev/workspaces/measles",)


def test_verifying_finds_a_file_of_logins_that_was_forged(project: Project, folder: Path) -> None:
    project.compile(TWO)
    forge(folder, f'"{INPUTS}":"'.encode(), f'"{INPUTS}":"0'.encode())
    assert verified(project.asked(TWO)).wrong == ("what the environments share",)


def test_what_is_shared_has_another_key_where_others_log_in() -> None:
    keys = keys_of("compiler", cut(TWO), {})
    login = Login("modelops-dev-results", {"name": "a_b", "namespace": "a", "serviceAccount": "b"})
    without = {MALARIA: NOTHING}
    assert keys.common(without) != keys.common({MALARIA: replace(NOTHING, logins=(login,))})
    assert keys.common(without) == keys.common(dict(without))
