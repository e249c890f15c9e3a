"""Rules of runs, stores and Secrets that no input can break: what makes it so."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest
from tests.unit.check_cases_of_runs import OF_RUNS, SEARCH, SIR
from tests.unit.runs import NAMESPACE, judged, objects, one, specs
from tests.unit.small_tree import DEV, IMAGES, environment, planned, sources
from tests.unit.test_impossible_dask_rules import rendered

from modelops import names
from modelops.model.store import PostgresVersion
from modelops.pipeline import configure, judge

READER = """\
secrets: {storage: {existing: true}, made: {generate: [token]}}
secretEnv: {USER_NAME: {secret: storage, key: user}, TOKEN: {secret: made, key: token}}
store: {backup: {}}
"""
OPERATED = environment(
    "features: {externalSecrets: true, networkPolicy: calico}",
    rest="secrets: {provider: externalSecrets, store: vault}",
)
PRUNE = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}


def maps(value: object) -> Iterator[Mapping[str, Any]]:
    """Every map anywhere in an object."""
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from maps(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from maps(inner)


def codes(**files: str) -> list[str]:
    """The rules that a run with these lines breaks."""
    outcome = planned({**specs(files["run"])})
    return [one.rule.code for one in outcome.diagnostics]


# --- Secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "declared", ["", "secrets: {storage: {generate: [token]}}"], ids=["no Secret", "no key"]
)
def test_what_no_secret_provides_is_told_as_ver002(declared: str) -> None:
    """SEC003: the same mistake, told once, where the Secret is named."""
    reads = "secretEnv: {USER_NAME: {secret: storage, key: user}}\n"
    assert codes(run=reads + declared) == ["VER002"]
    assert codes(run=reads + "secrets: {storage: {existing: true}}") == []


def test_no_secret_is_optional() -> None:
    """SEC007: neither of a variable nor of a volume, in any example or golden tree.

    But for what the Jobs that wait for a pull secret look at.
    """
    found = [
        body
        for body in (*rendered(), *objects(READER))
        if not (body["kind"] == "Job" and names.PULL_CHECK in body["metadata"]["name"])
    ]
    references = [
        each[field]
        for body in found
        for each in maps(body)
        for field in ("secretKeyRef", "secret", "secretRef")
        if isinstance(each.get(field), Mapping)
    ]
    assert len(references) > 20
    assert [each for each in references if each.get("optional")] == []
    spec = READER.replace("key: user", "key: user, optional: true")
    assert [one.rule.code for one in configure(sources(specs(spec))).diagnostics] == ["CFG001"]


def test_no_secret_is_of_another_namespace() -> None:
    """SEC008: a reference has a name and a key, and the pod reads beside itself."""
    references = [
        each["secretKeyRef"]
        for body in objects(READER)
        for each in maps(body)
        if "secretKeyRef" in each
    ]
    assert {frozenset(each) for each in references} == {frozenset({"name", "key"})}
    spec = READER.replace("key: user", "key: user, namespace: shared")
    assert [one.rule.code for one in configure(sources(specs(spec))).diagnostics] == ["CFG001"]


def test_values_are_made_once() -> None:
    """SEC009: by a Job that may not write what is there, or as a Secret that nobody can change."""
    (role,) = [one for one in objects(READER) if one["kind"] == "Role"]
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"create", "get"}
    made = [
        body["spec"]
        for body in objects(READER, OPERATED)
        if body["kind"] == "ExternalSecret" and "dataFrom" in body["spec"]
    ]
    assert len(made) == 3
    for spec in made:
        assert spec["refreshPolicy"] == "CreatedOnce"
        assert spec["target"]["immutable"] is True
        assert spec["target"]["creationPolicy"] == "Orphan"


# --- stores --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", PostgresVersion)
def test_a_store_begins_below_the_root_of_a_disk_of_its_own(version: PostgresVersion) -> None:
    """STO004: a folder below the mount, the image's group, and a claim that no field removes."""
    image = (
        f"postgres-{version}: {{repository: quay.io/pg, digest: 'sha256:{'9e' * 32}', user: 77}}"
    )
    more = {} if version == "17" else {"image": image}
    stateful = one("StatefulSet", "store", objects(f"store: {{version: '{version}'}}", **more))
    pod = stateful["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (claim,) = stateful["spec"]["volumeClaimTemplates"]
    (mount,) = [
        PurePosixPath(mount["mountPath"])
        for mount in container["volumeMounts"]
        if mount["name"] == claim["metadata"]["name"]
    ]
    (data,) = [entry["value"] for entry in container["env"] if entry["name"] == "PGDATA"]
    assert mount in PurePosixPath(data).parents
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsUser"]
    for field in ("persistence", "pgdata"):
        broken = configure(sources(specs(f"store: {{{field}: false}}")))
        assert [one.rule.code for one in broken.diagnostics] == ["CFG001"]


def test_what_is_kept_is_kept_from_flux() -> None:
    """STO007: claims, and the namespace around them; a claim template goes with nothing."""
    found = objects("store: {backup: {}}")
    claim = one("PersistentVolumeClaim", "store-backups", found)
    for body in (claim, one("Namespace", NAMESPACE, found)):
        assert body["metadata"]["annotations"].items() >= PRUNE.items()
    policy = one("StatefulSet", "store", found)["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert set(policy.values()) == {"Retain"}
    gone = one(
        "PersistentVolumeClaim", "store-backups", objects("store: {retain: false, backup: {}}")
    )
    assert not gone["metadata"]["annotations"].items() >= PRUNE.items()


# --- Jobs and workspaces -------------------------------------------------------------------------

CHANGES = {
    "secret-bootstrap": READER.replace("[token]", "[token, salt]"),
    "store-init": READER.replace("backup: {}", "user: another, backup: {}"),
    "run-worker": READER + "trials: 201\n",
}


@pytest.mark.parametrize("job", CHANGES)
def test_a_job_that_changes_has_another_name(job: str) -> None:
    """GIT010: whatever is in it is in the hash that its name ends in."""
    before, after = one("Job", job, objects(READER)), one("Job", job, objects(CHANGES[job]))
    assert before["spec"] != after["spec"]
    assert before["metadata"]["name"] != after["metadata"]["name"]


def test_every_job_is_named_by_its_content() -> None:
    """GIT010: no two Jobs of one name differ, over all examples and golden trees."""
    named: dict[tuple[str, str], Any] = {}
    jobs = [body for body in rendered() if body["kind"] == "Job"]
    assert len(jobs) > 5
    for body in jobs:
        space, name = body["metadata"]["namespace"], body["metadata"]["name"]
        assert named.setdefault((space, name), body["spec"]) == body["spec"]


def test_a_run_works_on_a_workspace_of_its_own_environment() -> None:
    """JOB006: the address follows from the environment, and there is no field for another."""
    prod = DEV.replace("/dev/", "/prod/")
    sir = SIR.replace("/dev/", "/prod/")
    malaria = "environments/prod/workspaces/malaria.yaml"
    tree = {**specs(), IMAGES: OF_RUNS, prod: environment(), sir: SEARCH, malaria: "{}"}
    outcome = judge(sources(tree))
    assert outcome.value is not None
    for held in outcome.value.environments:
        texts = {
            entry["value"]
            for unit in held.units
            if "/runs/" in unit.name
            for part in unit.components
            for body in part.objects
            for entry in maps(body)
            if entry.get("name") == "DASK_SCHEDULER_ADDRESS"
        }
        (address,) = texts
        assert f".modelops-dask-{held.name}-malaria.svc" in address
    (dev,) = judged().environments
    assert dev.name == "dev"
