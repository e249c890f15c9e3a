"""Area NET of the rule book: who may talk to whom.

Read by `plan` and `verify`; nothing here decides anything.
"""

from modelops.diagnostics.rule import Rule, Severity

_REPORT = "No input should be able to do this: please report it, with the message."

NET001 = Rule(
    code="NET001",
    summary="pods that everybody in the cluster may reach",
    why=(
        "Dask has no login: whoever reaches a scheduler's port runs code of their choice in it. "
        "Without a policy that denies the rest, every pod of the cluster reaches it, and what "
        "policies allow means nothing. Every namespace gets such a policy, but a cluster without "
        "an engine for them takes policies and enforces none, so its file has to name the engine."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster: {features: {networkPolicy: null}}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster: {features: {networkPolicy: cilium}}
""",
    remedy=(
        "Write the engine that the cluster has: cilium, calico, azure or other.\n"
        "On a cluster without one, install one, and run no Dask until then."
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
    unacceptable="an environment's file accepts no warnings",
)

NET002 = Rule(
    code="NET002",
    summary="a connection that pods are made for, and that policies do not let through",
    why=(
        "A policy let calibration runs out to the scheduler, and none let them in over there; "
        "another forgot DNS. Connections hung until they timed out, and the message spoke of a "
        "scheduler that was down. Every flow needs both of its ends."
    ),
    failing="Generated workers that are told a scheduler's address no policy lets them reach.",
    passing="The same workers, with egress on their side and ingress on the scheduler's.",
    remedy=_REPORT,
)

NET003 = Rule(
    code="NET003",
    summary="a service that people reach from outside the cluster without TLS",
    why=(
        "Tokens and answers went over the network for everybody to read, because a host was "
        "exposed over plain HTTP. Only services and components can be exposed at all: a Dask "
        "scheduler and its dashboard have no login, so no file can open a way to them; people go "
        "through `kubectl port-forward`."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    ingress: {domain: dev.example.org, namespace: ingress-nginx, class: nginx}
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  ports: {http: {port: 5000}}
  expose: {host: mlflow.dev.example.org, port: http, tls: false}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    ingress: {domain: dev.example.org, namespace: ingress-nginx, class: nginx}
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  ports: {http: {port: 5000}}
  expose: {host: mlflow.dev.example.org, port: http}
""",
    remedy=(
        "Remove `tls: false`: the environment's ingress facts say where the\n"
        "certificate comes from. Outside production this is a warning. To accept\n"
        'it, write into the file: `accept: {NET003: "why it is fine here"}`.'
    ),
    severity=Severity.WARNING,
    in_production=Severity.ERROR,
)

NET004 = Rule(
    code="NET004",
    summary="a host that two workloads have, or that is not below the environment's domain",
    why=(
        "The host of a demonstration cluster was copied into every workshop's route: the second "
        "took the first one's visitors, and when the cluster was gone all of them led nowhere. A "
        "name leads to one place, and to the environment's own."
    ),
    failing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    ingress: {domain: dev.example.org, namespace: ingress-nginx, class: nginx}
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  ports: {http: {port: 5000}}
  expose: {host: mlflow.sandbox2187.opentlc.com, port: http}
""",
    passing="""\
# environments/dev/environment.yaml
spec:
  cluster:
    ingress: {domain: dev.example.org, namespace: ingress-nginx, class: nginx}
# environments/dev/services/mlflow.yaml
spec:
  image: dask-worker
  ports: {http: {port: 5000}}
  expose: {host: mlflow.dev.example.org, port: http}
""",
    remedy="Give each workload a host of its own below `cluster.ingress.domain`.",
)

NET005 = Rule(
    code="NET005",
    summary="a policy for namespaces with labels that no namespace carries",
    why=(
        "A policy allowed traffic from namespaces labelled `name: modelops`, and the namespace had "
        "the name and not the label. That is no error to Kubernetes: the rule simply never "
        "applies, and what it should have allowed is denied in silence."
    ),
    failing="A generated policy with `namespaceSelector: {team: x}`, and no such namespace.",
    passing="The same policy by `kubernetes.io/metadata.name`, which every namespace has.",
    remedy=_REPORT,
)

RULES = (
    NET001,
    NET002,
    NET003,
    NET004,
    NET005,
)
"""The rules of this area, by number."""
