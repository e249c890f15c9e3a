"""Accepted warnings: gone where they were, told where they were not, and never errors."""

from tests.unit.small_tree import DEV, MALARIA, environment, planned, told

SMALL = "workers: {resources: {memory: 2Gi}}\n"
"""Breaks DSK003, a warning."""


def test_an_accepted_warning_is_gone() -> None:
    assert told(planned({MALARIA: SMALL}).diagnostics) == [f"warning DSK003 {MALARIA}:4:33"]
    assert told(planned({MALARIA: f"{SMALL}accept: {{DSK003: tiny}}"}).diagnostics) == []


def test_only_what_is_accepted_is_gone() -> None:
    spec = f"{SMALL}scheduler: {{resources: {{memory: 512Mi}}}}\naccept: {{DSK003: tiny}}"
    assert told(planned({MALARIA: spec}).diagnostics) == [f"warning DSK011 {MALARIA}:5:35"]


def test_an_acceptance_of_nothing_is_told_at_its_key() -> None:
    spec = f"{SMALL}accept: {{DSK003: tiny, DSK011: old}}"
    (finding,) = planned({MALARIA: spec}).diagnostics
    assert told([finding]) == [f"warning CFG004 {MALARIA}:5:26"]
    assert "DSK011" in finding.message
    assert "malaria" in finding.message


def test_beside_an_error_no_acceptance_is_called_unused() -> None:
    spec = "workers: {pool: gpu}\naccept: {DSK011: old}"
    assert told(planned({MALARIA: spec}).diagnostics) == [f"error FIT003 {MALARIA}:4:19"]


def test_what_a_tier_makes_an_error_cannot_be_accepted() -> None:
    production = environment(
        rest="tier: production\ndefaults: {workspace: {results: {kind: volume}}}"
    )
    spec = f"{SMALL}accept: {{DSK003: tiny}}"
    found = planned({DEV: production, MALARIA: spec}).diagnostics
    assert told(found) == [f"error DSK003 {MALARIA}:4:33"]


def test_an_acceptance_of_unused_acceptances_is_itself_judged() -> None:
    spec = "accept: {CFG004: I like it so}"
    assert told(planned({MALARIA: spec}).diagnostics) == [f"warning CFG004 {MALARIA}:4:12"]
