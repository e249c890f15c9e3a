"""The program on one page: each stage after the other, until one finds an error."""

import pytest
from tests.unit.small_tree import (
    BASE,
    DEBUG,
    DEV,
    IMAGES,
    MALARIA,
    environment,
    sources,
    told,
)

from modelops.diagnostics import Tier
from modelops.documents import Layered, Preview
from modelops.load import load_settings
from modelops.manifests import Artefacts, Manifests
from modelops.model import Configuration
from modelops.pipeline import arrange, compile_sources, configure, judge

POLIO = "environments/dev/workspaces/polio.yaml"
UNPINNED = """\
registry: quay.io/epi-models
images:
  dask-scheduler: {repository: dask, tag: "1.4"}
  dask-worker: {repository: dask-worker, tag: "1.4", executors: [isolated_warm]}
"""


def test_each_door_leads_as_far_as_it_says() -> None:
    tree = sources({})
    assert isinstance(arrange(tree).value, Layered)
    assert isinstance(configure(tree).value, Configuration)
    assert isinstance(judge(tree).value, Manifests)
    assert isinstance(compile_sources(tree).value, Artefacts)


@pytest.mark.parametrize("tier", Tier)
def test_how_severe_a_finding_is_reaches_the_last_checks(tier: Tier) -> None:
    kept = "defaults: {workspace: {results: {kind: volume}}}"
    judged = judge(sources({DEV: environment(rest=f"tier: {tier}\n{kept}")})).value
    assert judged is not None
    assert [one.tier for one in judged.environments] == [tier]


def test_a_tree_becomes_files() -> None:
    compiled = compile_sources(sources({})).value
    assert compiled is not None
    (dev,) = compiled.environments
    assert [file.path for file in dev.files] == [
        "dev/bootstrap/kustomization.yaml",
        "dev/bootstrap/root.yaml",
        "dev/bootstrap/source.yaml",
        "dev/flux/kustomization.yaml",
        "dev/flux/platform.yaml",
        "dev/flux/ws-malaria.yaml",
        "dev/platform/kustomization.yaml",
        "dev/platform/priority-classes.yaml",
        "dev/platform/storage-classes.yaml",
        *(
            f"dev/workspaces/malaria/{name}.yaml"
            for name in (
                "accounts",
                "config",
                "kustomization",
                "namespace",
                "network",
                "scheduler",
                "workers",
            )
        ),
    ]
    assert dev.inventory.path == "dev/inventory.json"


def test_no_sources_are_no_environments() -> None:
    assert judge({}).value == Manifests(())
    assert compile_sources({}).value == Artefacts(())


# --- an error ends it ----------------------------------------------------------------------------

BAD_YAML = {**sources({}), MALARIA: b"a: [", POLIO: b"b: {"}
"""What `load` refuses."""

LATER = sources({POLIO: "workers: {pool: none}"})
"""What `plan` refuses."""


@pytest.mark.parametrize(
    ("tree", "findings"),
    [
        ({**LATER, MALARIA: b"a: ["}, [f"error CFG010 {MALARIA}:1:5"]),  # load
        (
            {**LATER, **sources({MALARIA: "profile: none"}), POLIO: LATER[POLIO]},
            [f"error CFG003 {MALARIA}:4:12"],  # layer
        ),
        (
            sources({MALARIA: "workers: {pols: x}", POLIO: "workers: {pool: none}"}),
            [f"error CFG001 {MALARIA}:4:13"],  # validate
        ),
        (LATER, [f"error FIT003 {POLIO}:4:19"]),  # plan
    ],
    ids=["load", "layer", "validate", "plan"],
)
def test_the_stage_that_finds_an_error_is_the_last(
    tree: dict[str, bytes], findings: list[str]
) -> None:
    for door in (judge, compile_sources):
        outcome = door(tree)
        assert outcome.value is None
        assert told(outcome.diagnostics) == findings


def test_all_errors_of_a_stage_are_told() -> None:
    assert [one.at.file for one in judge(BAD_YAML).diagnostics] == [MALARIA, POLIO]


def test_an_earlier_door_does_not_see_what_a_later_stage_finds() -> None:
    assert arrange(LATER).diagnostics == configure(LATER).diagnostics == ()


def test_a_warning_is_told_and_stops_nothing() -> None:
    for door in (judge, compile_sources):
        outcome = door(sources({IMAGES: UNPINNED}))
        assert outcome.value is not None
        assert told(outcome.diagnostics) == [
            f"warning IMG001 {IMAGES}:6:5",
            f"warning IMG001 {IMAGES}:7:5",
        ]


def test_a_warning_is_told_beside_an_error() -> None:
    outcome = judge(sources({IMAGES: UNPINNED, MALARIA: "workers: {pool: none}"}))
    assert [one.severity for one in outcome.diagnostics] == ["error", "warning", "warning"]


# --- previews ------------------------------------------------------------------------------------


def threads(preview: Preview) -> list[int]:
    specs = {
        BASE: "workspace: {workers: {threads: 2}}",
        DEBUG: "overrides: {workspace: {workers: {threads: 1}}}",
        DEV: environment(),
        POLIO: "workers: {threads: 3}",
    }
    configured = configure(sources(specs), preview).value
    assert configured is not None
    return [one.spec.workers.threads for one in configured.environments[0].workspaces]


def test_a_preview_is_the_highest_layer_of_every_door() -> None:
    settings = load_settings(["workspaces/polio:workers.threads=8"]).value
    assert settings is not None
    assert threads(Preview()) == [2, 3]
    assert threads(Preview(settings)) == [2, 8]
    assert threads(Preview(profiles=("debug",))) == [1, 1]
    preview = Preview(settings)
    tree = sources({POLIO: "workers: {threads: 3}"})
    assert judge(tree, preview).value != judge(tree).value
    assert compile_sources(tree, preview).value != compile_sources(tree).value
