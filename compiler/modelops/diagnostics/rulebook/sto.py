"""Area STO of the rule book: disks, volumes, and what outlives a pod.

Read by `plan` and `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

STO001 = Rule(
    code="STO001",
    summary="several pods over one disk, which one node can hold at a time",
    why=(
        "A database was a Deployment with a disk and a rolling update. The new pod waited for the "
        "disk, the old one waited for the new pod, and the roll-out never ended; with two replicas "
        "it never began. What has volumes runs as one pod, and stops before it starts anew."
    ),
    failing="""\
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  replicas: 2
  volumes: {data: {size: 10Gi, mountPath: /data}}
""",
    passing="""\
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  volumes: {data: {size: 10Gi, mountPath: /data}}
""",
    remedy="Keep one pod, or keep the data in a service of its own and use that.",
)

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

STO003 = Rule(
    code="STO003",
    summary="a volume that is to shrink, or to move to another class",
    why=(
        "A claim was made smaller, another moved to a cheaper class. Both are valid YAML, and the "
        "API server refuses both: a volume can grow, and nothing else. Flux stopped there, and at "
        "all that waited for it. The new manifests are held against those in git where the branch "
        "began; without git this is skipped."
    ),
    failing="A volume claim of 50Gi that was committed with 100Gi.",
    passing="The claim as it was, or with more.",
    remedy=(
        "Leave size and class as they were, or let the size grow.\n"
        "Where it must change, copy the data, let the volume go in one commit,\n"
        "delete it in the cluster, and ask for the new one in the next."
    ),
)

STO004 = Rule(
    code="STO004",
    summary="a Postgres whose disk it cannot begin on, or that has none",
    why=(
        "A store kept its data at the root of its disk, where the file system has its own folder "
        "`lost+found`: initdb refused to begin. Another could not write, because nothing gave the "
        "disk to its user, and a third had its disk switched off in a test and forgotten. The "
        "folder, the group and the claim are the compiler's, and no field reaches them."
    ),
    failing="A generated StatefulSet whose PGDATA is where its volume is mounted.",
    passing="The same StatefulSet with PGDATA in a folder below, and `fsGroup`.",
    remedy="Nothing can be written that breaks it.",
    impossible="no field says where a store keeps its data, or whether it has a disk",
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

STO007 = Rule(
    code="STO007",
    summary="data that goes with the file that asked for it",
    why=(
        "A file was removed, Flux removed what it had made, and the volume with a month of trials "
        "went along. What holds data says that Flux is to leave it, unless the file says that it "
        "may go: purging is one commit with `retain: false` and a second that removes the file."
    ),
    failing="A generated volume claim that Flux may remove, of a store with `retain: true`.",
    passing="The same claim with `kustomize.toolkit.fluxcd.io/prune: disabled`.",
    remedy="Nothing can be written that breaks it; `retain: false` is a decision.",
    impossible="what is kept carries the annotation, and GIT005 holds every claim against that",
)

RULES = (
    STO001,
    STO002,
    STO003,
    STO004,
    STO005,
    STO006,
    STO007,
)
"""The rules of this area, by number."""
