"""Part of `configuration`: `runtime.json`, what the Dask workers of a workspace are told."""

from dataclasses import dataclass
from enum import StrEnum

from modelops_runtime.configuration.sections import Section, document, read
from modelops_runtime.contracts.paths import below
from modelops_runtime.contracts.violation import ContractViolation


class ExecutorKind(StrEnum):
    """How workers run a bundle's code."""

    ISOLATED_WARM = "isolated_warm"
    DIRECT = "direct"
    COLD = "cold"


class BundleSource(StrEnum):
    """Where bundles come from."""

    OCI = "oci"
    FILE = "file"


class ResultsKind(StrEnum):
    """Where results live: as long as their volume does, or the pod, or in a container of blobs."""

    VOLUME = "volume"
    EPHEMERAL = "ephemeral"
    BLOB = "blob"


@dataclass(frozen=True, slots=True)
class DaskConfig:
    """The plane that the pod is a part of.

    Attributes:
        processes: Dask worker processes in a pod.
        threads: of each.
        memory_limit_bytes: of each.
        drain_seconds: how long a stopping worker may finish its tasks.
        worker_port: of the first process; the others follow.
        nanny_port: of the first process's nanny.
    """

    scheduler_address: str
    processes: int
    threads: int
    memory_limit_bytes: int
    drain_seconds: int
    worker_port: int
    nanny_port: int
    spill_directory: str


@dataclass(frozen=True, slots=True)
class ExecutorConfig:
    """How a bundle's code is run.

    Attributes:
        fresh_venv: whether each execution has a new environment.
        max_warm_processes: in one worker process.
        warm_process_memory_bytes: what one of them may use.
        timeout_seconds: of one execution.
    """

    kind: ExecutorKind
    fresh_venv: bool
    max_warm_processes: int
    warm_process_memory_bytes: int
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class BundlesConfig:
    """The code of models.

    Attributes:
        registry: where they are pulled from; empty where the image carries them.
        directory: where the image carries them; empty where they are pulled.
        cache_directory: where they are unpacked.
        cache_bytes: what that may hold.
    """

    source: BundleSource
    registry: str
    directory: str
    cache_directory: str
    cache_bytes: int


@dataclass(frozen=True, slots=True)
class FolderResults:
    """Outputs are kept in a folder.

    Attributes:
        lasting: whether it outlives the pod.
        size_bytes: what it may hold.
    """

    lasting: bool
    directory: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BlobResults:
    """Outputs are kept in a container of Azure Blob Storage.

    Attributes:
        endpoint: of the storage account's blobs.
        container: its name.
        prefix: a path; the names of all blobs begin with it.
    """

    endpoint: str
    container: str
    prefix: str


@dataclass(frozen=True, slots=True)
class RuntimeConfig:
    """What the Dask workers of a workspace are told."""

    environment: str
    workspace: str
    dask: DaskConfig
    executor: ExecutorConfig
    bundles: BundlesConfig
    results: FolderResults | BlobResults


def runtime_config(text: str) -> RuntimeConfig:
    """The settings of a `runtime.json`.

    Raises:
        Misconfigured: it holds none; the message names the key.
    """
    file = document(text, "RuntimeConfig")
    return file.ending(
        RuntimeConfig(
            environment=file.text("environment"),
            workspace=file.text("workspace"),
            dask=_dask(file.section("dask")),
            executor=_executor(file.section("executor")),
            bundles=_bundles(file.section("bundles")),
            results=_results(file.section("results")),
        )
    )


def _dask(section: Section) -> DaskConfig:
    return section.ending(
        DaskConfig(
            scheduler_address=section.text("schedulerAddress"),
            processes=section.count("processes", 1),
            threads=section.count("threads", 1),
            memory_limit_bytes=section.count("memoryLimitBytes", 1),
            drain_seconds=section.count("drainSeconds"),
            worker_port=section.count("workerPort", 1),
            nanny_port=section.count("nannyPort", 1),
            spill_directory=section.text("spillDirectory"),
        )
    )


def _executor(section: Section) -> ExecutorConfig:
    return section.ending(
        ExecutorConfig(
            kind=section.choice("type", ExecutorKind),
            fresh_venv=section.flag("freshVenv"),
            max_warm_processes=section.count("maxWarmProcesses", 1),
            warm_process_memory_bytes=section.count("warmProcessMemoryBytes", 1),
            timeout_seconds=section.count("timeoutSeconds", 1),
        )
    )


def _bundles(section: Section) -> BundlesConfig:
    source = section.choice("source", BundleSource)
    pulled = source is BundleSource.OCI
    return section.ending(
        BundlesConfig(
            source=source,
            registry=section.text("registry") if pulled else "",
            directory="" if pulled else section.text("directory"),
            cache_directory=section.text("cacheDirectory"),
            cache_bytes=section.count("cacheBytes"),
        )
    )


def _results(section: Section) -> FolderResults | BlobResults:
    kind = section.choice("kind", ResultsKind)
    if kind is ResultsKind.BLOB:
        return section.ending(
            BlobResults(
                endpoint=read(section, "endpoint", _over_tls),
                container=section.text("container"),
                prefix=read(section, "prefix", below),
            )
        )
    return section.ending(
        FolderResults(
            lasting=kind is ResultsKind.VOLUME,
            directory=section.text("directory"),
            size_bytes=section.count("sizeBytes"),
        )
    )


def _over_tls(url: str) -> str:
    if not url.startswith("https://"):
        raise ContractViolation(f"`{url}` does not begin with `https://`: a login is shown there")
    return url
