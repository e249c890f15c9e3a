"""The stage `plan`: every check fires at the exact place, and is silent on its neighbour."""

from collections.abc import Iterable
from importlib.resources import files

import pytest
from tests.unit import (
    check_cases_of_azure,
    check_cases_of_capacity,
    check_cases_of_clouds,
    check_cases_of_compatibility,
    check_cases_of_dask,
    check_cases_of_images,
    check_cases_of_names,
    check_cases_of_runs,
    check_cases_of_searches,
    check_cases_of_services,
    check_cases_of_stores,
    check_cases_of_workers,
)
from tests.unit.check_case import Case
from tests.unit.small_tree import MALARIA, planned, sources, told, unmarked

from modelops import pipeline
from modelops.diagnostics import Diagnostic
from modelops.plan.checks import (
    CONFIGURATION_CHECKS,
    RUN_CHECKS,
    SERVICE_CHECKS,
    UNIT_CHECKS,
    WORKSPACE_CHECKS,
)

CASES = (
    *check_cases_of_azure.CASES,
    *check_cases_of_capacity.CASES,
    *check_cases_of_clouds.CASES,
    *check_cases_of_compatibility.CASES,
    *check_cases_of_dask.CASES,
    *check_cases_of_workers.CASES,
    *check_cases_of_images.CASES,
    *check_cases_of_names.CASES,
    *check_cases_of_runs.CASES,
    *check_cases_of_searches.CASES,
    *check_cases_of_services.CASES,
    *check_cases_of_stores.CASES,
)
OF_UNITS = (*UNIT_CHECKS, *WORKSPACE_CHECKS, *RUN_CHECKS, *SERVICE_CHECKS)
CHECKS = {check.__name__ for check in (*OF_UNITS, *CONFIGURATION_CHECKS)}


def of_its_rules(case: Case, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings by the rules that a case is about: others may doubt the same few lines."""
    codes = {what.split()[1] for what in case.told}
    return [one for one in findings if one.rule.code in codes]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_fires_where_the_mistake_is(case: Case) -> None:
    specs, places = unmarked({**case.around, **case.broken})
    findings = of_its_rules(case, planned(specs).diagnostics)
    wanted = [f"{what} {place}" for what, place in zip(case.told, places, strict=True)]
    assert sorted(told(findings)) == sorted(wanted)
    assert [fragment for fragment in case.says if fragment not in findings[0].message] == []
    assert all(one.help for one in findings)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_is_silent_on_its_neighbour(case: Case) -> None:
    outcome = planned({**case.around, **case.mended})
    assert told(of_its_rules(case, outcome.diagnostics)) == []
    assert outcome.value is not None


def test_every_check_has_a_case() -> None:
    assert {case.check for case in CASES} == CHECKS


def test_every_file_of_checks_is_listed() -> None:
    folder = files("modelops.plan") / "checks"
    stems = {one.name.removesuffix(".py") for one in folder.iterdir() if one.name.endswith(".py")}
    assert stems - {"__init__"} == CHECKS


def test_all_findings_are_told_at_once_the_worst_first() -> None:
    spec = """\
labels: {modelops.io/env: x}
scheduler: {pool: gpu}
workers: {image: 'quay.io/x/dask:1', memory: {perProcess: 9Gi}}
"""
    assert told(planned({MALARIA: spec}).diagnostics) == [
        f"error NAM007 {MALARIA}:4:12",
        f"error FIT003 {MALARIA}:5:21",
        f"error DSK001 {MALARIA}:6:61",
        f"warning IMG001 {MALARIA}:6:20",
    ]


def test_the_small_tree_itself_compiles() -> None:
    """Else every neighbour would prove less than it seems to."""
    assert pipeline.judge(sources({})).diagnostics == ()
