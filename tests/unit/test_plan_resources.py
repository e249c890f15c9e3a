"""The stage `plan`: memory, disk, scale and quotas, with numbers computed by hand."""

import json

import pytest
from tests.unit.small_tree import GIB, MIB, environment, malaria

from modelops.planned import Amounts, ContainerBounds, CpuScale, FixedScale, QueueScale, Scale

KEDA = environment("features: {keda: true, networkPolicy: calico}")

# --- memory of each process ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "headroom", "processes", "each"),
    [
        ("8Gi", "0.1", 2, 3_865_470_566),  # 0.9 x 8_589_934_592 / 2 = 3_865_470_566.4
        ("9Gi", "0.1", 3, 2_899_102_924),  # 0.9 x 9_663_676_416 / 3 = 2_899_102_924.8
        ("10Gi", "0.1", 1, 9 * GIB),  # exact: nothing may be lost to binary fractions
        ("10Gi", "0.3", 7, GIB),  # exact: 0.7 x 10 / 7, which floats make a byte less
        ("1000000007", "0.15", 7, 121_428_572),  # 850_000_005.95 / 7 = 121_428_572.278…
        ("16Gi", "0.07", 3, 5_325_759_447),  # 0.93 x 17_179_869_184 / 3 = 5_325_759_447.04
        ("8Gi", "0", 2, 4 * GIB),
        ("8Gi", "0.999999999", 1, 8),  # 0.000000001 x 8_589_934_592 = 8.58…
    ],
)
def test_a_process_gets_its_share_of_what_headroom_leaves(
    limit: str, headroom: str, processes: int, each: int
) -> None:
    spec = (
        f"workers: {{processes: {processes}, memory: {{headroom: {headroom}}}, "
        f"resources: {{memory: {limit}}}}}\nexecutor: {{type: cold}}"
    )
    assert malaria(spec).workers.memory_limit == each


def test_a_share_is_of_the_limit_and_not_of_the_request() -> None:
    spec = "workers: {processes: 1, resources: {memory: {request: 4Gi, limit: 10Gi}}}"
    assert malaria(spec).workers.memory_limit == 9 * GIB


def test_what_is_written_for_a_process_wins() -> None:
    spec = "workers: {processes: 2, memory: {perProcess: 3Gi}}"
    assert malaria(spec).workers.memory_limit == 3 * GIB


@pytest.mark.parametrize(
    ("spec", "most"),
    [
        ("{}", 3),  # 0.9 x 8 - 2 x 0.5 = 6.2, over 2 processes of 1 GiB each
        ("workers: {resources: {memory: 20Gi}}", 4),  # 8, and no more than 4
        ("workers: {resources: {memory: 2Gi}}", 1),  # none, and no less than 1
        ("workers: {processes: 1, resources: {memory: 5Gi}}", 4),  # exact: 0.9 x 5 - 0.5
        ("workers: {processes: 1, resources: {memory: 5119Mi}}", 3),
        ("workers: {memory: {perProcess: 2560Mi}}", 1),  # 7.2 - 2 x 2.5 = 2.2
        ("workers: {memory: {headroom: 0.3}}", 2),  # 5.6 - 1
        ("executor: {warmProcessMemory: 1587Mi}", 2),  # 6.2 / 3.1
        ("executor: {warmProcessMemory: 1588Mi}", 1),
        ("executor: {maxWarmProcesses: 1}", 1),
        ("executor: {maxWarmProcesses: 7, warmProcessMemory: 512Mi}", 7),
    ],
)
def test_warm_processes_are_as_many_as_fit_unless_it_is_said(spec: str, most: int) -> None:
    told = json.loads(malaria(spec).config.text)["executor"]
    assert told["maxWarmProcesses"] == most


# --- requests and limits -------------------------------------------------------------------------


def test_the_default_worker_is_guaranteed_and_its_disk_holds_all_its_volumes() -> None:
    # scratch 2 + spill 10 + cache 10 + results 5 + logs 1
    disk = 28 * GIB
    assert malaria().workers.pod.amounts == Amounts(2000, 2000, 8 * GIB, 8 * GIB, disk, disk)


def test_the_default_scheduler_is_guaranteed_too() -> None:
    disk = 1536 * MIB  # scratch 512 and logs 1024
    assert malaria().scheduler.pod.amounts == Amounts(500, 500, GIB, GIB, disk, disk)


def test_requests_below_limits_stay_what_they_are() -> None:
    spec = """\
workers:
  resources:
    cpu: {request: "1", limit: 2500m}
    memory: {request: 4Gi, limit: 8Gi}
    ephemeralStorage: {request: 30Gi, limit: 40Gi}
    gpu: 0
"""
    amounts = Amounts(1000, 2500, 4 * GIB, 8 * GIB, 30 * GIB, 40 * GIB)
    assert malaria(spec).workers.pod.amounts == amounts


def test_a_scheduler_s_written_disk_wins() -> None:
    amounts = malaria("scheduler: {resources: {ephemeralStorage: 7Gi}}").scheduler.pod.amounts
    assert (amounts.disk_request, amounts.disk_limit) == (7 * GIB, 7 * GIB)


@pytest.mark.parametrize(
    ("spec", "gib"),
    [
        ("workers: {spill: 20Gi}", 38),
        ("bundles: {cache: 3Gi}", 21),
        ("results: {kind: ephemeral, size: 50Gi}", 73),
        ("results: {kind: volume, size: 500Gi}", 23),  # not on the node at all
    ],
)
def test_the_disk_of_a_worker_follows_its_volumes(spec: str, gib: int) -> None:
    amounts = malaria(spec).workers.pod.amounts
    assert (amounts.disk_request, amounts.disk_limit) == (gib * GIB, gib * GIB)


def test_gpus_are_passed_on() -> None:
    pools = "pools: {cpu: {allocatable: {cpu: 8, memory: 32Gi, gpu: 2}}}"
    spec = "workers: {resources: {gpu: 2}}"
    assert malaria(spec, environment(pools=pools)).workers.pod.amounts.gpu == 2


# --- scale ---------------------------------------------------------------------------------------

URL = "http://dask-scheduler.modelops-dask-dev-malaria.svc.cluster.local:8787/json/counts.json"


@pytest.mark.parametrize(
    ("workers", "scale"),
    [
        ("{}", FixedScale(2)),
        ("{replicas: 0}", FixedScale(0)),
        ("{replicas: 7}", FixedScale(7)),
        ("{autoscaling: {max: 9}}", QueueScale(0, 9, URL, 2, 600)),
        ("{autoscaling: {mode: queue, min: 3, max: 9}}", QueueScale(3, 9, URL, 2, 600)),
        ("{processes: 4, autoscaling: {max: 1}}", QueueScale(0, 1, URL, 4, 600)),
        ("{autoscaling: {mode: cpu, max: 9}}", CpuScale(1, 9, 70, 900)),
        ("{autoscaling: {mode: cpu, min: 4, max: 4}}", CpuScale(4, 4, 70, 900)),
    ],
)
def test_who_decides_how_many_workers_there_are(workers: str, scale: Scale) -> None:
    assert malaria(f"workers: {workers}", KEDA).workers.scale == scale


# --- quota ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("workers", "pods"),
    [  # a rolling update may add a quarter, rounded up
        ("{replicas: 0}", 0),
        ("{replicas: 1}", 2),
        ("{replicas: 4}", 5),
        ("{replicas: 5}", 7),
        ("{autoscaling: {min: 1, max: 10}}", 13),
        ("{autoscaling: {mode: cpu, max: 8}}", 10),
    ],
)
def test_a_quota_has_room_for_the_most_workers_and_their_surge(workers: str, pods: int) -> None:
    quota = malaria(f"workers: {workers}", KEDA).quota
    assert quota.pods == pods + 1
    assert quota.cpu_request == quota.cpu_limit == pods * 2000 + 500
    assert quota.memory_request == quota.memory_limit == (pods * 8 + 1) * GIB
    assert quota.disk_request == quota.disk_limit == pods * 28 * GIB + 1536 * MIB
    assert quota.claims == 0


def test_a_quota_adds_requests_and_limits_apart() -> None:
    spec = """\
workers:
  replicas: 3
  resources:
    cpu: {request: 500m, limit: "2"}
    memory: {request: 1Gi, limit: 3Gi}
    ephemeralStorage: {request: 30Gi, limit: 40Gi}
"""
    quota = malaria(spec).quota
    assert (quota.cpu_request, quota.cpu_limit) == (4 * 500 + 500, 4 * 2000 + 500)
    assert (quota.memory_request, quota.memory_limit) == (5 * GIB, 13 * GIB)
    assert (quota.disk_request, quota.disk_limit) == (
        120 * GIB + 1536 * MIB,
        160 * GIB + 1536 * MIB,
    )


def test_a_quota_has_room_for_the_bootstrap_job() -> None:
    spec = "workers: {replicas: 1}\n"
    without, with_job = malaria(spec), malaria(spec + "secrets: {web: {generate: [cookie]}}")
    assert with_job.quota.pods == without.quota.pods + 1
    assert with_job.quota.cpu_request == without.quota.cpu_request + 100
    assert with_job.quota.cpu_limit == without.quota.cpu_limit + 500
    assert with_job.quota.memory_limit == without.quota.memory_limit + 256 * MIB
    assert with_job.quota.disk_limit == without.quota.disk_limit + GIB


def test_a_quota_counts_claims() -> None:
    assert malaria("results: {kind: volume}").quota.claims == 1


def test_what_a_person_writes_of_a_quota_wins_part_by_part() -> None:
    quota = malaria("quota: {cpu: 40, pods: 9, ephemeralStorage: 1Ti}").quota
    assert (quota.cpu_request, quota.cpu_limit, quota.pods) == (40_000, 40_000, 9)
    assert (quota.disk_request, quota.disk_limit) == (1024 * GIB, 1024 * GIB)
    assert quota.memory_limit == (3 * 8 + 1) * GIB  # two workers, one more in an update


# --- the largest container -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "bounds"),
    [
        ("{}", ContainerBounds(2000, 8 * GIB)),
        (
            "scheduler: {resources: {cpu: 3, memory: {request: 1Gi, limit: 2Gi}}}",
            ContainerBounds(3000, 8 * GIB),
        ),
        (
            (
                "workers: {resources: {cpu: {request: 1, limit: 4}, memory: 2Gi}}\n"
                "scheduler: {resources: {memory: 9Gi}}"
            ),
            ContainerBounds(4000, 9 * GIB),
        ),
    ],
)
def test_the_largest_container_bounds_each_resource_by_itself(
    spec: str, bounds: ContainerBounds
) -> None:
    assert malaria(spec).bounds == bounds


def test_tiny_workers_leave_room_for_the_bootstrap_job() -> None:
    tiny = "resources: {cpu: 250m, memory: 128Mi}"
    spec = f"workers: {{processes: 1, {tiny}}}\nexecutor: {{type: cold}}\n"
    spec += f"scheduler: {{{tiny}}}\nsecrets: {{web: {{generate: [cookie]}}}}"
    assert malaria(spec).bounds == ContainerBounds(500, 256 * MIB)
