"""Part of `planned`: the Dask plane, and what decides how many workers there are."""

from dataclasses import dataclass

from modelops.planned.pods import PodPlan


@dataclass(frozen=True, slots=True)
class PortRange:
    """TCP ports from `first` to `last`, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class SchedulerPlan:
    """The Dask scheduler: one pod and the Service in front of it.

    Attributes:
        address: `tcp://host:port`, the same from every namespace.
        comm_port: where clients and workers connect.
        dashboard_port: HTTP: dashboard, health, metrics, counts for autoscaling.
    """

    name: str
    pod: PodPlan
    address: str
    comm_port: int
    dashboard_port: int


@dataclass(frozen=True, slots=True)
class FixedScale:
    """A number of pods that only a commit changes."""

    replicas: int


@dataclass(frozen=True, slots=True)
class QueueScale:
    """KEDA asks the scheduler how many worker processes it wants.

    Attributes:
        fewest, most: worker pods.
        url: where the scheduler tells the wanted number of worker processes.
        per_pod: worker processes in a pod.
        cooldown: seconds without work before the last pods go.
    """

    fewest: int
    most: int
    url: str
    per_pod: int
    cooldown: int


@dataclass(frozen=True, slots=True)
class CpuScale:
    """A HorizontalPodAutoscaler holds the average CPU use near `target_percent`.

    Attributes:
        scale_in_window: seconds that a smaller number must be wanted before a pod goes.
    """

    fewest: int
    most: int
    target_percent: int
    scale_in_window: int


Scale = FixedScale | QueueScale | CpuScale


@dataclass(frozen=True, slots=True)
class WorkersPlan:
    """The Dask workers: a Deployment of equal pods.

    Attributes:
        memory_limit: bytes that Dask gives each process.
        drain: seconds that a stopping pod may finish its tasks.
        worker_ports, nanny_ports: one port for each process, so that policies can be exact.
        results_address: where results go that stay on no volume; "" where they do.
    """

    name: str
    pod: PodPlan
    scheduler_address: str
    scale: Scale
    processes: int
    threads: int
    memory_limit: int
    worker_ports: PortRange
    nanny_ports: PortRange
    metrics_port: int
    spill_directory: str
    drain: int
    results_address: str = ""
