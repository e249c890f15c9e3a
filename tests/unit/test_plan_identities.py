"""Who logs in to Azure: identities follow from the environment, logins from the units."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.azure_tree import (
    BLOB,
    FACTS,
    ON_AZURE,
    ON_DISK,
    RESULTS_CLIENT,
    in_azure,
    on_azure,
    run,
    workspace,
)
from tests.unit.check_cases_of_runs import OF_RUNS
from tests.unit.small_tree import CLOUD, DEV, IMAGES, MALARIA, dev

from modelops.cli.status_text import page
from modelops.explain import How, fields
from modelops.manifests import Body
from modelops.pipeline import judge, remember
from modelops.planned import EnvironmentPlan, WorkspacePlan
from modelops.planned.azure import IdentityInputs
from modelops.status import Kept, WatchedRun, cluster, read, watched

FILES = "bundles: {source: file}\n"


def planned(units: Mapping[str, str], dev_spec: str = ON_AZURE) -> EnvironmentPlan:
    return dev({IMAGES: OF_RUNS, DEV: dev_spec, CLOUD: FACTS, **units})


def malaria(spec: str) -> WorkspacePlan:
    (found,) = planned({MALARIA: spec}).workspaces
    return found


def identities(plan: EnvironmentPlan) -> dict[str, IdentityInputs]:
    assert plan.infra is not None
    return {each.purpose: each for each in plan.infra.inputs.identities}


def subjects(of: IdentityInputs) -> list[tuple[str, str]]:
    return [(each.namespace, each.service_account) for each in of.credentials]


def test_identities_are_there_before_a_unit_needs_one() -> None:
    found = identities(planned({MALARIA: ON_DISK}))
    assert {purpose: each.name for purpose, each in found.items()} == {
        "results": "modelops-dev-results",
        "secrets": "modelops-dev-secrets",
        "store": "modelops-dev-store",
    }
    assert found["results"].credentials == found["store"].credentials == ()


@pytest.mark.parametrize(
    ("line", "purpose"),
    [
        ("  storage: {name: modelsdev}", "results"),
        ("  postgres: {}", "store"),
        ("  keyVault: {enabled: true, secretStore: vault}", "secrets"),
    ],
)
def test_there_is_no_identity_for_what_is_not_there(line: str, purpose: str) -> None:
    assert line in ON_AZURE
    found = identities(planned({MALARIA: ON_DISK}, ON_AZURE.replace(line, "")))
    assert purpose not in found
    assert len(found) == 2


def test_each_unit_that_logs_in_has_one_credential_and_no_other_unit_has() -> None:
    units = {
        MALARIA: BLOB,
        workspace("default"): BLOB,
        workspace("measles"): ON_DISK,
        run("sir"): in_azure("malaria"),
        run("flu"): in_azure("measles").replace("azureFlexible", "inCluster"),
    }
    found = identities(planned(units))
    assert subjects(found["results"]) == [
        ("modelops-dask-dev-malaria", "dask-worker"),
        ("modelops-dask-dev", "dask-worker"),
    ]
    assert subjects(found["store"]) == [("modelops-run-dev-sir", "run-worker")]
    assert subjects(found["secrets"]) == [("modelops-system", "key-vault")]


GOLDEN = Path(__file__).parents[1] / "golden"
LOGINS = on_azure({MALARIA: BLOB, run("sir"): in_azure("malaria")})
NONE_YET = {
    path.relative_to(GOLDEN / "an-environment-on-azure").as_posix(): path.read_bytes()
    for path in (GOLDEN / "an-environment-on-azure" / "environments").rglob("*.yaml")
}


@pytest.mark.parametrize("sources", [LOGINS, NONE_YET], ids=["logins", "none yet"])
def test_every_field_has_an_explanation(sources: Mapping[str, bytes]) -> None:
    manifests = remember(sources).value
    assert manifests is not None
    found = tuple(fields(manifests))
    assert [one for one in found if one.how is How.UNKNOWN] == []
    assert any("identities" in one.path for one in found)


def test_who_workers_are_leads_to_the_line_that_azure_told() -> None:
    manifests = remember(on_azure({MALARIA: BLOB})).value
    assert manifests is not None
    asked = ("azure.workload.identity/client-id", "azure.workload.identity/use")
    told = [one for one in fields(manifests) if one.path[-1] in asked and "dask" in one.owner.name]
    assert len(told) == 2
    for one in told:
        assert {setting.subject for setting in one.settings} == {CLOUD}


# --- results in a container ----------------------------------------------------------------------


def test_workers_are_the_identity_and_the_scheduler_is_nobody() -> None:
    there, elsewhere = malaria(BLOB), malaria(ON_DISK)
    assert there.workers.pod.identity == RESULTS_CLIENT
    assert there.scheduler.pod.identity == elsewhere.workers.pod.identity == ""


def test_the_runtime_is_told_the_container_and_a_place_of_its_own_in_it() -> None:
    assert json.loads(malaria(BLOB).config.text)["results"] == {
        "kind": "blob",
        "endpoint": "https://modelsdev.blob.core.windows.net/",
        "container": "results",
        "prefix": "malaria",
    }


def test_nothing_of_them_is_on_a_disk() -> None:
    there, elsewhere = malaria(BLOB), malaria(ON_DISK)
    names = [volume.name for volume in elsewhere.workers.pod.volumes]
    assert [volume.name for volume in there.workers.pod.volumes] == [
        name for name in names if name != "results"
    ]
    assert there.claims == ()
    assert not there.keep
    less = elsewhere.workers.pod.amounts.disk_limit - there.workers.pod.amounts.disk_limit
    assert less == 5 << 30, "the default of ephemeral results"


def outside(plan: WorkspacePlan) -> list[int]:
    """The ports outside the cluster that workers reach."""
    (policy,) = [each for each in plan.policies if each.name == plan.workers.name]
    return [
        allowed.ports.first
        for flow in policy.egress or ()
        for allowed in flow.ports
        if any(getattr(peer, "cidr", "") == "0.0.0.0/0" for peer in flow.peers)
    ]


def test_workers_reach_the_account_and_each_port_is_opened_once() -> None:
    assert outside(malaria(f"{FILES}{ON_DISK}")) == []
    assert outside(malaria(f"{FILES}{BLOB}")) == [443]
    assert outside(malaria(BLOB)) == [443]
    registry = "bundles: {registry: 'registry.example.org:5000'}\n"
    assert outside(malaria(f"{registry}{BLOB}")) == [443, 5000]


def objects(spec: str) -> list[Body]:
    judged = judge(on_azure({MALARIA: spec}))
    assert judged.value is not None, judged.diagnostics
    (held,) = judged.value.environments
    return [
        body
        for unit in held.units
        if "workspaces" in unit.name
        for component in unit.components
        for body in component.objects
    ]


def test_only_pods_bear_the_label_that_aks_looks_for() -> None:
    """No selector does: it would have to change with the label, and it cannot."""
    label = "azure.workload.identity/use"
    found = {
        body["metadata"]["name"]: body["spec"]
        for body in objects(BLOB)
        if body["kind"] == "Deployment"
    }
    labels = {name: spec["template"]["metadata"]["labels"] for name, spec in found.items()}
    assert labels["dask-worker"][label] == "true"
    assert label not in labels["dask-scheduler"]
    selectors = [spec["selector"] for spec in found.values()]
    assert label not in json.dumps(selectors)
    assert label not in json.dumps(objects(ON_DISK))


def watched_run(spec: str) -> WatchedRun:
    units = {MALARIA: spec, run("sir"): in_azure("malaria")}
    (found,) = watched(planned(units)).runs
    return found


def test_status_knows_where_results_are() -> None:
    found = watched_run(BLOB)
    assert found.kept is Kept.CONTAINER
    assert found.results == ("https://modelsdev.blob.core.windows.net/results/malaria/runs/dev/sir")
    assert watched_run(ON_DISK).kept is Kept.POD
    assert watched_run("results: {kind: volume}").kept is Kept.VOLUME


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (BLOB, "to be in https://modelsdev.blob.core.windows.net/results/malaria/runs/dev/sir"),
        (
            "results: {kind: volume}",
            "to be in /var/lib/modelops/results/runs/dev/sir, in the workers of malaria",
        ),
    ],
)
def test_status_tells_whose_folder_it_is_where_it_is_anybody_s(spec: str, told: str) -> None:
    reading = read(watched_run(spec), cluster([], [], {}), {})
    lines = page(reading, "dev", (), 200).splitlines()
    (line,) = [line for line in lines if line.split()[:1] == ["results"]]
    assert line.strip().removeprefix("results").strip() == told


def test_a_workspace_of_another_kind_says_what_it_always_said() -> None:
    told: dict[str, Any] = json.loads(malaria(ON_DISK).config.text)["results"]
    assert told == {
        "kind": "ephemeral",
        "directory": "/var/lib/modelops/results",
        "sizeBytes": 5 << 30,
    }


def test_who_logs_in_to_nothing_is_not_counted() -> None:
    """That there is nothing is told by another check, of each of them."""
    units = {workspace(f"district-{each:02}"): BLOB for each in range(21)}
    found = judge(on_azure({**units, DEV: ON_AZURE.replace("  storage: {name: modelsdev}", "")}))
    assert {one.rule.code for one in found.diagnostics} == {"CFG011"}


def test_runs_are_counted_for_an_identity_of_their_own() -> None:
    """Twenty of each fit: they are two identities."""
    fitting = {run(f"trial-{each:02}"): in_azure("malaria") for each in range(20)}
    fitting |= {workspace(f"district-{each:02}"): BLOB for each in range(19)} | {MALARIA: BLOB}
    assert judge(on_azure(fitting)).diagnostics == ()
    (told,) = judge(on_azure(fitting | {run("trial-20"): in_azure("malaria")})).diagnostics
    assert told.rule.code == "AZR009"
    assert "21 runs log in as `modelops-dev-store`" in told.message
    assert [note.at.file for note in told.notes] == [run("trial-20")]
