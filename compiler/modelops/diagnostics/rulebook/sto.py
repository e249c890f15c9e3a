"""Area STO of the rule book: disks, volumes, and what outlives a pod.

Read by `plan` and `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

STO002 = Rule(
    code="STO002",
    summary="a storage class that does not exist on the cluster",
    why=(
        "Volumes asked for `managed-premium`, which sounds like a class of AKS and is none. "
        "The claims stayed Pending, and so did every pod that mounts one."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster: {storageClasses: {standard: managed-premium}}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {storageClasses: {standard: managed-csi-premium}}
""",
    remedy=(
        "Write the class that the message names, or one of your own:\n"
        "`kubectl get storageclass` lists what the cluster has."
    ),
)

STO005 = Rule(
    code="STO005",
    summary="results that go with the pod, where pods come and go or results matter",
    why=(
        "Workers wrote their results below /tmp and uploaded them later. The autoscaler took pods "
        "away in between, and results of finished simulations were gone; the run had to be done "
        "again. In production no result may hang on one pod's life."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    autoscaling: {mode: cpu, max: 10}
  results: {kind: ephemeral}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    autoscaling: {mode: cpu, max: 10}
  results: {kind: volume, size: 50Gi}
""",
    remedy=(
        "Write `results: {kind: volume, size: 50Gi}`.\n"
        "Outside production this is a warning. To accept it, write into the\n"
        'workspace\'s file: `accept: {STO005: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

STO006 = Rule(
    code="STO006",
    summary="less disk for a pod than its own volumes may take, or a volume without an end",
    why=(
        "Environments of 10 to 25 GB, bundles and spilled data filled the disks of nodes, which "
        "then threw out pods: those that had done nothing, too. Who asks for less than the own "
        "volumes may hold is the first to go, for using what it was given."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    spill: 20Gi
    resources: {ephemeralStorage: {request: 15Gi, limit: 60Gi}}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  workers: {spill: 20Gi}
""",
    remedy=(
        "Raise it to what the message says, shrink the volumes, or\n"
        "remove `ephemeralStorage`: it is computed then.\n"
        'To accept it, write in the workspace\'s file: `accept: {STO006: "why"}`.'
    ),
    severity=Severity.WARNING,
)

RULES = (
    STO002,
    STO005,
    STO006,
)
"""The rules of this area, by number."""
