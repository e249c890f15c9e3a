"""Part of `render`: the pods that lead a run's search, an Indexed Job: a run comes to an end.

Each index is tried again by itself. One whose memory did not suffice is not: it would not suffice
again, and the others go on.
"""

from modelops.planned import RunPlan, RunWorkersPlan
from modelops.render.jobs import job
from modelops.render.metadata import Object
from modelops.render.pods import container, pod_spec, pod_template, spread

ATTEMPTS = 6
"""Of each index."""

KILLED = 137
"""128 and SIGKILL: what a container ends with whose memory did not suffice."""

MISCONFIGURED = 64
"""EX_USAGE of sysexits.h: trying again will not help."""

HOST = "kubernetes.io/hostname"
UNPROBED = {"checkov.io/skip1": "CKV_K8S_8=no liveness probe: it runs to its end"}
RESTART = "modelops.io/restart"
CONFIG_HASH = "modelops.io/config-hash"


def workers(run: RunPlan) -> list[Object]:
    """The Job."""
    planned = run.workers
    pod = planned.pod
    spec = pod_spec(pod, _container(planned)) | {"restartPolicy": "Never"}
    spec["topologySpreadConstraints"] = [spread(pod, HOST, 1)]
    notes = {
        CONFIG_HASH: planned.config_digest,
        **({RESTART: planned.restart} if planned.restart else {}),
    }
    return [
        job(
            run,
            planned.name,
            pod,
            {
                "completionMode": "Indexed",
                "completions": planned.replicas,
                "parallelism": planned.replicas,
                "activeDeadlineSeconds": planned.deadline,
                "backoffLimitPerIndex": ATTEMPTS,
                "podFailurePolicy": {"rules": _rules()},
                "template": pod_template(pod, spec, notes),
            },
            UNPROBED,
        )
    ]


def _container(planned: RunWorkersPlan) -> Object:
    port = {"name": "http-metrics", "containerPort": planned.metrics_port, "protocol": "TCP"}
    return container(planned.pod, planned.command, {}) | {
        "ports": [port],
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }


def _rules() -> list[Object]:
    """In this order: the first that matches decides."""
    disruption = {"type": "DisruptionTarget", "status": "True"}
    return [
        {"action": "Ignore", "onPodConditions": [disruption]},
        {"action": "FailIndex", "onExitCodes": {"operator": "In", "values": [KILLED]}},
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [MISCONFIGURED]}},
    ]
