"""Area DSK of the rule book: what Dask needs to live within its containers.

Read by the models and `plan`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule

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
    processes: 4
    resources: {memory: 4Gi}
    memory: {perProcess: 1Gi}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    processes: 4
    resources: {memory: 4Gi}
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

RULES = (
    DSK001,
    DSK002,
    DSK008,
)
"""The rules of this area, by number."""
