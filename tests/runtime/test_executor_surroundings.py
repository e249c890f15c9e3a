"""What of a pod's environment code may see, and what the runner may import."""

import ast
import os
import pickle
import sys
from pathlib import Path

import pytest

from modelops_runtime.executors import runner
from modelops_runtime.executors.runner import columns
from modelops_runtime.executors.surroundings import THREADS, allowed, secrets_in

ONES = dict.fromkeys(THREADS, "1")


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "LANG",
        "TZ",
        "HOME",
        "SSL_CERT_FILE",
        "HTTPS_PROXY",
        "MLFLOW_URL",
        "LLAMA_STACK_ENDPOINT",
        "MODELOPS_CONTEXT_AUDIENCE",
        "MODELOPS_CONTEXT_PASSWORD",
        "MALLOC_TRIM_THRESHOLD_",
        "AZURE_CLIENT_ID",
        "PODCAST",
        "PAGES",
        "OWN_SETTING",
    ],
)
def test_code_sees(name: str) -> None:
    assert allowed({name: "value"}) == {**ONES, name: "value"}


@pytest.mark.parametrize(
    "name",
    [
        "PGHOST",
        "PGPASSWORD",
        "DASK_SCHEDULER_ADDRESS",
        "DASK_DISTRIBUTED__WORKER__MEMORY__TARGET",
        "MODELOPS_CONFIG",
        "MODELOPS_STORE_PASSWORD_FILE",
        "MODELOPS_MODEL_VARIABLES",
        "POD_NAME",
        "KUBERNETES_SERVICE_HOST",
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "VIRTUAL_ENV",
        "UV_INDEX_URL",
        "PIP_INDEX_URL",
        "GITHUB_TOKEN",
        "AZURE_STORAGE_CONNECTION_STRING",
        "AZURE_FEDERATED_TOKEN_FILE",
        "REGISTRY_PASSWORD",
    ],
)
def test_code_does_not_see(name: str) -> None:
    assert allowed({name: "value"}) == ONES


def test_a_value_may_be_a_secret() -> None:
    assert allowed({"DATABASE": "postgresql://me:word@there/it"}) == ONES
    assert allowed({"DATABASE": "postgresql://there/it"})["DATABASE"]


def test_threads_are_one_unless_somebody_says_otherwise() -> None:
    assert allowed({"OMP_NUM_THREADS": "4"}) == {**ONES, "OMP_NUM_THREADS": "4"}


def test_a_workspace_may_name_what_its_code_needs() -> None:
    pod = {
        "DATA_TOKEN": "abcdef",
        "OTHER_TOKEN": "ghijkl",
        "MODELOPS_MODEL_VARIABLES": "A, DATA_TOKEN",
    }
    assert allowed(pod) == {**ONES, "DATA_TOKEN": "abcdef"}
    assert secrets_in(pod) == ("abcdef", "ghijkl")


def test_what_is_given_is_sorted() -> None:
    assert list(allowed({"Z": "1", "A": "1"})) == sorted([*THREADS, "A", "Z"])


def test_a_cell_is_never_more_than_a_cell() -> None:
    class Harmful:
        def __reduce__(self) -> tuple[object, ...]:
            return os.getcwd, ()

    content = pickle.dumps([Harmful()], protocol=4)
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.getcwd is no type of a cell"):
        columns.unpacked({"cells": 0}, [content], None)


MODULES = sorted(Path(runner.__file__ or "").parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_the_runner_needs_an_old_python_and_nothing_else(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=(3, 10))
    own = {each.stem for each in MODULES}
    optional = {"numpy", "pyarrow"}  # inside a function, after `try`
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                first = {name.name.partition(".")[0] for name in names}
                assert first <= sys.stdlib_module_names | optional
            case ast.ImportFrom(level=1, module=module):
                assert module in own
            case ast.ImportFrom(level=0, module=str(module)):
                assert module.partition(".")[0] in sys.stdlib_module_names
