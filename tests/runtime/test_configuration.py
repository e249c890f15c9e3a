"""What the runtime is told: read whole, and refused with the path of the key that is wrong."""

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelops_runtime.configuration.run import (
    Direction,
    Mode,
    RunConfig,
    StoreConfig,
    StoreLogin,
    run_config,
)
from modelops_runtime.configuration.runtime import (
    BlobResults,
    BundleSource,
    ExecutorKind,
    FolderResults,
    RuntimeConfig,
    runtime_config,
)
from modelops_runtime.configuration.sections import Misconfigured
from modelops_runtime.contracts.bundle import bundle_reference
from modelops_runtime.contracts.space import CategoricalParameter, FloatParameter, IntParameter

BUNDLE = "registry.example.org/models/sir:1@sha256:" + "0a" * 32

RUN: dict[str, Any] = {
    "apiVersion": "modelops.io/v1",
    "kind": "RunConfig",
    "environment": "dev",
    "run": "sir",
    "workspace": "default",
    "dask": {"schedulerAddress": "tcp://dask-scheduler.modelops-dask-dev.svc:8786"},
    "bundle": {"image": BUNDLE, "path": "models/sir"},
    "model": "models.sir/baseline",
    "objective": {"target": "targets.prevalence:loss", "direction": "maximize"},
    "parameters": {
        "policy": {"type": "categorical", "choices": ["none", 1, 1.0, True]},
        "beta": {"type": "float", "low": 0.05, "high": 1, "log": True},
        "contacts": {"type": "int", "low": 1, "high": 20, "log": False},
    },
    "algorithm": {
        "name": "optuna",
        "sampler": "tpe",
        "startupTrials": 10,
        "pruner": "none",
        "seed": 42,
        "options": {"multivariate": True, "gamma": 0.5},
    },
    "trials": 200,
    "replicates": 10,
    "inFlight": 16,
    "batch": 4,
    "timeoutSeconds": 1800,
    "retries": 0,
    "deadlineSeconds": 43200,
    "workers": {"mode": "independent", "replicas": 2},
    "store": {
        "kind": "postgres",
        "host": "store.modelops-run-dev-sir.svc",
        "port": 5432,
        "database": "optuna",
        "user": "optuna_user",
        "sslmode": "disable",
        "passwordFile": "/run/secrets/store/password",
    },
    "restart": "",
}

RUNTIME: dict[str, Any] = {
    "apiVersion": "modelops.io/v1",
    "kind": "RuntimeConfig",
    "environment": "dev",
    "workspace": "default",
    "dask": {
        "schedulerAddress": "tcp://dask-scheduler.modelops-dask-dev.svc:8786",
        "processes": 2,
        "threads": 1,
        "memoryLimitBytes": 3865470566,
        "drainSeconds": 300,
        "workerPort": 9000,
        "nannyPort": 9100,
        "spillDirectory": "/dask-spill",
    },
    "executor": {
        "type": "isolated_warm",
        "freshVenv": False,
        "maxWarmProcesses": 2,
        "warmProcessMemoryBytes": 536870912,
        "timeoutSeconds": 1800,
    },
    "bundles": {
        "source": "oci",
        "registry": "registry.example.org/models",
        "cacheDirectory": "/var/cache/modelops",
        "cacheBytes": 10737418240,
    },
    "results": {
        "kind": "ephemeral",
        "directory": "/var/lib/modelops/results",
        "sizeBytes": 5368709120,
    },
}

IN_AZURE: dict[str, Any] = {
    **RUNTIME,
    "results": {
        "kind": "blob",
        "endpoint": "https://modelopsdev.blob.core.windows.net/",
        "container": "results",
        "prefix": "default",
    },
}

READERS = {
    "run": (RUN, run_config),
    "runtime": (RUNTIME, runtime_config),
    "in Azure": (IN_AZURE, runtime_config),
}

Path = tuple[str, ...]

FREE = {("parameters",), ("algorithm", "options")}
"""Objects whose keys people choose."""

NULLABLE = {("bundle", "image"), ("bundle", "path")}
LISTS = {("parameters", "policy", "choices")}


def changed(tree: dict[str, Any], path: Path, value: object) -> str:
    """The file with another value at a path."""
    changing = copy.deepcopy(tree)
    within(changing, path)[path[-1]] = value
    return json.dumps(changing)


def without(tree: dict[str, Any], path: Path) -> str:
    """The file without a key."""
    changing = copy.deepcopy(tree)
    del within(changing, path)[path[-1]]
    return json.dumps(changing)


def within(tree: dict[str, Any], path: Path) -> dict[str, Any]:
    for key in path[:-1]:
        tree = tree[key]
    return tree


def paths(tree: object, path: Path = ()) -> Iterator[Path]:
    """Of every key of the file."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*path, key)
            yield from paths(value, (*path, key))


def objects(tree: object, path: Path = ()) -> Iterator[Path]:
    """Of every object of the file, and the file itself."""
    if isinstance(tree, dict):
        yield path
        for key, value in tree.items():
            yield from objects(value, (*path, key))


def each(of: Callable[[object], Iterator[Path]]) -> list[Any]:
    return [
        pytest.param(name, path, id=f"{name}:{'.'.join(path)}")
        for name, (tree, _) in READERS.items()
        for path in of(tree)
    ]


def refusal(name: str, text: str) -> str:
    with pytest.raises(Misconfigured) as caught:
        READERS[name][1](text)
    return str(caught.value)


def test_a_run() -> None:
    run = run_config(json.dumps(RUN))
    assert (run.environment, run.run, run.workspace) == ("dev", "sir", "default")
    assert run.scheduler_address == RUN["dask"]["schedulerAddress"]
    assert (run.bundle, run.path) == (bundle_reference(BUNDLE), "models/sir")
    assert str(run.model) == "models.sir/baseline"
    assert str(run.objective) == "targets.prevalence:loss"
    assert (run.direction, run.mode) == (Direction.MAXIMIZE, Mode.INDEPENDENT)
    assert run.space == (
        FloatParameter("beta", 0.05, 1.0, log=True),
        IntParameter("contacts", 1, 20),
        CategoricalParameter("policy", ("none", 1, 1.0, True)),
    )
    assert (run.algorithm.sampler, run.algorithm.startup_trials) == ("tpe", 10)
    assert run.algorithm.options == {"multivariate": True, "gamma": 0.5}
    assert (run.trials, run.replicates, run.in_flight, run.batch) == (200, 10, 16, 4)
    assert (run.timeout_seconds, run.retries, run.deadline_seconds) == (1800, 0, 43200)
    assert run.replicas == 2
    assert run.store == StoreConfig(
        host="store.modelops-run-dev-sir.svc",
        port=5432,
        database="optuna",
        user="optuna_user",
        sslmode="disable",
        password_file=RUN["store"]["passwordFile"],
        login=StoreLogin.PASSWORD,
    )


def test_a_workspace() -> None:
    runtime = runtime_config(json.dumps(RUNTIME))
    assert (runtime.environment, runtime.workspace) == ("dev", "default")
    assert (runtime.dask.processes, runtime.dask.nanny_port) == (2, 9100)
    assert (runtime.executor.kind, runtime.executor.fresh_venv) == (
        ExecutorKind.ISOLATED_WARM,
        False,
    )
    assert (runtime.bundles.source, runtime.bundles.directory) == (BundleSource.OCI, "")
    assert runtime.results == FolderResults(
        lasting=False, directory="/var/lib/modelops/results", size_bytes=5368709120
    )


def test_a_workspace_that_keeps_results_in_azure() -> None:
    assert runtime_config(json.dumps(IN_AZURE)).results == BlobResults(
        endpoint="https://modelopsdev.blob.core.windows.net/",
        container="results",
        prefix="default",
    )


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("results", "kind"), "bucket", "`bucket` is none of volume | ephemeral | blob"),
        (("results", "endpoint"), "http://a", "`http://a` does not begin with `https://`"),
        (("results", "prefix"), "../other", "`../other` is no path below a folder"),
        (("results", "prefix"), "", "`` is no path below a folder"),
        (("results", "directory"), "/results", "nothing has this key"),
    ],
)
def test_results_that_can_be_nowhere(path: Path, value: str, says: str) -> None:
    message = refusal("in Azure", changed(IN_AZURE, path, value))
    assert message.startswith(f"{'.'.join(path)}: {says}")


def test_bundles_that_the_image_carries() -> None:
    bundles = {"source": "file", "directory": "/opt/b", "cacheDirectory": "/c", "cacheBytes": 1}
    found = runtime_config(changed(RUNTIME, ("bundles",), bundles)).bundles
    assert (found.source, found.registry, found.directory) == (BundleSource.FILE, "", "/opt/b")
    assert refusal("runtime", changed(RUNTIME, ("bundles", "source"), "file")).startswith(
        "bundles.directory: the key is missing"
    )


def test_a_run_without_a_store() -> None:
    assert run_config(changed(RUN, ("store",), {"kind": "none"})).store is None
    both = {**RUN["store"], "kind": "none"}
    assert refusal("run", changed(RUN, ("store",), both)).startswith("store.database: nothing has")


def test_a_store_that_is_entered_with_tokens() -> None:
    both = {**RUN["store"], "login": "entra"}
    assert (
        refusal("run", changed(RUN, ("store",), both)) == "store.passwordFile: nothing has this key"
    )
    store = run_config(without({**RUN, "store": both}, ("store", "passwordFile"))).store
    assert store
    assert (store.login, store.password_file) == (StoreLogin.ENTRA, "")
    word = {**RUN["store"], "login": "password"}
    store = run_config(changed(RUN, ("store",), word)).store
    assert store
    assert store.login is StoreLogin.PASSWORD
    other = {**RUN["store"], "login": "Entra"}
    assert refusal("run", changed(RUN, ("store",), other)) == (
        "store.login: `Entra` is none of password | entra"
    )


def test_another_restart_is_another_study() -> None:
    assert run_config(json.dumps(RUN)).study == "dev/sir"
    assert run_config(changed(RUN, ("restart",), "2")).study == "dev/sir/2"


@pytest.mark.parametrize(("name", "path"), each(paths))
def test_a_key_that_is_missing(name: str, path: Path) -> None:
    if path[:-1] in FREE:
        READERS[name][1](without(READERS[name][0], path))
        return
    message = refusal(name, without(READERS[name][0], path))
    assert message == f"{'.'.join(path)}: the key is missing"


@pytest.mark.parametrize(("name", "path"), each(objects))
def test_a_key_that_nobody_knows(name: str, path: Path) -> None:
    if path in FREE:
        return
    there = (*path, "nobodyKnows")
    message = refusal(name, changed(READERS[name][0], there, 1))
    assert message == f"{'.'.join(there)}: nothing has this key"


@pytest.mark.parametrize(("name", "path"), each(paths))
def test_a_value_of_another_type(name: str, path: Path) -> None:
    tree = READERS[name][0]
    written = within(tree, path)[path[-1]]
    free = path[:-1] in FREE and not isinstance(written, dict)
    others: tuple[object, ...] = (None, True, 1, "text", [], {})
    for other in others:
        if _one_type(written, other) or (free and isinstance(other, bool | int | str)):
            continue
        if other is None and path in NULLABLE:
            continue
        assert refusal(name, changed(tree, path, other)).startswith(f"{'.'.join(path)}: ")


def _one_type(written: object, other: object) -> bool:
    if isinstance(written, bool) or isinstance(other, bool):
        return isinstance(written, bool) and isinstance(other, bool)
    both_numbers = isinstance(written, int | float) and isinstance(other, int | float)
    return both_numbers or type(written) is type(other)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("apiVersion",), "modelops.io/v2", "`modelops.io/v2` is not `modelops.io/v1`"),
        (("kind",), "RuntimeConfig", "is not `RunConfig`"),
        (("trials",), 0, "0 is less than 1"),
        (("retries",), -1, "-1 is less than 0"),
        (("trials",), 1.5, "a number stands where a whole number has to be"),
        (("bundle", "image"), "a/b:1", "names no bundle"),
        (("model",), "models.sir:baseline", "no entrypoint"),
        (("objective", "target"), "loss", "no target"),
        (("objective", "direction"), "up", "`up` is none of minimize | maximize"),
        (("workers", "mode"), "alone", "`alone` is none of coordinated | independent"),
        (("parameters", "beta", "low"), 2, "nothing is between"),
        (("parameters", "beta", "low"), 0, "a logarithmic scale has no zero"),
        (("parameters", "beta", "high"), 10**400, "no finite number"),
        (("parameters", "contacts", "low"), 1.0, "a number stands where a whole number"),
        (("parameters", "contacts", "high"), 2**63, "beyond 64 bits"),
        (("parameters", "policy", "choices"), [], "has no choices"),
        (("parameters", "policy", "choices"), ["a", "a"], "one choice twice"),
        (("algorithm", "options", "gamma"), [1], "only a truth value, a number or a text"),
    ],
)
def test_a_value_that_means_nothing(path: Path, value: object, says: str) -> None:
    message = refusal("run", changed(RUN, path, value))
    assert message.startswith(".".join(path[: 2 if "parameters" in path else None]))
    assert says in message


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[]", "the file: a list stands where an object has to be"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('{"kind": 1, "kind": 2}', "`kind` stands in it twice"),
        ('{"kind": NaN}', "NaN is no number"),
    ],
)
def test_a_file_of_something_else(text: str, says: str) -> None:
    assert says in refusal("run", text)


def test_an_infinite_option() -> None:
    text = json.dumps(RUN).replace('"gamma": 0.5', '"gamma": 1e999')
    assert refusal("run", text) == "algorithm.options.gamma: the number is infinite"


def test_what_is_read_travels_between_processes() -> None:
    for tree, read in READERS.values():
        value = read(json.dumps(tree))
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 -- written by ourselves


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
)


@given(st.sampled_from(sorted(READERS)), st.data(), JSON)
def test_whatever_stands_anywhere_is_read_or_refused(
    name: str, data: st.DataObject, value: object
) -> None:
    tree, read = READERS[name]
    path = data.draw(st.sampled_from(list(paths(tree))))
    with suppress(Misconfigured):
        assert isinstance(read(changed(tree, path, value)), RunConfig | RuntimeConfig)
