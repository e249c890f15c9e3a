"""Area AVL of the rule book: what scales, and what survives a node's end.

Read by `plan` and `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

_REPORT = "No input should be able to do this: please report it, with the message."

AVL001 = Rule(
    code="AVL001",
    summary="a fixed number of workers beside an autoscaler that would change it",
    why=(
        "A Deployment said `replicas: 2` and an autoscaler said ten. Each time Flux looked, it put "
        "the two back, and eight workers with their results were gone. One of the two has to be "
        "silent, so both are never written."
    ),
    failing="""\
# environments/base.yaml
spec:
  environment:
    cluster:
      pools: {cpu: {vmSize: Standard_D8s_v5}}
      features: {networkPolicy: cilium}
    flux: {url: https://github.com/epi-models/platform}
  workspace:
    scheduler: {image: dask-worker}
    workers: {replicas: 2}
    results: {kind: volume}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    autoscaling: {mode: cpu, max: 10}
""",
    passing="""\
# environments/base.yaml
spec:
  environment:
    cluster:
      pools: {cpu: {vmSize: Standard_D8s_v5}}
      features: {networkPolicy: cilium}
    flux: {url: https://github.com/epi-models/platform}
  workspace:
    scheduler: {image: dask-worker}
    workers: {replicas: 2}
    results: {kind: volume}
# environments/dev/workspaces/malaria.yaml
spec:
  workers:
    replicas: null
    autoscaling: {mode: cpu, max: 10}
""",
    remedy="Remove one of the two. `replicas: null` removes an inherited number.",
)

AVL002 = Rule(
    code="AVL002",
    summary="bounds of an autoscaler that leave it nothing to choose, or that it cannot have",
    why=(
        "With a minimum above the maximum the API server refuses the whole object. Without a "
        "single pod there is no CPU use, so an autoscaler that went down to none would never come "
        "back up; by the queue it does."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: volume}
  workers:
    autoscaling: {mode: cpu, min: 0, max: 10}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: volume}
  workers:
    autoscaling: {mode: cpu, min: 1, max: 10}
""",
    remedy="Set a minimum from 1 (from 0 with mode queue) up to the maximum.",
)

AVL003 = Rule(
    code="AVL003",
    summary="autoscaling by CPU use that gives workers less time than one execution may take",
    why=(
        "An autoscaler took away workers in the middle of an aggregation, and progress went "
        "backwards: Kubernetes chooses which pods go, and knows nothing of tasks. A worker that "
        "may finish what it runs loses nothing, so the time for that has to be long enough. Where "
        "nobody writes it, it is that of one execution, from ten minutes to an hour."
    ),
    failing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: volume}
  workers:
    drain: 5m
    autoscaling: {mode: cpu, max: 10}
  executor: {timeout: 30m}
""",
    passing="""\
# environments/dev/workspaces/malaria.yaml
spec:
  results: {kind: volume}
  workers:
    autoscaling: {mode: cpu, max: 10}
  executor: {timeout: 30m}
""",
    remedy=(
        "Leave `workers.drain` out, or set it to `executor.timeout` or more, or\n"
        "lower the timeout to what an execution takes, or choose mode queue.\n"
        'To accept it, write in the workspace\'s file: `accept: {AVL003: "why"}`.'
    ),
    severity=Severity.WARNING,
)

AVL004 = Rule(
    code="AVL004",
    summary="a disruption budget that lets no pod go",
    why=(
        "A budget wanted one of one scheduler to stay, always. Kubernetes obeys: no node with it "
        "could be drained, and the upgrade of the cluster stood still until someone deleted the "
        "budget by hand."
    ),
    failing="A generated budget with `minAvailable: 1` over a Deployment of one pod.",
    passing="The same Deployment with `maxUnavailable: 1`, or without any budget.",
    remedy=_REPORT,
)

AVL005 = Rule(
    code="AVL005",
    summary="a kind of autoscaling that is accepted and does nothing",
    why=(
        "A configuration said `type: dask-adaptive`, was accepted, and nothing ever scaled: the "
        "name was known and the code was not there. What can be written here exists."
    ),
    failing="`workers.autoscaling.mode: dask-adaptive`, accepted.",
    passing="`workers.autoscaling.mode: queue`, for which a ScaledObject is generated.",
    remedy="Write one of the modes that there are; any other is refused (CFG011).",
    impossible="the modes are a closed list, and each has its own object in the manifests",
)

AVL006 = Rule(
    code="AVL006",
    summary="a workload of which nobody can tell whether it is ready",
    why=(
        "No container had a probe. Workers counted as ready before they had found their scheduler, "
        "updates went on over pods that did not work, and a scheduler that hung was sent work for "
        "hours."
    ),
    failing="A generated Deployment whose container has no `readinessProbe`.",
    passing="The same Deployment with one.",
    remedy=_REPORT,
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
    unacceptable="what the compiler made is no file's to accept",
)

AVL007 = Rule(
    code="AVL007",
    summary="a probe at a port that nobody opens, or one selector over two workloads' pods",
    why=(
        "A probe asked at a port that the container did not have, so no pod was ever ready. "
        "Elsewhere every component was labelled `app: dask`, and a Service sent the workers' "
        "connections to whatever carried that label, workers included."
    ),
    failing="Two generated Deployments in one namespace that both select `app: dask`.",
    passing="The same two, each selecting its own component.",
    remedy=_REPORT,
)

AVL008 = Rule(
    code="AVL008",
    summary="a store of production of which there is no copy",
    why=(
        "The trials of a calibration were in one Postgres on one disk, and somebody dropped a "
        "table. What runs once more often copies such a mistake as well; a dump of last night "
        "does not. In production a store in the cluster has dumps, or a reason to have none."
    ),
    failing="""\
# environments/dev/environment.yaml
spec: {tier: production}
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
""",
    passing="""\
# environments/dev/environment.yaml
spec: {tier: production}
# environments/dev/runs/sir.yaml
spec:
  model: models.sir/baseline
  objective: {target: targets.prevalence:loss}
  parameters: {beta: {type: float, low: 0.1, high: 0.9}}
  store: {backup: {schedule: "0 3 * * *", keep: 7}}
""",
    remedy=(
        'Write `store: {backup: {schedule: "0 3 * * *", keep: 7}}`.\n'
        'To accept it, write in the run\'s file: `accept: {AVL008: "why"}`.'
    ),
    severity=Severity.WARNING,
)

AVL009 = Rule(
    code="AVL009",
    summary="a workload that selects other pods than the committed one",
    why=(
        "The selector of a Deployment can never change. A label was renamed, the API server "
        "refused the new Deployment, and Flux tried again every two minutes for a weekend while "
        "nothing of that workspace was updated. The new manifests are held against those in git "
        "where the branch began; without git this is skipped."
    ),
    failing="A Deployment that selects `app: worker`, and `app: dask-worker` once merged.",
    passing="The same Deployment under another name, or with the selector it had.",
    remedy=(
        "Leave the selector, or give the workload another name.\n"
        "Where neither will do, delete it in the cluster before merging."
    ),
)

RULES = (
    AVL001,
    AVL002,
    AVL003,
    AVL004,
    AVL005,
    AVL006,
    AVL007,
    AVL008,
    AVL009,
)
"""The rules of this area, by number."""
