"""Who logs in to Azure stands in one file for all units: in parts, or as a whole."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.azure_tree import BLOB, ON_DISK, in_azure, on_azure, run, workspace

from modelops.diagnostics import Diagnostic, Outcome
from modelops.manifests import Artefacts
from modelops.parts import Known, Part, crew, cut
from modelops.parts.join import join
from modelops.pipeline import compile_sources, unobserved
from modelops.plan.facts.providers import FEDERATED_CREDENTIALS

INPUTS = "dev/infra/inputs.json"
UNITS = {
    workspace("default"): BLOB,
    workspace("malaria"): BLOB,
    workspace("measles"): ON_DISK,
    run("sir"): in_azure("malaria"),
    run("flu"): in_azure("measles"),
}
SOURCES = on_azure(UNITS)
LEAVES = tuple(cut(SOURCES).leaves)
WHOLE = compile_sources(SOURCES)


def parts(
    sources: Mapping[str, bytes],
    leaves: tuple[str, ...],
    known: Mapping[str, Known] | None = None,
    jobs: int = 1,
) -> tuple[Outcome[Part], ...]:
    return crew.compile_parts(cut(sources), leaves, known or {}, jobs, {}, unobserved)


def known(sources: Mapping[str, bytes]) -> dict[str, Known]:
    made = (part.value for part in parts(sources, tuple(cut(sources).leaves)))
    return {leaf: each.known for part in made if part for leaf, each in part.leaves.items()}


KNOWN = known(SOURCES)


def bytes_of(outcome: Outcome[Artefacts] | None) -> dict[str, bytes]:
    assert outcome is not None
    assert outcome.value is not None, outcome.diagnostics
    (environment,) = outcome.value.environments
    return {file.path: file.content for file in (*environment.files, environment.inventory)}


def accounts(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """The namespaces that each identity trusts an account of."""
    return {
        identity["purpose"]: [each["namespace"] for each in identity["credentials"]]
        for identity in json.loads(files[INPUTS])["identities"]
    }


def test_the_environment_has_logins_of_every_purpose() -> None:
    """Else the laws would hold of nothing."""
    assert accounts(bytes_of(WHOLE)) == {
        "results": ["modelops-dask-dev-malaria", "modelops-dask-dev"],
        "secrets": ["modelops-system"],
        "store": ["modelops-run-dev-flu", "modelops-run-dev-sir"],
    }


# --- in parts ------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(st.sets(st.sampled_from(LEAVES)))
def test_it_is_all_one_whose_logins_are_known(leaves: set[str]) -> None:
    made = tuple(leaf for leaf in LEAVES if leaf in leaves)
    rest = {leaf: each for leaf, each in KNOWN.items() if leaf not in leaves}
    joined, whole = join(parts(SOURCES, made, rest), rest), bytes_of(WHOLE)
    files = bytes_of(joined)
    assert files.items() <= whole.items()
    assert files[INPUTS] == whole[INPUTS]
    assert joined is not None
    assert joined.diagnostics == WHOLE.diagnostics


@pytest.mark.parametrize(("jobs", "portion"), [(1, 1), (2, 500), (2, 1)])
def test_it_is_all_one_how_many_parts_there_are(
    jobs: int, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "WORTH", 1)
    monkeypatch.setattr(crew, "PORTION", portion)
    made = parts(SOURCES, LEAVES, jobs=jobs)
    assert len(made) > 1
    assert bytes_of(join(made, {})) == bytes_of(WHOLE)


# --- more than there can be ----------------------------------------------------------------------


def districts(count: int) -> dict[str, str]:
    return {workspace(f"district-{number:02}"): BLOB for number in range(count)}


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [each.rule.code for each in found]


def test_one_login_too_many_is_found_by_a_whole_compile_alone() -> None:
    """Whoever makes the last one alone sees one."""
    fitting = on_azure(districts(FEDERATED_CREDENTIALS))
    crowded = on_azure(districts(FEDERATED_CREDENTIALS + 1))
    (last,) = crowded.keys() - fitting.keys()
    rest = known(fitting)
    first = min(rest)
    less = {leaf: each for leaf, each in rest.items() if leaf != first}
    whole = bytes_of(compile_sources(fitting))
    assert bytes_of(join(parts(fitting, (first,), less), less)).items() <= whole.items()
    assert join(parts(crowded, (last,), rest), rest) is None
    assert codes(compile_sources(crowded).diagnostics) == ["AZR009"]


def test_an_error_beside_as_many_as_there_can_be_needs_a_whole_compile() -> None:
    """There may be too many, which only all of them together show."""
    broken = {workspace("b"): f"{BLOB}workers: {{pool: gpu}}"}
    sources = on_azure({**districts(FEDERATED_CREDENTIALS), **broken})
    login = KNOWN[workspace("malaria")]
    full = dict.fromkeys(districts(FEDERATED_CREDENTIALS), login)
    assert join(parts(sources, (workspace("b"),), full), full, made=1) is None
    first, *_ = full
    less = {leaf: each for leaf, each in full.items() if leaf != first}
    joined = join(parts(sources, (workspace("b"),), less), less, made=1)
    assert joined is not None
    assert codes(joined.diagnostics) == ["FIT003"]
    assert join(parts(sources, (workspace("b"),), less), less, made=2) is None
    alone = {workspace("c"): KNOWN[workspace("measles")]}
    joined = join(parts(sources, (workspace("b"),), alone), alone)
    assert joined is not None
    assert codes(joined.diagnostics) == ["FIT003"]
