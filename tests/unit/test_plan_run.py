"""The stage `plan`, of runs: where they go, what they are bound to, which stages they have."""

import json
from typing import Any

import pytest
from tests.unit.runs import NAMESPACE, sir
from tests.unit.small_tree import GIB, environment, plain

from modelops.planned import (
    ClusterPlan,
    ConfigValue,
    GeneratedSecret,
    RunPlan,
    ServerPlan,
    Stage,
)

EXTERNAL = """\
store: {mode: external, host: db.example.org, port: 6432, secret: trials, sslmode: verify-full}
secrets: {trials: {existing: true}}
"""
OPERATED = environment("features: {cloudNativePg: true, networkPolicy: cilium}")
DIGEST = "sha256:" + "3c" * 32


def settings(run: RunPlan) -> Any:  # noqa: ANN401 -- JSON data
    return json.loads(run.config.values["run.json"])


def test_a_run_has_a_namespace_and_five_stages_of_its_own() -> None:
    run = sir()
    assert run.namespace == NAMESPACE
    assert run.config.name == f"{NAMESPACE}-run"
    assert run.units == {stage: f"dev/runs/sir/{stage.value}" for stage in Stage}
    assert run.labels["modelops.io/workspace"] == "malaria"


def test_a_run_is_bound_to_its_workspace_by_its_name_in_full() -> None:
    run = sir()
    address = "tcp://dask-scheduler.modelops-dask-dev-malaria.svc.cluster.local:8786"
    assert run.dask.address == address
    assert plain(run.workers.pod.variables)["DASK_SCHEDULER_ADDRESS"] == address
    assert settings(run)["dask"]["schedulerAddress"] == address


def test_the_specification_is_resolved() -> None:
    spec = """\
algorithm: {options: {multivariate: true, gamma: 0.25, n: 3}}
timeout: 45m
restart: 012
"""
    told = settings(sir(spec))
    assert told["timeoutSeconds"] == 2700
    assert told["deadlineSeconds"] == 12 * 3600
    assert told["parameters"]["beta"] == {"type": "float", "low": 0.1, "high": 0.9, "log": False}
    assert told["algorithm"]["options"] == {"multivariate": True, "gamma": 0.25, "n": 3}
    assert told["restart"] == "012"
    assert told["store"]["passwordFile"] == "/run/secrets/store/password"


def test_a_bundle_is_given_by_reference() -> None:
    run = sir(f"bundle: {{image: ghcr.io/epi/sir@{DIGEST}}}")
    assert run.config.values["BUNDLE_REF"] == f"ghcr.io/epi/sir@{DIGEST}"
    assert run.workers.pod.variables["BUNDLE_REF"] == ConfigValue(run.config.name, "BUNDLE_REF")
    assert "BUNDLE_REF" not in sir().workers.pod.variables


def test_variables_of_a_person_come_last_and_by_name() -> None:
    run = sir(
        "workers: {env: {Z: 1, HOME: /elsewhere}}\nsecretEnv: {A: {secret: s, key: k}}\n"
        "secrets: {s: {generate: [k]}}"
    )
    assert list(run.workers.pod.variables)[-2:] == ["Z", "A"]
    assert plain(run.workers.pod.variables)["HOME"] == "/elsewhere"


# --- stores --------------------------------------------------------------------------------------


def test_a_store_of_its_own() -> None:
    run = sir("store: {size: 20Gi, database: d, user: u}")
    assert isinstance(run.store, ServerPlan)
    assert (run.store.size, run.store.storage_class) == (20 * GIB, "modelops-dev-retained")
    assert (run.store.keep, run.keep) == (True, True)
    assert run.secrets.bootstrap is not None
    assert run.secrets.bootstrap.secrets == (
        GeneratedSecret("store", ("password",)),
        GeneratedSecret("store-admin", ("password",)),
    )
    variables = plain(run.workers.pod.variables)
    assert variables["PGHOST"] == f"store.{NAMESPACE}.svc.cluster.local"
    assert (variables["PGPORT"], variables["PGDATABASE"], variables["PGUSER"]) == ("5432", "d", "u")


def test_secrets_are_made_by_the_image_that_is_there_for_it() -> None:
    """A worker's image may be of gigabytes; where there is no other, it has to do."""
    tools = f"tools: {{repository: quay.io/x/tools, digest: '{DIGEST}', user: 7}}"
    own = sir(image=tools).secrets.bootstrap
    workers = sir().secrets.bootstrap
    assert own is not None
    assert workers is not None
    assert (own.pod.image.reference, own.pod.image.user) == (f"quay.io/x/tools@{DIGEST}", 7)
    assert workers.pod.image == sir().workers.pod.image


def test_a_store_that_goes_with_its_file() -> None:
    run = sir("store: {retain: false}")
    assert isinstance(run.store, ServerPlan)
    assert run.store.storage_class == "managed-csi-premium"
    assert (run.store.keep, run.keep) == (False, False)


@pytest.mark.parametrize(
    ("version", "mount", "data"),
    [
        ("17", "/var/lib/postgresql/data", "/var/lib/postgresql/data/pgdata"),
        ("18", "/var/lib/postgresql", "/var/lib/postgresql/18/docker"),
    ],
)
def test_data_lies_below_the_mount(version: str, mount: str, data: str) -> None:
    run = sir(
        f'store: {{version: "{version}"}}',
        image='postgres-18: {repository: docker.io/library/postgres, tag: "18", user: 999}',
    )
    assert isinstance(run.store, ServerPlan)
    assert run.store.directory == mount
    assert plain(run.store.pod.variables)["PGDATA"] == data


def test_a_store_that_an_operator_runs() -> None:
    run = sir("store: {mode: cloudNativePg}", OPERATED)
    assert isinstance(run.store, ClusterPlan)
    assert run.store.instances == 1
    assert Stage.SECRETS not in run.units
    assert run.store_init is not None
    assert run.store_init.database is None
    variables = plain(run.workers.pod.variables)
    assert variables["PGHOST"] == f"store-rw.{NAMESPACE}.svc.cluster.local"
    assert variables["PGSSLMODE"] == "require"


def test_in_production_an_operator_runs_three() -> None:
    production = environment(
        "features: {cloudNativePg: true, networkPolicy: cilium}",
        rest="tier: production\ndefaults: {workspace: {results: {kind: volume}}}",
    )
    run = sir("store: {mode: cloudNativePg}", production)
    assert isinstance(run.store, ClusterPlan)
    assert run.store.instances == 3
    assert run.quota.claims == 3


def test_a_store_that_exists() -> None:
    run = sir(EXTERNAL)
    assert run.store is None
    assert run.keep is False
    assert list(run.units) == [Stage.BASE, Stage.STORE_INIT, Stage.WORKERS]
    variables = plain(run.workers.pod.variables)
    assert variables["PGHOST"] == "db.example.org"
    assert (variables["PGPORT"], variables["PGSSLMODE"]) == ("6432", "verify-full")


def test_no_store_at_all() -> None:
    run = sir("workers: {replicas: 1}\nstore: {kind: none}")
    assert list(run.units) == [Stage.BASE, Stage.WORKERS]
    assert not any(name.startswith("PG") for name in run.workers.pod.variables)
    assert settings(run)["store"] == {"kind": "none"}


def test_backups_of_a_store_that_exists_are_kept_too() -> None:
    run = sir(EXTERNAL.replace("secret: trials", "secret: trials, backup: {keep: 3}"))
    assert run.backup is not None
    assert plain(run.backup.backup.variables)["BACKUP_KEEP"] == "3"
    assert run.keep is True
    assert list(run.units)[1] is Stage.STORE


# --- bounds --------------------------------------------------------------------------------------


def test_the_quota_holds_all_pods_and_workers_twice() -> None:
    run = sir("workers: {replicas: 3}\nstore: {backup: {}}")
    # workers, store, store-init, secret-bootstrap, backup, restore
    assert run.quota.pods == 2 * 3 + 5
    assert run.quota.claims == 2
    assert run.bounds.memory == 4 * GIB


@pytest.mark.parametrize("host", ["10.1.2.3", "db.example.org"])
def test_an_address_is_opened_as_far_as_it_is_known(host: str) -> None:
    run = sir(EXTERNAL.replace("db.example.org", host))
    (policy,) = [one for one in run.policies if one.name == "run-worker"]
    peers = [peer for flow in policy.egress or () for peer in flow.peers]
    cidrs = [getattr(peer, "cidr", "") for peer in peers]
    assert ("10.1.2.3/32" if host[0] == "1" else "0.0.0.0/0") in cidrs
