"""Cases of the checks of room on nodes, in quotas and on disks, and of what outlives a pod."""

from tests.unit.check_case import KEDA, PRODUCTION, Case, workers
from tests.unit.small_tree import BASE, DEV, MALARIA, Specs, environment

# --- nodes ----------------------------------------------------------------------------------------


def pool(fields: str) -> Specs:
    """An environment whose pool `cpu` has these fields, and another with GPUs."""
    gpu = "gpu: {vmSize: Standard_NC4as_T4_v3}"
    return {DEV: environment(pools=f"pools: {{cpu: {{{fields}}}, {gpu}}}")}


def sized(resources: str, count: str = "replicas: 4") -> Specs:
    """A workspace with workers of this size."""
    return workers(f"{count}, resources: {{{resources}}}")


THREE_NODES = pool("vmSize: Standard_D8s_v5, max: 3")
NODES = (
    Case(
        "crowded_pool",
        "one pod too many for the pool",
        sized("cpu: 3, memory: 12Gi", "replicas: «7"),
        ("warning FIT002",),
        sized("cpu: 3, memory: 12Gi", "replicas: 6"),
        ("7 worker pods of 3 CPU, 12Gi", "4 nodes", "at most 3", "6 of them fit"),
        THREE_NODES,
    ),
    Case(
        "crowded_pool",
        "an autoscaler's most, by memory",
        sized("cpu: 1, memory: 20Gi", "autoscaling: {mode: cpu, max: «4}"),
        ("warning FIT002",),
        sized("cpu: 1, memory: 20Gi", "autoscaling: {mode: cpu, max: 3}"),
        ("4 worker pods",),
        THREE_NODES,
    ),
    Case(
        "crowded_pool",
        "an error in production",
        sized("cpu: 7, memory: 24Gi", "replicas: «6"),
        ("error FIT002",),
        sized("cpu: 7, memory: 24Gi", "replicas: 5"),
        around=PRODUCTION,
    ),
    Case(
        "crowded_pool",
        "a second pool that the pods may land on",
        sized("cpu: 7, memory: 24Gi", "replicas: «7"),
        ("warning FIT002",),
        sized("cpu: 7, memory: 24Gi", "replicas: 6"),
        ("at most 3: 6 of them fit",),
        {
            DEV: environment(
                pools="pools: {cpu: {vmSize: Standard_D8s_v5, max: 3}, "
                "more: {vmSize: Standard_D8s_v5, max: 3, role: cpu}}"
            )
        },
    ),
    Case(
        "poor_packing",
        "a third of each node idle",
        workers("replicas: 4, resources: «{cpu: 5, memory: 12Gi}"),
        ("warning FIT004",),
        sized("cpu: 5, memory: 21Gi"),  # of 29.3 GiB
        ("holds 1 of these workers", "66 %", "40 %"),
    ),
    Case(
        "poor_packing",
        "two pods, for one alone cannot share",
        workers("replicas: 2, resources: «{cpu: 5, memory: 12Gi}"),
        ("warning FIT004",),
        sized("cpu: 5, memory: 12Gi", "replicas: 1"),
    ),
    Case(
        "poor_packing",
        "on a node that is not small",
        workers("resources: «{cpu: 2, memory: 8Gi}"),
        ("warning FIT004",),
        {**workers("resources: {cpu: 1, memory: 2Gi}"), **pool("vmSize: Standard_D2s_v5")},
        ("55 %",),
        pool("vmSize: Standard_D4s_v5"),
    ),
    Case(
        "gpu_without_gpus",
        "on the ordinary pool",
        sized("cpu: 3, memory: 12Gi, gpu: «1"),
        ("error FIT005",),
        workers("pool: gpu, resources: {cpu: 3, memory: 20Gi, gpu: 1}"),
        ("1 GPU", "`cpu`"),
        THREE_NODES,
    ),
    Case(
        "pod_too_large",
        "more GPUs than a node has; of none another check speaks",
        workers("pool: gpu, resources: {cpu: 3, memory: 20Gi, gpu: «2}"),
        ("error FIT001",),
        workers("pool: gpu, resources: {cpu: 3, memory: 20Gi, gpu: 1}"),
        ("2 GPU", "1 GPU"),
        THREE_NODES,
    ),
)

# --- quotas and disks -----------------------------------------------------------------------------


def quota(bounds: str) -> Specs:
    """Four workers of 2 CPUs and 8 GiB in a namespace with these bounds.

    With a fifth while they are replaced, and the scheduler's 500m and 1 GiB: 10.5 CPUs, 41 GiB.
    """
    return {MALARIA: f"workers: {{replicas: 4}}\nquota: {{{bounds}}}"}


DISK = "ephemeralStorage: {request: %s, limit: %s}"
ROOM = (
    Case(
        "quota_too_small",
        "each bound, by the least there is",
        quota("cpu: «10499m, memory: «40Gi, ephemeralStorage: «100Gi, pods: «5"),
        ("warning FIT006",) * 4,
        quota("cpu: 10500m, memory: 41Gi, ephemeralStorage: 200Gi, pods: 6"),
        ("10499m", "10500m"),
    ),
    Case(
        "crowded_disk",
        "a worker's request below its volumes",  # 2 + 10 + 10 + 5 + 1 GiB
        sized(DISK % ("«27Gi", "40Gi")),
        ("warning STO006",),
        sized(DISK % ("28Gi", "40Gi")),
        ("27Gi", "28Gi"),
    ),
    Case(
        "crowded_disk",
        "a scheduler's limit, and its request",
        {MALARIA: f"scheduler: {{resources: {{{DISK % ('1Gi', '«1Gi')}}}}}"},
        ("warning STO006",),
        {MALARIA: f"scheduler: {{resources: {{{DISK % ('2Gi', '2Gi')}}}}}"},
        ("1Gi", "1536Mi"),
    ),
    Case(
        "unknown_storage_class",
        "one that AKS does not have, twice",
        {
            DEV: environment(
                "storageClasses: {standard: «managed-premium, shared: «managed-premium}"
            )
        },
        ("error STO002",) * 2,
        {DEV: environment("storageClasses: {standard: managed-csi-premium, shared: our-files}")},
        ("managed-premium",),
    ),
    Case(
        "unknown_storage_class",
        "a name that means something elsewhere",
        {DEV: environment("storageClasses: {retained: «managed-premium}")},
        ("error STO002",),
        {
            DEV: environment("storageClasses: {retained: managed-premium}", "provider: generic"),
        },
    ),
)

# --- what outlives a pod --------------------------------------------------------------------------

LASTING = (
    Case(
        "lost_results",
        "on pods that an autoscaler takes away",
        {MALARIA: "workers: {autoscaling: {max: 4}}\nresults: {kind: «ephemeral}", **KEDA},
        ("warning STO005",),
        {MALARIA: "workers: {autoscaling: {max: 4}}\nresults: {kind: volume}", **KEDA},
        ("ephemeral", "autoscaling"),
    ),
    Case(
        "lost_results",
        "in production, by an explicit choice",
        {MALARIA: "results: {kind: «ephemeral}"},
        ("error STO005",),
        {MALARIA: "results: {kind: volume}"},
        ("production",),
        PRODUCTION,
    ),
    Case(
        "short_drain",
        "one second too few",
        {
            MALARIA: "workers: {drain: «599s, autoscaling: {mode: cpu, max: 4}}\n"
            "executor: {timeout: 10m}"
        },
        ("warning AVL003",),
        {
            MALARIA: "workers: {drain: 600s, autoscaling: {mode: cpu, max: 4}}\n"
            "executor: {timeout: 10m}"
        },
        ("9m59s", "10m"),
    ),
    Case(
        "short_drain",
        "by default, where the queue decides nothing",
        {**workers("drain: «10m, autoscaling: {mode: cpu, max: 4}"), **KEDA},
        ("warning AVL003",),
        {**workers("drain: 10m, autoscaling: {mode: queue, max: 4}"), **KEDA},
        ("10m", "30m"),
    ),
    Case(
        "short_drain",
        "computed, and at its bound",
        {MALARIA: "workers: {autoscaling: {mode: cpu, max: 4}}\nexecutor: {timeout: «3601s}"},
        ("warning AVL003",),
        {MALARIA: "workers: {autoscaling: {mode: cpu, max: 4}}\nexecutor: {timeout: 1h}"},
        ("1h", "1h0m1s"),
    ),
    Case(
        "short_drain",
        "written in a layer below, and not computed",
        {
            BASE: "workspace: {workers: {drain: «29m}}",
            **workers("autoscaling: {mode: cpu, max: 4}"),
        },
        ("warning AVL003",),
        workers("autoscaling: {mode: cpu, max: 4}"),
    ),
)

CASES = (*NODES, *ROOM, *LASTING)
