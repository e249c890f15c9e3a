"""Rules that no input can break: the fields are refused, and what is rendered keeps to them.

What is rendered is looked at over every example and over every golden tree that compiles.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.unit.small_tree import BASE, MALARIA, sources, told

from modelops.pipeline import judge

ROOT = Path(__file__).parents[2]
TREES = (ROOT, *sorted(path.parent for path in ROOT.glob("tests/golden/*/environments")))
Body = Mapping[str, Any]


@cache
def rendered() -> tuple[Body, ...]:
    """Every object of every tree that nothing is wrong with."""
    found = []
    for tree in TREES:
        files = {
            path.relative_to(tree).as_posix(): path.read_bytes()
            for path in sorted((tree / "environments").rglob("*.yaml"))
        }
        judged = judge(files).value
        for environment in judged.environments if judged else ():
            for unit in environment.units:
                found += [body for component in unit.components for body in component.objects]
    return tuple(found)


def deployments(name: str) -> list[Body]:
    """The Deployments of this name, of all workspaces."""
    found = [
        body
        for body in rendered()
        if body["kind"] == "Deployment" and body["metadata"]["name"] == name
    ]
    assert len(found) > 5
    return found


def pods(value: object) -> Iterator[Body]:
    """Every pod's spec anywhere in an object."""
    if isinstance(value, Mapping):
        if "containers" in value:
            yield value
        for inner in value.values():
            yield from pods(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from pods(inner)


def findings(spec: str, base: str = "{}") -> list[str]:
    """What is told of a workspace, without places."""
    outcome = judge(sources({BASE: base, MALARIA: spec}))
    return [" ".join(one.split()[:2]) for one in told(outcome.diagnostics)]


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ("workers: {env: [{name: A, value: x}]}", "CFG011"),
        ("workers: {secretEnv: [{name: A}]}", "CFG011"),
        ("secrets: [web]", "CFG011"),
        ("network: {egress: [{cidr: 10.0.0.0/8}]}", "CFG011"),
        ("labels: [team]", "CFG011"),
        ("workers: {env: {A: x, A: y}}", "CFG010"),
    ],
)
def test_what_layers_merge_is_a_map_by_name(spec: str, code: str) -> None:
    assert findings(spec) == [f"error {code}"]


def test_a_list_is_replaced_whole() -> None:
    base = "workspace: {network: {egress: {a: {cidr: 10.0.0.0/8, ports: [1, 2]}}}}"
    judged = judge(sources({BASE: base, MALARIA: "network: {egress: {a: {ports: [3]}}}"})).value
    assert judged
    ports = {
        port["port"]
        for unit in judged.environments[0].units
        for component in unit.components
        for body in component.objects
        for rule in body.get("spec", {}).get("egress", ())
        if {"ipBlock": {"cidr": "10.0.0.0/8"}} in rule.get("to", ())
        for port in rule["ports"]
    }
    assert ports == {3}


def test_there_is_one_scheduler() -> None:
    assert findings("scheduler: {replicas: 2}") == ["error CFG001"]
    assert {body["spec"]["replicas"] for body in deployments("dask-scheduler")} == {1}


def test_a_scheduler_stops_before_the_next_one_starts() -> None:
    assert findings("scheduler: {strategy: {type: RollingUpdate}}") == ["error CFG001"]
    assert [
        body for body in deployments("dask-scheduler") if body["spec"]["strategy"] != RECREATE
    ] == []


RECREATE = {"type": "Recreate"}


def test_no_pod_gets_variables_of_services() -> None:
    for part in ("scheduler", "workers"):
        assert findings(f"{part}: {{enableServiceLinks: true}}") == ["error CFG001"]
    specs = [pod for body in rendered() for pod in pods(body)]
    assert len(specs) > 20
    assert [pod for pod in specs if pod["enableServiceLinks"] is not False] == []


def test_workers_connect_to_the_scheduler_of_their_own_namespace() -> None:
    for field in ("env: {DASK_SCHEDULER_ADDRESS: 'tcp://other:8786'}", "scheduler: other"):
        assert findings(f"workers: {{{field}}}")[0] in {"error CFG006", "error CFG001"}
    for body in deployments("dask-worker"):
        (container,) = body["spec"]["template"]["spec"]["containers"]
        namespace = body["metadata"]["namespace"]
        address = f"tcp://dask-scheduler.{namespace}.svc.cluster.local:8786"
        values = {one["name"]: one.get("value") for one in container["env"]}
        assert values["DASK_SCHEDULER_ADDRESS"] == address
        spoken = [*container.get("command", ()), *container.get("args", ())]
        assert [word for word in spoken if "://" in word and word != address] == []
