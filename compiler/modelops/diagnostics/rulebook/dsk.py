"""Area DSK of the rule book: what Dask needs to live within its containers.

Read by the models and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

DSK001 = Rule(
    code="DSK001",
    summary="processes that together may use more memory than their container has to give",
    why=(
        "Two workers believed that they owned 12 GB in a pod of 4 GB: the container's limit and "
        "what Dask was told had separate defaults, so Dask saw no pressure until the kernel "
        "killed the pod. Elsewhere four processes shared the limit to the last byte, and pods "
        "died, came back and died again while thousands of tasks waited. Nannies, interpreters "
        "and warm processes need room that Dask does not count."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 3
    resources: {cpu: "3", memory: 6Gi}
    memory: {perProcess: 2Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 3
    resources: {cpu: "3", memory: 6Gi}
""",
    remedy=(
        "Leave `memory.perProcess` out: it is computed to fit.\n"
        "Else raise `resources.memory`, or lower `processes`."
    ),
)

DSK002 = Rule(
    code="DSK002",
    summary="an amount of memory or disk without a unit that makes sense",
    why=(
        "`500m` is half a byte to Kubernetes and 500 MB to Dask. A pattern that did not know a "
        "unit once gave up, and each process was told that it had the whole container. Amounts "
        "are therefore read exactly, in Kubernetes' notation, and what cannot be meant is "
        "refused."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {memory: 8000m}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {memory: 8000Mi}
""",
    remedy=(
        "Write a number and a unit: Ki, Mi, Gi, Ti (powers of 1024)\n"
        "or k, M, G, T (powers of 1000)."
    ),
)

DSK003 = Rule(
    code="DSK003",
    summary="worker processes with too little memory to do anything",
    why=(
        "Four processes shared a pod of 4 GiB. Python and its libraries took a third of each "
        "share before the first task, Dask spilled and paused from then on, and thousands of "
        "tasks waited behind workers that were killed and started again. One GiB for each process "
        "is the floor, by judgement."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 3
    resources: {cpu: "3", memory: 3Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 2
    resources: {cpu: "2", memory: 3Gi}
""",
    remedy=(
        "Raise `resources.memory`, or lower `processes`.\n"
        "Outside production this is a warning. To accept it, write into the\n"
        'workspace\'s file: `accept: {DSK003: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

DSK004 = Rule(
    code="DSK004",
    summary="a memory request that is not the memory limit",
    why=(
        "A pod that may use more than it asked for lives on what its neighbours leave. When the "
        "node runs short, the kubelet evicts such pods first, and Dask, which plans with the "
        "limit, loses workers that did nothing wrong. A request above the limit is an error "
        "everywhere: the API server refuses the pod."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {memory: {request: 4Gi, limit: 8Gi}}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {memory: 8Gi}
""",
    remedy=(
        "Write one amount: it is request and limit alike.\n"
        "Outside production a lower request is a warning. To accept it, write\n"
        'into the workspace\'s file: `accept: {DSK004: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

DSK005 = Rule(
    code="DSK005",
    summary="CPUs that do not go with the processes and threads that share them",
    why=(
        "Pods asked for four CPUs on nodes that had less to give, and ran two processes; others "
        "ran four processes on two. The first pay for what is idle, the second wait for one "
        "another. Processes with less than a quarter of a CPU are throttled until they miss "
        "heartbeats and the scheduler gives them up, which is an error."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 3
    threads: 2
    resources: {cpu: "3"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 3
    resources: {cpu: "3"}
""",
    remedy=(
        "Give a CPU to each thread of each process; with a GPU, more if you\n"
        "like. To accept another ratio, write into the workspace's file:\n"
        '`accept: {DSK005: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
)

DSK006 = Rule(
    code="DSK006",
    summary="threads that cannot run side by side",
    why=(
        "Python runs its own code in one thread at a time, so that more threads in a worker that "
        "runs tasks itself make each of them slower. And a numeric library starts as many threads "
        "as the node has CPUs, in every process, unless it is told: the compiler tells it one."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {OMP_NUM_THREADS: "4"}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 1
    resources: {cpu: "2"}
    env: {OMP_NUM_THREADS: "2"}
""",
    remedy=(
        "Use processes in place of threads, and leave libraries their one.\n"
        "For code that leaves Python's lock, write into the workspace's file:\n"
        '`accept: {DSK006: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
)

DSK007 = Rule(
    code="DSK007",
    summary="a Dask variable without `DISTRIBUTED`, which Dask ignores",
    why=(
        "Memory thresholds were set as `DASK_WORKER__MEMORY__TARGET`, reviewed, deployed and "
        "tuned. They never had any effect: Dask makes the setting `worker.memory.target` of it, "
        "reads `distributed.worker.memory.target`, and says nothing."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DASK_WORKER__MEMORY__MAX_SPILL: 8GiB}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    env: {DASK_DISTRIBUTED__WORKER__MEMORY__MAX_SPILL: 8GiB}
""",
    remedy=(
        "Write `DASK_DISTRIBUTED__…`; of memory thresholds, set the fields\n"
        "below `workers.memory` and no variable."
    ),
)

DSK008 = Rule(
    code="DSK008",
    also_warns=True,
    summary="memory thresholds in the wrong order, too late, or said twice",
    why=(
        "A configuration meant to use every byte set target, spill and pause to 0.90, 0.95 and "
        "0.98 and left terminate at 0.95: Dask would have killed processes before it had paused "
        "them. Late thresholds leave no room for what running tasks still allocate, which is a "
        "warning. And a threshold that is also set as a variable has two truths."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    memory: {target: 0.90, spill: 0.95, pause: 0.98}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    memory: {target: 0.60, spill: 0.70, pause: 0.80, terminate: 0.95}
""",
    remedy=(
        "Keep target <= spill <= pause < terminate, with pause at most 0.9.\n"
        "Set them under `workers.memory`, not as variables; or leave them out."
    ),
)

DSK009 = Rule(
    code="DSK009",
    summary="more or fewer than one scheduler",
    why=(
        "Two schedulers behind one Service are two clusters: workers register with one of them by "
        "chance, clients with the other, and tasks wait for workers that are not there."
    ),
    failing="A scheduler Deployment with `replicas: 2`.",
    passing="A scheduler Deployment with `replicas: 1`.",
    remedy="Nothing to do: the compiler writes 1, and no field says otherwise.",
    impossible="No field sets it: `scheduler.replicas` is refused as an unknown key (CFG001).",
)

DSK010 = Rule(
    code="DSK010",
    summary="a scheduler that is replaced while the old one still runs",
    why=(
        "A rolling update starts the new scheduler before the old one stops, and for that time "
        "two of them stand behind one Service. Workers of one are strangers to the other."
    ),
    failing="A scheduler Deployment with the strategy RollingUpdate.",
    passing="A scheduler Deployment with the strategy Recreate.",
    remedy="Nothing to do: the compiler writes it, and no field says otherwise.",
    impossible="No field sets it: `scheduler.strategy` is refused as an unknown key (CFG001).",
)

DSK011 = Rule(
    code="DSK011",
    summary="a scheduler with too little memory for its workers",
    why=(
        "Twelve thousand tasks were submitted at once and the scheduler was killed for lack of "
        "memory; all results that workers held were lost with it. It needs room for each worker "
        "process: at least 1 GiB, and 512 MiB plus 8 MiB for each process that there can be, by "
        "judgement."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  scheduler:
    resources: {memory: 512Mi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  scheduler:
    resources: {memory: 1Gi}
""",
    remedy=(
        "Raise `scheduler.resources.memory`, or lower the number of workers.\n"
        "To accept it, write into the workspace's file:\n"
        '`accept: {DSK011: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
)

DSK012 = Rule(
    code="DSK012",
    summary="warm processes that may use more memory than their container has",
    why=(
        "A default of 128 warm processes in each worker process, at 200 to 500 MB each, allowed "
        "25 to 64 GB in pods of 8, and Dask sees its worker processes alone: the kernel killed "
        "these. A number that nobody writes is computed; it breaks this where not even one fits."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {maxWarmProcesses: 128, warmProcessMemory: 512Mi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  executor: {maxWarmProcesses: 4, warmProcessMemory: 512Mi}
""",
    remedy=(
        "Keep maxWarmProcesses x processes x warmProcessMemory within\n"
        "`workers.resources.memory`, or leave the first out: it is computed."
    ),
)

DSK015 = Rule(
    code="DSK015",
    summary="volumes larger than the disk that their pod may use",
    why=(
        "Dask spills to disk to save memory. Where the pod's limit of disk is below the size of "
        "that volume, the kubelet evicts the pod just when spilling has to help, and with it all "
        "that was spilled."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    spill: 40Gi
    resources: {ephemeralStorage: 20Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    spill: 40Gi
""",
    remedy=(
        "Remove `ephemeralStorage`: it is computed from the volumes.\n"
        "To accept it, write into the workspace's file:\n"
        '`accept: {DSK015: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
)

DSK016 = Rule(
    code="DSK016",
    summary="a pod into which Kubernetes puts variables that Dask takes for settings",
    why=(
        "For every Service of a namespace Kubernetes puts variables into its pods. Of a Service "
        "`dask-scheduler` one of them is `DASK_SCHEDULER_PORT=tcp://…`, of which Dask makes a "
        "setting that nobody wrote."
    ),
    failing="A pod without `enableServiceLinks: false`.",
    passing="A pod with `enableServiceLinks: false`.",
    remedy="Nothing to do: the compiler writes it into every pod.",
    impossible="No field sets it: the compiler writes `enableServiceLinks: false` in every pod.",
)

DSK017 = Rule(
    code="DSK017",
    summary="workers that look for their scheduler elsewhere than at its Service",
    why=(
        "A worker configuration named a Service of another deployment, and jobs for staging went "
        "to the scheduler of development. The address was written by hand in three places and was "
        "right in two of them."
    ),
    failing="Workers in `modelops-staging-malaria` that connect to a Service of dev.",
    passing="Workers that connect to the Service of their own namespace, by its full name.",
    remedy="Nothing to do: the address follows from the workspace's namespace.",
    impossible=(
        "The address is derived from the namespace, and a variable that says otherwise is refused "
        "(CFG006)."
    ),
)

RULES = (
    DSK001,
    DSK002,
    DSK003,
    DSK004,
    DSK005,
    DSK006,
    DSK007,
    DSK008,
    DSK009,
    DSK010,
    DSK011,
    DSK012,
    DSK015,
    DSK016,
    DSK017,
)
"""The rules of this area, by number."""
