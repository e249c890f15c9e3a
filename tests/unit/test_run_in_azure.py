"""A run whose trials Azure keeps: who its pods are, what they are told, and what is not there."""

import json
from functools import cache
from typing import Any

import pytest
from tests.unit.cloud_answers import SUBSCRIPTION
from tests.unit.runs import specs
from tests.unit.small_tree import CLOUD, Specs, dev, plain, sources, told
from tests.unit.stores_in_azure import ANSWERS, CLIENT, HOST, IDENTITY, with_server
from tests.unit.test_local_run import MACHINE, STORE

from modelops.cli.status_text import page
from modelops.explain import How, fields
from modelops.local import LocalRun, local_run
from modelops.manifests import EnvironmentManifests
from modelops.pipeline import judge, remember
from modelops.planned import RunPlan, Stage
from modelops.status import State, WatchedRun, cluster, read, watched

FLEXIBLE = "store: {mode: azureFlexible, database: calibrations}"
DIGEST = "sha256:" + "3c" * 32
VARIABLES = {
    "PGHOST": HOST,
    "PGPORT": "5432",
    "PGUSER": IDENTITY,
    "PGDATABASE": "calibrations",
    "PGSSLMODE": "verify-full",
    "MODELOPS_STORE_LOGIN": "entra",
}
USES = "azure.workload.identity/use"


def tree(spec: str = FLEXIBLE, dev_spec: str = with_server()) -> Specs:
    return {**specs(spec, dev_spec), CLOUD: ANSWERS}


def sir(spec: str = FLEXIBLE, dev_spec: str = with_server()) -> RunPlan:
    (run,) = dev(tree(spec, dev_spec)).runs
    return run


@cache
def manifests(spec: str = FLEXIBLE) -> EnvironmentManifests:
    outcome = judge(sources(tree(spec)))
    assert outcome.value is not None, told(outcome.diagnostics)
    (held,) = outcome.value.environments
    return held


def objects(kind: str, spec: str = FLEXIBLE) -> dict[str, Any]:
    """The objects of a kind in the run's units, by name; of a Job, without its hash."""
    return {
        str(body["metadata"]["name"]).rpartition("-")[0]
        if kind == "Job"
        else body["metadata"]["name"]: body
        for unit in manifests(spec).units
        if unit.name.startswith("dev/runs/")
        for part in unit.components
        for body in part.objects
        if body["kind"] == kind
    }


# --- what there is, and what there is not --------------------------------------------------------


def test_nothing_of_it_holds_a_password() -> None:
    run = sir()
    assert list(run.units) == [Stage.BASE, Stage.STORE_INIT, Stage.WORKERS]
    assert (run.store, run.backup, run.keep, run.secrets.bootstrap) == (None, None, False, None)
    kinds = {
        body["kind"]
        for unit in manifests().units
        if unit.name.startswith("dev/runs/")
        for part in unit.components
        for body in part.objects
    }
    assert not kinds & {"Secret", "StatefulSet", "CronJob", "PersistentVolumeClaim", "Service"}
    for body in objects("Job").values():
        assert not [one for one in body["spec"]["template"]["spec"]["volumes"] if "secret" in one]
    assert "PASSWORD" not in repr(objects("Job")).upper()
    assert "PASSWORD" not in json.dumps(objects("ConfigMap")).upper()


def test_both_programs_are_told_the_same() -> None:
    run = sir()
    assert run.store_init is not None
    for pod in (run.workers.pod, run.store_init.tables):
        assert plain(pod.variables).items() >= VARIABLES.items()
    assert json.loads(run.config.values["run.json"])["store"] == {
        "kind": "postgres",
        "host": HOST,
        "port": 5432,
        "database": "calibrations",
        "user": IDENTITY,
        "sslmode": "verify-full",
        "login": "entra",
    }


def test_the_runtime_alone_makes_database_and_tables() -> None:
    pod = objects("Job")["store-init"]["spec"]["template"]["spec"]
    assert "initContainers" not in pod
    (container,) = pod["containers"]
    assert container["args"][-2:] == ["store-init", "--create-database"]
    assert {volume["name"] for volume in pod["volumes"]} == {"tmp", "config"}
    assert not [name for name in objects("ConfigMap") if name.startswith("store-scripts")]


def test_both_programs_have_one_account_that_is_the_identity() -> None:
    (account,) = objects("ServiceAccount").values()
    assert account["metadata"]["name"] == "run-worker"
    assert account["metadata"]["annotations"] == {"azure.workload.identity/client-id": CLIENT}
    for job in objects("Job").values():
        template = job["spec"]["template"]
        assert template["spec"]["serviceAccountName"] == "run-worker"
        assert template["metadata"]["labels"][USES] == "true"
    for policy in objects("NetworkPolicy").values():
        assert USES not in repr(policy["spec"])


def test_who_logs_in_otherwise_is_nobody_in_azure() -> None:
    own = "workers: {replicas: 1}"
    assert USES not in repr(objects("Job", own))
    assert {"run-worker", "store", "store-init"} <= set(objects("ServiceAccount", own))
    assert "annotations" not in objects("ServiceAccount", own)["run-worker"]["metadata"]


# --- flows ---------------------------------------------------------------------------------------


def ways_out(spec: str, name: str) -> list[tuple[str, int]]:
    """Each address and port that pods of a policy may reach."""
    return [
        (peer["ipBlock"]["cidr"], flow["ports"][0]["port"])
        for flow in objects("NetworkPolicy", spec)[name]["spec"]["egress"]
        for peer in flow["to"]
        if "ipBlock" in peer
    ]


@pytest.mark.parametrize("name", ["run-worker", "store-init"])
def test_pods_reach_the_server_s_subnet_and_entra(name: str) -> None:
    assert ways_out(FLEXIBLE, name) == [("10.0.128.0/28", 5432), ("0.0.0.0/0", 443)]


def test_the_server_is_where_the_network_says() -> None:
    network = "  network: {vnetCidr: 10.40.0.0/20}\n"
    run = sir(dev_spec=with_server(rest=network))
    (policy,) = [one for one in run.policies if one.name == "store-init"]
    (peer,) = (policy.egress or ())[0].peers
    assert getattr(peer, "cidr", "") == "10.40.8.0/28"


@pytest.mark.parametrize(("registry", "ports"), [("ghcr.io", [443]), ("ghcr.io:5000", [5000, 443])])
def test_what_lies_outside_is_opened_once(registry: str, ports: list[int]) -> None:
    spec = f"{FLEXIBLE}\nbundle: {{image: {registry}/epi/sir@{DIGEST}}}"
    outside = [port for cidr, port in ways_out(spec, "run-worker") if cidr == "0.0.0.0/0"]
    assert outside == ports


# --- what layers below say -----------------------------------------------------------------------


def test_dumps_that_an_environment_wants_are_not_made_of_it() -> None:
    defaults = "defaults: {run: {store: {backup: {keep: 3}, size: 20Gi}}}"
    assert sir(dev_spec=with_server(rest=defaults)).backup is None
    assert sir("restart: x", dev_spec=with_server(rest=defaults)).backup is not None


# --- other commands ------------------------------------------------------------------------------


def test_every_field_has_an_explanation() -> None:
    remembered = remember(sources(tree())).value
    assert remembered
    found = [one for one in fields(remembered) if one.file.startswith("dev/runs/")]
    assert len(found) > 200
    assert [one for one in found if one.how is How.UNKNOWN] == []
    (told_by,) = [one for one in found if one.path[-1:] == ("azure.workload.identity/client-id",)]
    assert told_by.trace is not None
    assert told_by.trace.settings[0].subject == CLOUD


def launched() -> LocalRun:
    return local_run(manifests(), "sir", MACHINE, STORE)


def test_on_this_machine_it_has_the_store_that_others_have() -> None:
    local = launched()
    assert local.store_init is not None
    assert local.store_init.arguments[-1] == "store-init"
    for each in (local.store_init, *local.searchers):
        assert each.environment["PGHOST"] == STORE.host
        assert each.environment["PGUSER"] == STORE.user
        assert each.environment["MODELOPS_STORE_PASSWORD_FILE"] == STORE.password_file
        assert "MODELOPS_STORE_LOGIN" not in each.environment
        document = json.loads(each.files[each.environment["MODELOPS_RUN_CONFIG"]])
        assert document["store"] == {
            "kind": "postgres",
            "host": STORE.host,
            "port": STORE.port,
            "database": STORE.database,
            "user": STORE.user,
            "sslmode": STORE.sslmode,
            "passwordFile": STORE.password_file,
        }
    assert SUBSCRIPTION not in repr(local)
    assert HOST not in repr(local)


def test_its_status_says_where_its_trials_are() -> None:
    (run,) = watched(dev(tree())).runs
    assert isinstance(run, WatchedRun)
    assert run.store is None
    assert list(run.stages) == ["00-base", "30-store-init", "40-workers"]
    job = {**objects("Job")["store-init"], "status": {"conditions": []}}
    told_of = read(run, cluster([job], [], {}), {})
    assert told_of.state is State.STARTING
    text = page(told_of, "dev", ("kubectl",), 120)
    assert f"store       {HOST}, not in its namespace" in text
    assert "optuna-dashboard" not in text
