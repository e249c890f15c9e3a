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
    NET005,
)
"""The rules of this area, by number."""
