"""What the compiler emits for runs and workspaces, read by the runtime itself.

Files, variables, commands, ports, paths, exit codes, and the words in them.
"""

import json
import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.contract.emitted import (
    CONTAINERS,
    ENVIRONMENTS,
    PROGRAM,
    ROOT,
    Container,
    dask,
    options,
    running,
)

from modelops.cli.cluster_status import RUN_STATUS
from modelops.model.images import ExecutorType
from modelops.model.run import RunWorkerMode
from modelops.model.search import AdapterName, Direction, Pruner, Sampler
from modelops.model.store import StoreKind
from modelops.model.workspace import BundleSource
from modelops.plan.checks.unknown_variable import OURS
from modelops.plan.facts.postgres import WORKER_CONNECTIONS
from modelops.plan.facts.providers import WORKLOAD_IDENTITY_VARIABLES
from modelops.planned import StoreLogin
from modelops.status import search
from modelops_runtime.__main__ import COMMANDS
from modelops_runtime.adaptive_worker import command as adaptive_worker
from modelops_runtime.algorithms.discovery import GROUP
from modelops_runtime.azure_login import workload
from modelops_runtime.bundles import credentials, registry
from modelops_runtime.central_store import connection, login, progress, run_store
from modelops_runtime.configuration import run as run_file
from modelops_runtime.configuration import runtime as runtime_file
from modelops_runtime.dask_preload import preload
from modelops_runtime.executors import surroundings
from modelops_runtime.exit_status import ExitStatus
from modelops_runtime.simulation.composition import results_of
from modelops_runtime.worker_drain import command as worker_drain

SEARCHERS, STORE_INITS = running("adaptive-worker"), running("store-init")
SCHEDULERS, WORKERS = dask("scheduler"), dask("worker")
PRELOAD = "modelops_runtime.dask_preload"

PLACE = {*connection.REQUIRED, "PGPORT", "PGSSLMODE"}
"""Variables that say where a store is; one more says how to log in."""

BY_LOGIN = {
    run_file.StoreLogin.PASSWORD: connection.PASSWORD_FILE,
    run_file.StoreLogin.ENTRA: login.LOGIN,
}
STORE = {*PLACE, *BY_LOGIN.values()}

INJECTED = {
    workload.CLIENT: "6f1d2c3b-4a59-4e68-8b7c-9d0e1f2a3b4c",
    workload.TENANT: "8d7c2f90-51be-4a3d-8f26-e0b94c7a135d",
    workload.TOKEN_FILE: __file__,
    workload.AUTHORITY: "https://login.microsoftonline.com/",
}
"""What AKS gives to pods that have its label and an account with the client id of an identity."""

NEEDED = {
    "adaptive-worker": {
        run_store.RUN_CONFIG,
        adaptive_worker.SCHEDULER,
        adaptive_worker.POD,
        adaptive_worker.GRACE,
    },
    "store-init": {run_store.RUN_CONFIG},
    "dask worker": {
        preload.CONFIG_VARIABLE,
        worker_drain.ADDRESS_VARIABLE,
        worker_drain.POD_VARIABLE,
    },
    "dask scheduler": set(),
}
"""What each program reads, and the compiler has to set."""

OFFERED = {
    preload.LEVEL_VARIABLE,
    surroundings.NAMED,
    credentials.USERNAME_VARIABLE,
    credentials.PASSWORD_FILE_VARIABLE,
    registry.INSECURE_VARIABLE,
}
"""What workers read where people set it."""

LOCAL = {"MODELOPS_STORE_DSN"}
"""What only a run on a laptop sets."""

PREFIXES = (surroundings.CONTEXT,)
"""Of variables whose names people choose, for their own code."""

each_searcher = pytest.mark.parametrize("one", SEARCHERS, ids=str)
each_store_init = pytest.mark.parametrize("one", STORE_INITS, ids=str)
each_worker = pytest.mark.parametrize("one", WORKERS, ids=str)


def run_of(one: Container) -> run_file.RunConfig:
    return run_file.run_config(one.config(one.value(run_store.RUN_CONFIG)))


def runtime_of(one: Container) -> runtime_file.RuntimeConfig:
    return runtime_file.runtime_config(one.config(one.value(preload.CONFIG_VARIABLE)))


def of_store(run: run_file.RunConfig) -> set[str]:
    """The variables of the run's store; none where it has none."""
    return {*PLACE, BY_LOGIN[run.store.login]} if run.store else set()


def program(one: Container) -> str:
    """`adaptive-worker`, `dask worker`; empty for a program that is not ours."""
    if one.command[:3] == PROGRAM:
        return one.command[3]
    return " ".join(one.command[:2]) if one.command[:1] == ["dask"] else ""


def test_there_is_something_to_prove() -> None:
    assert len(SEARCHERS) >= 6
    assert len(STORE_INITS) >= 5
    assert len(WORKERS) == len(SCHEDULERS) >= 10
    stores = {one.store.login if one.store else None for one in map(run_of, SEARCHERS)}
    assert stores == {None, *run_file.StoreLogin}
    assert {one.mode for one in map(run_of, SEARCHERS)} == set(run_file.Mode)


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
def test_every_file_is_read_by_what_it_is_for(environment: object) -> None:
    readers = {"run.json": run_file.run_config, "runtime.json": runtime_file.runtime_config}
    for body in environment.objects:  # type: ignore[attr-defined]
        for key, text in body.get("data", {}).items() if body["kind"] == "ConfigMap" else ():
            if key in readers:
                assert readers[key](text).environment == environment.folder.name  # type: ignore[attr-defined]


@each_searcher
def test_the_run_file_and_the_environment_of_searchers_say_the_same(one: Container) -> None:
    run = run_of(one)
    assert one.value(adaptive_worker.SCHEDULER) == run.scheduler_address
    assert one.owner["spec"]["completions"] == run.replicas
    assert one.owner["spec"]["activeDeadlineSeconds"] == run.deadline_seconds
    assert one.owner["metadata"]["namespace"].endswith(f"{run.environment}-{run.run}")
    check_store(one, run)
    reference = one.variables.get("BUNDLE_REF")
    assert (reference is None) == (run.bundle is None)
    if reference is not None:
        key = reference["valueFrom"]["configMapKeyRef"]
        entries = one.config_map(key["name"])["data"]
        assert entries[key["key"]] == str(run.bundle)


@each_store_init
def test_the_run_file_and_the_environment_of_store_init_say_the_same(one: Container) -> None:
    check_store(one, run_of(one))


def check_store(one: Container, run: run_file.RunConfig) -> None:
    """The variables are those of the file, and so is how to log in."""
    assert STORE & set(one.variables) == of_store(run)
    if run.store is None:
        return
    said = {name: one.value(name) for name in of_store(run) if name != connection.PASSWORD_FILE}
    settings = connection.settings({**INJECTED, **said})
    told = (settings.host, settings.port, settings.database, settings.user, settings.sslmode)
    store = run.store
    assert told == (store.host, store.port, store.database, store.user, store.sslmode)
    if store.login is run_file.StoreLogin.ENTRA:
        check_identity(one, settings)
    else:
        check_password(one, store, settings)


def check_password(
    one: Container, store: run_file.StoreConfig, settings: connection.Settings
) -> None:
    """The password is where both say."""
    assert settings.login is None
    assert one.value(connection.PASSWORD_FILE) == store.password_file
    volume = one.volume(store.password_file)
    assert volume["secret"]["defaultMode"] == 0o440
    assert store.password_file.endswith("/password")


def check_identity(one: Container, settings: connection.Settings) -> None:
    """No password, and the role is the identity's name."""
    assert settings.login is not None
    assert settings.password is None
    check_account(one, settings.user)


def check_account(one: Container, name: str) -> None:
    """The pod is this identity: what AKS looks at is there, and nothing that it would set."""
    assert not set(INJECTED) & set(one.variables)
    assert set(INJECTED) == WORKLOAD_IDENTITY_VARIABLES
    template, home = one.owner["spec"]["template"], one.owner["metadata"]["namespace"]
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true"
    account = one.environment.one("ServiceAccount", one.pod["serviceAccountName"], home)
    client = account["metadata"]["annotations"]["azure.workload.identity/client-id"]
    inputs = json.loads((one.environment.folder / "infra/inputs.json").read_text())
    (identity,) = [each for each in inputs["identities"] if each["name"] == name]
    subjects = [(each["namespace"], each["serviceAccount"]) for each in identity["credentials"]]
    assert (home, account["metadata"]["name"]) in subjects
    assert client == one.environment.clients[name]


def test_who_reads_the_password_may_read_it() -> None:
    for one in (*SEARCHERS, *STORE_INITS):
        security = one.pod["securityContext"]
        assert security["fsGroup"] == security["runAsGroup"] == security["runAsUser"] > 0
        assert "runAsUser" not in one.body["securityContext"]


@each_worker
def test_workers_are_started_as_their_file_says(one: Container) -> None:
    runtime = runtime_of(one)
    told, plane = options(one.command), runtime.dask
    assert one.command[2] == plane.scheduler_address == one.value(worker_drain.ADDRESS_VARIABLE)
    assert told["--nworkers"] == str(plane.processes)
    assert told["--nthreads"] == str(plane.threads)
    assert told["--memory-limit"] == str(plane.memory_limit_bytes)
    assert told["--local-directory"] == plane.spill_directory
    assert told["--worker-port"].partition(":")[0] == str(plane.worker_port)
    assert told["--nanny-port"].partition(":")[0] == str(plane.nanny_port)
    (hook,) = one.hooks
    assert worker_drain.parsed(hook[4:]).timeout == plane.drain_seconds
    results, folders = runtime.results, [plane.spill_directory, runtime.bundles.cache_directory]
    if isinstance(results, runtime_file.FolderResults):
        folders.append(results.directory)
        assert results.lasting == ("persistentVolumeClaim" in one.volume(results.directory))
    for path in folders:
        volume = one.volume(path)
        assert "emptyDir" in volume or "persistentVolumeClaim" in volume


@each_worker
def test_workers_log_in_where_their_results_go_to_a_container_and_nowhere_else(
    one: Container,
) -> None:
    runtime, inputs = runtime_of(one), one.environment.folder / "infra/inputs.json"
    if isinstance(runtime.results, runtime_file.BlobResults):
        check_account(one, f"modelops-{runtime.environment}-results")
        storage = json.loads(inputs.read_text())["storage"]
        assert runtime.results.container in storage["containers"]
        assert urlsplit(runtime.results.endpoint).hostname == (
            f"{storage['account']}.blob.core.windows.net"
        )
        assert runtime.results.prefix == runtime.workspace
        assert not any("results" in volume["name"] for volume in one.pod["volumes"])
    else:
        labels = one.owner["spec"]["template"]["metadata"]["labels"]
        assert "azure.workload.identity/use" not in labels


def test_some_results_go_to_a_container() -> None:
    """Else nothing was tried."""
    found = {type(runtime_of(one).results) for one in WORKERS}
    assert found == {runtime_file.BlobResults, runtime_file.FolderResults}


@each_worker
def test_workers_log_in_to_azure_if_they_keep_results_there(one: Container) -> None:
    results, template = runtime_of(one).results, one.owner["spec"]["template"]
    account = one.environment.one(
        "ServiceAccount", one.pod["serviceAccountName"], one.owner["metadata"]["namespace"]
    )
    named = account["metadata"].get("annotations", {}).get("azure.workload.identity/client-id")
    injected = template["metadata"]["labels"].get("azure.workload.identity/use") == "true"
    if isinstance(results, runtime_file.FolderResults):
        assert (named, injected) == (None, False)
        return
    assert injected
    assert named in one.environment.clients.values()
    store = results_of(results, INJECTED).files
    place = f"{results.endpoint.rstrip('/')}/{results.container}/{results.prefix}"
    assert store.location("runs") == f"{place}/runs"


# --- commands ------------------------------------------------------------------------------------


def commands() -> list[tuple[str, list[str]]]:
    """Every call of the runtime, of containers and of their hooks."""
    found = [(str(one), one.command) for one in CONTAINERS]
    hooks = [(str(one), hook) for one in CONTAINERS for hook in one.hooks]
    return [(name, call) for name, call in (*found, *hooks) if "modelops_runtime" in call]


@pytest.mark.parametrize(
    "call", [call for _, call in commands()], ids=[name for name, _ in commands()]
)
def test_the_runtime_knows_every_command_and_its_arguments(call: Sequence[str]) -> None:
    assert list(call[:3]) == PROGRAM
    module, _ = COMMANDS[call[3]]
    import_module(module).parsed(call[4:])


@pytest.mark.parametrize("one", [*SCHEDULERS, *WORKERS], ids=str)
def test_dask_imports_the_runtime_before_it_begins(one: Container) -> None:
    told = options(one.command)
    assert told["--preload"] == PRELOAD
    assert told.get("--preload-nanny") == (PRELOAD if one in WORKERS else None)
    module = import_module(PRELOAD)
    assert callable(module.dask_setup)
    assert callable(module.dask_teardown)


# --- variables -----------------------------------------------------------------------------------


@pytest.mark.parametrize("one", [one for one in CONTAINERS if program(one) in NEEDED], ids=str)
def test_programs_are_told_what_they_need(one: Container) -> None:
    needed = NEEDED[program(one)]
    if one in SEARCHERS or one in STORE_INITS:
        needed = needed | of_store(run_of(one))
    assert needed <= set(one.variables)
    ours = {name for name in one.variables if name.startswith("MODELOPS_")}
    assert {name for name in ours if not name.startswith(PREFIXES)} <= needed | OFFERED


def test_every_variable_of_ours_that_the_runtime_reads_is_set_or_offered() -> None:
    sources = Path(str(import_module("modelops_runtime").__file__)).parent.rglob("*.py")
    read = {
        name
        for path in sources
        for name in re.findall(r'"(MODELOPS_[A-Z_]+[A-Z])"', path.read_text())
    }
    needed = {name for names in NEEDED.values() for name in names} | STORE
    assert read - LOCAL - OFFERED == {name for name in needed if name.startswith("MODELOPS_")}


def test_what_people_may_set_is_what_the_compiler_says_is_read() -> None:
    assert OFFERED | {preload.CONFIG_VARIABLE} == OURS


@each_searcher
def test_searchers_have_the_time_that_they_are_told(one: Container) -> None:
    assert one.value(adaptive_worker.GRACE) == str(one.pod["terminationGracePeriodSeconds"])
    field = one.variables[adaptive_worker.POD]["valueFrom"]["fieldRef"]["fieldPath"]
    assert field == "metadata.name"


# --- ports, exit codes, connections --------------------------------------------------------------


@each_searcher
def test_searchers_are_scraped_where_they_serve(one: Container) -> None:
    (port,) = one.body["ports"]
    assert (port["name"], port["containerPort"]) == (
        "http-metrics",
        adaptive_worker.parsed([]).metrics_port,
    )
    scraped = [
        flow["ports"][0]["port"]
        for body in one.environment.objects
        if body["kind"] == "NetworkPolicy" and body["metadata"]["name"] == "run-worker"
        for flow in body["spec"].get("ingress", [])
    ]
    assert set(scraped) <= {adaptive_worker.METRICS_PORT}


@pytest.mark.parametrize("one", [*SEARCHERS, *STORE_INITS], ids=str)
def test_what_is_hopeless_ends_the_job(one: Container) -> None:
    rules = one.owner["spec"]["podFailurePolicy"]["rules"]
    (hopeless,) = [rule for rule in rules if rule["action"] == "FailJob"]
    assert hopeless["onExitCodes"] == {"operator": "In", "values": [ExitStatus.MISCONFIGURED]}
    passing = {ExitStatus.TRY_AGAIN, ExitStatus.BUG, ExitStatus.TERMINATED}
    codes = [code for rule in rules for code in rule.get("onExitCodes", {}).get("values", [])]
    assert not passing & set(codes)


def test_a_worker_opens_no_more_connections_than_the_compiler_counts() -> None:
    arguments = connection.engine_arguments(connection.Settings("store", 5432, "user", "database"))
    of_sqlalchemy = arguments["pool_size"] + arguments["max_overflow"]
    assert 1 + of_sqlalchemy == WORKER_CONNECTIONS  # the log has one of its own


# --- words ---------------------------------------------------------------------------------------


def test_both_sides_know_the_same_words() -> None:
    for written, read in (
        (ExecutorType, runtime_file.ExecutorKind),
        (BundleSource, runtime_file.BundleSource),
        (Direction, run_file.Direction),
        (RunWorkerMode, run_file.Mode),
        (StoreKind, run_file.StoreKind),
        (StoreLogin, run_file.StoreLogin),
    ):
        assert {str(one) for one in written} == {str(one) for one in read}


def test_every_search_that_can_be_written_can_be_made() -> None:
    samplers = import_module("modelops_runtime.optuna_adapter.samplers")
    assert {str(one) for one in Sampler} == set(samplers.SAMPLERS)
    project = tomllib.loads((ROOT / "images/runtime/pyproject.toml").read_text())["project"]
    assert {str(one) for one in AdapterName} == set(project["entry-points"][GROUP])
    method = import_module("modelops_runtime.optuna_adapter.method")
    known = re.findall(r'case "(\w+)"', Path(str(method.__file__)).read_text())
    assert {str(one) for one in Pruner} <= set(known)


def test_the_status_that_the_runtime_prints_is_understood() -> None:
    assert list(RUN_STATUS[:3]) == PROGRAM
    assert RUN_STATUS[3] in COMMANDS
    run = run_of(SEARCHERS[0])
    best = progress.Best(3, 0.25, {"beta": 0.5})
    counts = progress.Counts(asked=9, running=2, completed=3, failed=1, pruned=1)
    told = progress.Progress(counts, best, rate=2.5)
    found = search(json.dumps(progress.as_json(run, told)))
    assert found is not None
    assert (found.state, found.wanted, found.done) == ("running", run.trials, 5)
    assert (found.loss, found.number, found.parameters) == (0.25, 3, {"beta": 0.5})
    assert found.rate == 2.5
    error = progress.LastError(7, "timeout", "slow")
    with_error = search(json.dumps(progress.as_json(run, replace(told, last_error=error))))
    assert with_error is not None
    assert with_error.error == "trial 7: timeout: slow"
    waiting = search(json.dumps(progress.as_json(run, None)))
    assert waiting is not None
    assert waiting.state == "waiting"
    assert os.linesep not in json.dumps(progress.as_json(run, told))
