"""What a run starts on this machine is what its manifests start in the cluster."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from tests.unit.azure_tree import BLOB, in_azure, on_azure
from tests.unit.check_cases_of_runs import SIR
from tests.unit.small_tree import MALARIA

from modelops.disk import read_sources
from modelops.local import LocalRun, Machine, StoreAddress, Unfit, local_run
from modelops.manifests import EnvironmentManifests
from modelops.pipeline import judge

ROOT = Path(__file__).resolve().parents[2]
MACHINE = Machine(
    state="/home/me/state",
    cache="/home/me/cache",
    python="/usr/bin/python",
    scheduler_port=40001,
    dashboard_port=40002,
    workers=3,
    grace=7,
    variables={"PATH": "/bin"},
)
STORE = StoreAddress("/home/me/socket", 5433, "trials", "me", "/home/me/password", "prefer")


@cache
def manifests() -> EnvironmentManifests:
    judged = judge(read_sources(ROOT, ("dev",)))
    assert judged.value is not None
    (environment,) = judged.value.environments
    return environment


def launched(machine: Machine = MACHINE, store: StoreAddress | None = STORE) -> LocalRun:
    return local_run(manifests(), "sir", machine, store)


def option(arguments: tuple[str, ...], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def test_programs_are_modules_of_the_machine_s_python() -> None:
    run = launched()
    assert run.scheduler.arguments[:4] == ("/usr/bin/python", "-m", "dask", "scheduler")
    assert run.workers.arguments[:4] == ("/usr/bin/python", "-m", "dask", "worker")
    assert run.searchers[0].arguments[:4] == (
        "/usr/bin/python",
        "-m",
        "modelops_runtime",
        "adaptive-worker",
    )


def test_nobody_but_this_machine_reaches_the_scheduler() -> None:
    arguments = launched().scheduler.arguments
    assert option(arguments, "--host") == "127.0.0.1"
    assert option(arguments, "--port") == "40001"
    assert option(arguments, "--dashboard-address") == "127.0.0.1:40002"


def test_workers_are_as_many_as_are_wanted_and_find_the_scheduler() -> None:
    arguments = launched().workers.arguments
    assert "tcp://127.0.0.1:40001" in arguments
    assert option(arguments, "--nworkers") == "3"
    assert "--worker-port" not in arguments
    assert "9000:9001" not in arguments
    assert option(arguments, "--name") == "workers"


def test_what_the_manifest_says_of_workers_holds_here_too() -> None:
    workers = launched().workers
    assert option(workers.arguments, "--nthreads") == "1"
    assert option(workers.arguments, "--memory-limit") == "3865470566"
    assert workers.environment["DASK_DISTRIBUTED__WORKER__MEMORY__SPILL"] == "0.7"


def test_there_are_as_many_searchers_as_pods_each_with_its_name() -> None:
    names = [each.environment["POD_NAME"] for each in launched().searchers]
    assert names == ["run-worker-0", "run-worker-1"]


def test_searchers_find_the_store_and_its_password() -> None:
    environment = launched().searchers[0].environment
    assert environment["PGHOST"] == "/home/me/socket"
    assert environment["PGPORT"] == "5433"
    assert environment["PGUSER"] == "me"
    assert environment["PGDATABASE"] == "trials"
    assert environment["PGSSLMODE"] == "prefer"
    assert environment["MODELOPS_STORE_PASSWORD_FILE"].endswith("me/password")
    assert environment["MODELOPS_GRACE_SECONDS"] == "7"


def test_the_run_s_specification_is_the_manifest_s_with_other_places() -> None:
    searcher = launched().searchers[0]
    written = json.loads(searcher.files[searcher.environment["MODELOPS_RUN_CONFIG"]])
    assert written["trials"] == 100
    assert written["dask"] == {"schedulerAddress": "tcp://127.0.0.1:40001"}
    assert written["store"]["host"] == "/home/me/socket"
    assert written["store"]["passwordFile"] == "/home/me/password"


def test_workers_share_bundles_with_other_runs_and_keep_results() -> None:
    workers = launched().workers
    written = json.loads(workers.files[workers.environment["MODELOPS_CONFIG"]])
    assert written["bundles"]["cacheDirectory"] == "/home/me/cache"
    assert written["results"]["directory"] == "/home/me/state/results"
    assert {"/home/me/cache", "/home/me/state/results"} <= set(workers.folders)


def test_every_folder_of_a_container_is_one_of_the_run_s_own() -> None:
    run = launched()
    for each in (run.scheduler, run.workers, *run.searchers):
        assert all(folder.startswith("/home/me/") for folder in each.folders), each.name
        assert all(file.startswith("/home/me/") for file in each.files), each.name


def test_no_address_of_the_cluster_is_left() -> None:
    run = launched()
    assert "svc.cluster.local" not in repr(run)
    assert run.unreachable == ()


def test_tables_are_made_first() -> None:
    run = launched()
    assert run.store_init is not None
    assert run.store_init.arguments[-1] == "store-init"
    assert run.store_init.environment["PGHOST"] == "/home/me/socket"


def test_without_a_store_there_are_no_tables_to_make() -> None:
    assert launched(store=None).store_init is None


def test_the_user_s_own_variables_give_way_to_the_manifest_s() -> None:
    own = {"PATH": "/bin", "MODELOPS_LOG_LEVEL": "wrong", "LANG": "C"}
    environment = launched(replace(MACHINE, variables=own)).workers.environment
    assert environment["MODELOPS_LOG_LEVEL"] == "info"
    assert environment["LANG"] == "C"


def test_a_run_that_is_not_there_is_refused() -> None:
    with pytest.raises(Unfit, match="run-worker"):
        local_run(manifests(), "nothing", MACHINE, STORE)


def test_results_that_go_to_a_container_stay_in_the_run_s_folder_here() -> None:
    sources = on_azure({MALARIA: BLOB, SIR: in_azure("malaria")})
    judged = judge(sources)
    assert judged.value is not None
    launched = local_run(judged.value.environments[0], "sir", MACHINE, STORE)
    workers = launched.workers
    written = json.loads(workers.files[workers.environment["MODELOPS_CONFIG"]])["results"]
    assert written.keys() == {"kind", "directory", "sizeBytes"}
    assert (written["kind"], written["directory"]) == ("volume", "/home/me/state/results")
    assert "/home/me/state/results" in workers.folders
