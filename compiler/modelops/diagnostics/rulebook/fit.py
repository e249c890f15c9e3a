"""Area FIT of the rule book: whether pods find a node.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

FIT001 = Rule(
    code="FIT001",
    summary="a pod that asks for more than any node of its pool can give",
    why=(
        "Workers asked for 16Gi on nodes of 16 GiB, others for 4 CPUs on nodes of 4 CPUs, and a "
        "template paired 24Gi and 6 CPUs with machines of 4 CPUs. A node keeps part of itself "
        "for the system, so none of these ever started: they stayed Pending, without any error."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {cpu: {vmSize: Standard_D4s_v3}}}
# environments/dev/workspaces/default.yaml
spec:
  workers:
    resources: {cpu: "4", memory: 16Gi}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {cpu: {vmSize: Standard_D4s_v3}}}
# environments/dev/workspaces/default.yaml
spec:
  workers:
    resources: {cpu: "3", memory: 12Gi}
""",
    remedy=(
        "Ask for less than the message says a node can give,\nor choose a pool with larger nodes."
    ),
)

FIT002 = Rule(
    code="FIT002",
    summary="more workers than the nodes of their pool have room for",
    why=(
        "An autoscaler was allowed ten workers on a pool of three nodes. The last of them stood "
        "Pending for as long as the work lasted, and the run was blamed for being slow. Counted "
        "are the workers of one workspace; what else runs on the pool comes on top."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {cpu: {vmSize: Standard_D8s_v5, max: 3}}}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 10
    resources: {cpu: "3", memory: 12Gi}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {cpu: {vmSize: Standard_D8s_v5, max: 5}}}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 10
    resources: {cpu: "3", memory: 12Gi}
""",
    remedy=(
        "Ask for fewer workers, or let the pool grow: the message has both\n"
        "numbers.\n"
        "Outside production this is a warning. To accept it, write into the\n"
        'workspace\'s file: `accept: {FIT002: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

FIT003 = Rule(
    code="FIT003",
    summary="a pool that the environment does not have, or that is not for workloads",
    why=(
        "Pods were made without the node selector and the tolerations of the pool that they were "
        "meant for, and ended on the cluster's own nodes or on none. Here both follow from the "
        "pool's name, so the name must be one that exists and takes workloads."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {pool: highmem}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {pool: cpu}
""",
    remedy=(
        "Name a pool of the environment whose mode is not `system`,\n"
        "or add one to `cluster.pools` in its environment.yaml."
    ),
)

FIT004 = Rule(
    code="FIT004",
    summary="workers that leave much of each node unused",
    why=(
        "Workers of 5 CPUs on nodes of 8 CPUs: one fits, a second does not, and a third of every "
        "node is paid for and idle. What counts is the better used of CPU and memory on a node "
        "that is full of these pods; one pod alone, GPU pods and small nodes are left in peace."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 4
    processes: 5
    resources: {cpu: "5", memory: 12Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: 4
    processes: 7
    resources: {cpu: "7", memory: 24Gi}
""",
    remedy=(
        "Take more of the node, or so much less that one more pod fits: the\n"
        "message has the numbers. Or choose a pool with other nodes.\n"
        'To accept it, write in the workspace\'s file: `accept: {FIT004: "why"}`.'
    ),
    severity=Severity.WARNING,
)

FIT005 = Rule(
    code="FIT005",
    summary="a GPU asked for on a pool whose nodes have none",
    why=(
        "GPU workers were sent to the ordinary pool because a profile named the image and not the "
        "nodes. No node there will ever have `nvidia.com/gpu`, so they wait for ever. Request and "
        "limit of GPUs cannot differ here: one number is written."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {gpu: 1}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {gpu: {vmSize: Standard_NC4as_T4_v3}}}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    pool: gpu
    resources: {gpu: 1}
  scheduler: {pool: cpu}
""",
    remedy="Choose a pool with GPUs as `workers.pool`, or remove `resources.gpu`.",
)

FIT006 = Rule(
    code="FIT006",
    summary="a written quota below what the workspace's own pods need at most",
    why=(
        "A quota that is too low is noticed by nobody: the Deployment is fine, its pods are simply "
        "not made, and only an event says why. The compiler knows the sum at full scale, with the "
        "pods that a rolling update adds for a while."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {replicas: 8}
  quota: {memory: 32Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {replicas: 8}
""",
    remedy=(
        "Raise the quota to what the message says, or remove it: it is\n"
        "computed then.\n"
        'To accept it, write in the workspace\'s file: `accept: {FIT006: "why"}`.'
    ),
    severity=Severity.WARNING,
)

RULES = (
    FIT001,
    FIT002,
    FIT003,
    FIT004,
    FIT005,
    FIT006,
)
"""The rules of this area, by number."""
