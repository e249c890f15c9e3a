"""Area FIT of the rule book: whether pods find a node.

Read by `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

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
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {cpu: "4", memory: 16Gi}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {pools: {cpu: {vmSize: Standard_D4s_v3}}}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    resources: {cpu: "3", memory: 12Gi}
""",
    remedy=(
        "Ask for less than the message says a node can give,\nor choose a pool with larger nodes."
    ),
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

RULES = (
    FIT001,
    FIT003,
)
"""The rules of this area, by number."""
