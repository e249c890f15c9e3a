"""The arithmetic of memory, disk and scale: what a pod asks for and what its processes may use."""

import math
from fractions import Fraction
from functools import cache

from modelops.model.resources import BytesRange
from modelops.model.workspace import (
    AutoscalingMode,
    EphemeralResults,
    Scheduler,
    Workers,
    WorkspaceSpec,
)
from modelops.planned import Amounts, CpuScale, FixedScale, QueueScale, Scale
from modelops.provenance import derived

MIB = 1 << 20
GIB = 1 << 30

SCHEDULER_SCRATCH = 512 * MIB
"""Scratch space of the scheduler."""

WORKER_SCRATCH = 2 * GIB
"""Scratch space of a worker pod."""

LOGS = GIB
"""Disk for what the kubelet keeps of a container beside its volumes: logs and the like."""

DASK_PROCESS = 512 * MIB
"""What a Dask process takes whose tasks run in warm processes: some 300 MiB for Python and its
libraries, and results on their way. A judgement, not a fact."""

MOST_WARM = 4
"""Warm processes where nobody wrote a number: more bundles than that seldom take turns."""

SHORTEST_DRAIN = 600
"""Seconds of draining where nobody wrote any: results have to move to other workers, too."""

LONGEST_DRAIN = 3600
"""As above: no node and no update waits longer for a worker, unless somebody wrote so."""

DEFAULT_REPLICAS = 2

TARGET_CPU_PERCENT = 70
"""Of the request: room for a burst, and not so low that idle pods stay."""

SCALE_IN_WINDOW = 900
"""Seconds: longer than most tasks, so that a lull does not take away pods that hold results."""

QUEUE_COOLDOWN = 600
"""Seconds without work before the last pods go: a node pool takes minutes to come back."""

SURGE = Fraction(1, 4)
"""Share of the workers that a rolling update may add."""


@cache
def _usable(headroom: str) -> Fraction:
    """The share of a limit that is left, exactly as the headroom was typed."""
    return 1 - Fraction(headroom)


def process_memory(workers: Workers) -> int:
    """Bytes that Dask gives each process: what is written, else its share of the limit.

    The share is floor((1 - headroom) x limit / processes).

    The headroom is taken as the decimal that was typed, so that 0.1 of 10Gi is exactly 1Gi.
    """
    if workers.memory.per_process is not None:
        return workers.memory.per_process
    headroom, limit = workers.memory.headroom, workers.resources.memory.limit
    return derived(
        "floor((1 - headroom) x memory limit / processes)",
        math.floor(_usable(str(headroom)) * limit / workers.processes),
        headroom,
        limit,
        workers.processes,
    )


def warm_processes(spec: WorkspaceSpec) -> int:
    """Most warm processes of each worker process: what is written, else as many as fit.

    The room is the container's limit less its headroom and less what the Dask processes take:
    `perProcess` where that is written, and `DASK_PROCESS` where not. At least one, at most
    `MOST_WARM`; that one fits at all is the business of a check.
    """
    executor, workers = spec.executor, spec.workers
    if executor.max_warm_processes is not None:
        return executor.max_warm_processes
    headroom, limit = workers.memory.headroom, workers.resources.memory.limit
    beside = workers.memory.per_process or DASK_PROCESS
    room = _usable(str(headroom)) * limit - workers.processes * beside
    fitting = math.floor(room / (workers.processes * executor.warm_process_memory))
    return derived(
        "as many as fit in the memory limit less headroom and Dask's processes, from 1 to 4",
        min(max(fitting, 1), MOST_WARM),
        headroom,
        limit,
        workers.processes,
        beside,
        executor.warm_process_memory,
    )


def drain(spec: WorkspaceSpec) -> int:
    """Seconds that a stopping worker may finish its tasks: what is written, else a timeout's."""
    if spec.workers.drain is not None:
        return spec.workers.drain
    timeout = spec.executor.timeout
    return derived(
        "the most time for one execution, from 10m to 1h",
        min(max(timeout, SHORTEST_DRAIN), LONGEST_DRAIN),
        timeout,
    )


def worker_disk(spec: WorkspaceSpec) -> int:
    """Bytes of node disk that a worker pod's volumes and logs can take."""
    results = spec.results.size if isinstance(spec.results, EphemeralResults) else 0
    return derived(
        "spill + bundle cache + ephemeral results + 3Gi of scratch and logs",
        WORKER_SCRATCH + spec.workers.spill + spec.bundles.cache + results + LOGS,
        spec.workers.spill,
        spec.bundles.cache,
        results,
    )


def scheduler_amounts(scheduler: Scheduler) -> Amounts:
    """The scheduler container's requests and limits."""
    resources = scheduler.resources
    disk = resources.ephemeral_storage or _both(SCHEDULER_SCRATCH + LOGS)
    return Amounts(
        cpu_request=resources.cpu.request,
        cpu_limit=resources.cpu.limit,
        memory_request=resources.memory.request,
        memory_limit=resources.memory.limit,
        disk_request=disk.request,
        disk_limit=disk.limit,
    )


def worker_amounts(spec: WorkspaceSpec) -> Amounts:
    """A worker container's requests and limits."""
    resources = spec.workers.resources
    disk = resources.ephemeral_storage or _both(worker_disk(spec))
    return Amounts(
        cpu_request=resources.cpu.request,
        cpu_limit=resources.cpu.limit,
        memory_request=resources.memory.request,
        memory_limit=resources.memory.limit,
        disk_request=disk.request,
        disk_limit=disk.limit,
        gpu=resources.gpu,
    )


def _both(amount: int) -> BytesRange:
    return BytesRange.model_construct(request=amount, limit=amount)


def scale(workers: Workers, counts_url: str) -> Scale:
    """Who decides how many worker pods there are, and between which bounds."""
    autoscaling = workers.autoscaling
    if autoscaling is None:
        return FixedScale(DEFAULT_REPLICAS if workers.replicas is None else workers.replicas)
    if autoscaling.mode == AutoscalingMode.QUEUE:
        return QueueScale(
            autoscaling.fewest, autoscaling.max, counts_url, workers.processes, QUEUE_COOLDOWN
        )
    return CpuScale(autoscaling.fewest, autoscaling.max, TARGET_CPU_PERCENT, SCALE_IN_WINDOW)


def most_pods(decided: Scale) -> int:
    """The most worker pods there can be, a rolling update's surge among them."""
    steady = decided.replicas if isinstance(decided, FixedScale) else decided.most
    return derived(
        "the most worker pods, and a quarter more in a rolling update",
        steady + math.ceil(steady * SURGE),
        steady,
    )
