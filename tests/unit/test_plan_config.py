"""The stage `plan`: the configuration that the runtime reads, and its name."""

import hashlib
import json
from typing import Any

import pytest
from tests.unit.small_tree import GIB, environment, malaria

from modelops.planned import ConfigVolume, WorkspacePlan

ADDRESS = "tcp://dask-scheduler.modelops-dask-dev-malaria.svc.cluster.local:8786"


def settings(workspace: WorkspacePlan) -> Any:  # noqa: ANN401 -- JSON data
    return json.loads(workspace.config.text)


def test_the_runtime_is_told_all_that_it_needs() -> None:
    spec = """\
workers: {processes: 3, threads: 2, drain: 5m}
executor: {type: cold, freshVenv: true, maxWarmProcesses: 6, warmProcessMemory: 2Gi, timeout: 45m}
bundles: {registry: ghcr.io/bundles, cache: 2Gi}
results: {kind: volume, size: 70Gi}
"""
    assert settings(malaria(spec)) == {
        "apiVersion": "modelops.io/v1",
        "kind": "RuntimeConfig",
        "environment": "dev",
        "workspace": "malaria",
        "dask": {
            "schedulerAddress": ADDRESS,
            "processes": 3,
            "threads": 2,
            "memoryLimitBytes": 2_576_980_377,  # 0.9 x 8 GiB / 3 = 2_576_980_377.6
            "drainSeconds": 300,
            "workerPort": 9000,
            "nannyPort": 9100,
            "spillDirectory": "/dask-spill",
        },
        "executor": {
            "type": "cold",
            "freshVenv": True,
            "maxWarmProcesses": 6,
            "warmProcessMemoryBytes": 2 * GIB,
            "timeoutSeconds": 2700,
        },
        "bundles": {
            "source": "oci",
            "registry": "ghcr.io/bundles",
            "cacheDirectory": "/var/cache/modelops",
            "cacheBytes": 2 * GIB,
        },
        "results": {
            "kind": "volume",
            "directory": "/var/lib/modelops/results",
            "sizeBytes": 70 * GIB,
        },
    }


def test_bundles_are_where_the_images_are_unless_it_is_said() -> None:
    rest = "registry: {prefix: acr.azurecr.io/team}"
    assert settings(malaria())["bundles"]["registry"] == "quay.io/epi-models"
    of_environment = settings(malaria(dev_spec=environment(rest=rest)))
    assert of_environment["bundles"]["registry"] == "acr.azurecr.io/team"


def test_bundles_of_the_image_have_a_directory_and_no_registry() -> None:
    assert settings(malaria("bundles: {source: file}"))["bundles"] == {
        "source": "file",
        "directory": "/opt/modelops/bundles",
        "cacheDirectory": "/var/cache/modelops",
        "cacheBytes": 10 * GIB,
    }


def test_the_configuration_is_named_by_its_content() -> None:
    config = malaria().config
    digest = hashlib.sha256(config.text.encode()).hexdigest()
    assert (config.name, config.file) == (f"modelops-runtime-{digest[:8]}", "runtime.json")
    assert config.text == json.dumps(json.loads(config.text), indent=2, sort_keys=True) + "\n"


@pytest.mark.parametrize(
    ("spec", "renamed"),
    [
        ("executor: {timeout: 31m}", True),
        ("workers: {processes: 3}", True),
        ("workers: {drain: 11m}", True),
        ("bundles: {cache: 11Gi}", True),
        ("results: {kind: volume}", True),
        ("executor: {timeout: 30m}", False),  # the default, written out
        ("workers: {replicas: 9, env: {A: b}}", False),  # nothing that the runtime reads
        ("labels: {team: malaria}", False),
    ],
)
def test_the_configuration_s_name_changes_with_its_content_alone(
    spec: str,
    renamed: bool,  # noqa: FBT001 -- a table's column
) -> None:
    workspace = malaria(spec)
    assert (workspace.config.name != malaria().config.name) is renamed
    (volume,) = (one for one in workspace.workers.pod.volumes if isinstance(one, ConfigVolume))
    assert volume.config_map == workspace.config.name
