"""What `status` reads: the plan's names are those of the manifests, and answers are understood."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelops.cli import stages
from modelops.planned import EnvironmentPlan
from modelops.status import (
    LABELS,
    State,
    WatchedRun,
    WatchedService,
    WatchedWorkspace,
    cluster,
    read,
    search,
    watched,
)
from modelops.status.troubles import pod_trouble
from modelops.status.watched import namespaces

ROOT = Path(__file__).parents[2]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
)
KEYS = st.sampled_from(["trials", "best", "rate", "state", "leader", "lastError", "results"])


@pytest.fixture(scope="module")
def plans() -> tuple[EnvironmentPlan, ...]:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in sorted((ROOT / "environments").rglob("*.yaml"))
    }
    outcome = stages.planned(sources)
    assert outcome.value is not None
    return outcome.value.environments


def generated(environment: str) -> list[dict[str, Any]]:
    files = sorted((ROOT / "generated" / environment).rglob("*.yaml"))
    return [body for file in files for body in yaml.safe_load_all(file.read_text()) if body]


def test_every_name_that_is_looked_for_is_one_of_the_manifests(
    plans: tuple[EnvironmentPlan, ...],
) -> None:
    kinds = set()
    for plan in plans:
        environment = watched(plan)
        found = {
            (body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"])
            for body in generated(environment.name)
            if "kustomize.config" not in body["apiVersion"]
        }
        assert ("Kustomization", environment.flux, environment.root) in found
        for unit in environment.units:
            kinds.add(type(unit))
            assert ("Namespace", "", unit.namespace) in found
            applied = unit.stages.values() if isinstance(unit, WatchedRun) else [unit.kustomization]
            for name in applied:
                assert ("Kustomization", environment.flux, name) in found
            for kind, name in workloads(unit):
                assert (kind, unit.namespace, name) in found
            if isinstance(unit, WatchedRun):
                assert ("Service", unit.plane, unit.scheduler) in found
                assert unit.binding is not None
                service = ("Service", unit.namespace, unit.binding.service)
                assert service in found or not unit.binding.service
    assert kinds == {WatchedRun, WatchedService, WatchedWorkspace}


def workloads(unit: WatchedRun | WatchedService | WatchedWorkspace) -> list[tuple[str, str]]:
    match unit:
        case WatchedWorkspace():
            names = (unit.scheduler, unit.workers, *unit.components)
            return [("Deployment", name) for name in names]
        case WatchedService():
            return [("Deployment", unit.workload)]
    return [unit.store] if unit.store else []


def test_everything_that_is_looked_for_has_the_label_that_is_asked_for() -> None:
    label, _, value = LABELS.partition("=")
    count = 0
    for body in (body for path in ("dev", "workshops") for body in generated(path)):
        if body["kind"] in {"Deployment", "StatefulSet", "Job"}:
            count += 1
            assert body["metadata"]["labels"][label] == value
            assert body["spec"]["template"]["metadata"]["labels"][label] == value
    assert count > 10


def test_the_pods_of_a_run_are_known_by_their_component(
    plans: tuple[EnvironmentPlan, ...],
) -> None:
    (plan,) = [plan for plan in plans if plan.name == "dev"]
    (run,) = watched(plan).runs
    told = cluster(generated("dev"), [], {})
    for component in (run.component, run.init):
        job = told.latest(run.namespace, component)
        assert job is not None
        assert job.name.startswith(component)
    assert namespaces([run]) == tuple(sorted({run.namespace, run.plane}))
    assert read(run, cluster([], [], {}), {}).state is State.ABSENT
    assert read(run, cluster([], None, {run.namespace: "no"}), {}).state is State.UNKNOWN


# --- pods ----------------------------------------------------------------------------------------


def container(**state: object) -> dict[str, Any]:
    return {"name": "worker", "restartCount": 4, "state": state, "lastState": {}}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ({"phase": "Running", "containerStatuses": [container(running={})]}, ""),
        (
            {
                "phase": "Pending",
                "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
            },
            "",
        ),
        ({"containerStatuses": [container(terminated={"exitCode": 0, "reason": "Completed"})]}, ""),
        (
            {
                "containerStatuses": [
                    container(terminated={"exitCode": 64, "message": "a\nno store\n"})
                ]
            },
            "worker: ended (exit code 64): no store",
        ),
        (
            {
                "containerStatuses": [
                    {
                        **container(
                            waiting={"reason": "CrashLoopBackOff", "message": "back-off 5m"}
                        ),
                        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    }
                ]
            },
            "worker: OOMKilled (exit code 137), restarted 4 times",
        ),
        (
            {
                "initContainerStatuses": [
                    container(waiting={"reason": "ErrImagePull", "message": "x"})
                ],
                "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
            },
            "worker: ErrImagePull: x",
        ),
        (
            {
                "phase": "Pending",
                "conditions": [
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": "Unschedulable",
                        "message": "0/3 nodes are available",
                    }
                ],
            },
            "Unschedulable: 0/3 nodes are available",
        ),
        ({"phase": "Failed", "reason": "Evicted", "message": "disk"}, "Evicted: disk"),
        ({}, ""),
    ],
)
def test_what_is_wrong_with_a_pod(status: dict[str, Any], told: str) -> None:
    assert pod_trouble(status) == told


# --- searches ------------------------------------------------------------------------------------


def test_a_search_is_found_among_other_lines() -> None:
    line = {"state": "running", "trials": {"wanted": 5, "completed": 2, "pruned": 1, "running": 2}}
    found = search('{"level": "info"}\n' + json.dumps(line) + "\nbye\n")
    assert found is not None
    assert (found.state, found.done, found.wanted, found.loss) == ("running", 3, 5, None)


@given(st.dictionaries(KEYS, JSON))
def test_what_is_no_search_is_none(told: dict[str, Any]) -> None:
    found = search(json.dumps(told))
    assert found is None or found.wanted is not None


@pytest.mark.parametrize(
    "text", ["", "hello", "[]", "{}", '{"state": "unreachable", "trials": null}']
)
def test_what_says_nothing_of_trials(text: str) -> None:
    assert search(text) is None
