"""Part of `render`: what changes the number of workers, where something does.

KEDA by the scheduler's own wish, or a HorizontalPodAutoscaler by CPU use; never both. Both grow
fast and shrink slowly: whoever shrinks a Deployment chooses the pods without knowing their tasks.
"""

from typing import assert_never

from modelops.planned import CpuScale, FixedScale, QueueScale, WorkspacePlan
from modelops.provenance import derived
from modelops.render.metadata import Object, numeral, of_unit

POLLING = 15
"""Seconds between two questions to the scheduler."""

LONGEST_WINDOW = 3600
"""The API's bound of `stabilizationWindowSeconds` (autoscaling/v2 HPAScalingRules)."""

FAILURES = 5
"""Unanswered questions until the fallback holds: a scheduler's restart takes fewer."""


def autoscaling(workspace: WorkspacePlan) -> list[Object]:
    """A ScaledObject, a HorizontalPodAutoscaler, or nothing."""
    scale = workspace.workers.scale
    match scale:
        case FixedScale():
            return []
        case QueueScale():
            return [_scaled_object(workspace, scale)]
        case CpuScale():
            return [_horizontal(workspace, scale)]
        case _:
            assert_never(scale)


def _scaled_object(workspace: WorkspacePlan, scale: QueueScale) -> Object:
    planned = workspace.workers
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": of_unit(workspace, planned.name, planned.pod.component),
        "spec": {
            "scaleTargetRef": _target(planned.name),
            "pollingInterval": POLLING,
            "cooldownPeriod": scale.cooldown,
            "minReplicaCount": scale.fewest,
            "maxReplicaCount": scale.most,
            "fallback": _fallback(scale),
            "advanced": {
                # Deleting the ScaledObject must not end workers in the middle of their tasks.
                "restoreToOriginalReplicaCount": False,
                "horizontalPodAutoscalerConfig": {"behavior": _queue_behaviour(scale)},
            },
            "triggers": [_trigger(scale)],
        },
    }


def _fallback(scale: QueueScale) -> Object:
    """The workers there are go on while the scheduler does not answer.

    At least one replica: KEDA takes zero for no fallback, and would scale to zero instead.
    """
    return {
        "failureThreshold": FAILURES,
        "replicas": derived("min, and at least one", max(scale.fewest, 1), scale.fewest),
        "behavior": "currentReplicasIfHigher",
    }


def _trigger(scale: QueueScale) -> Object:
    """The scheduler counts processes; so the target of one pod is its processes."""
    return {
        "type": "metrics-api",
        "metricType": "AverageValue",
        "metadata": {
            "url": scale.url,
            "format": "json",
            "valueLocation": "desired_workers",
            "targetValue": numeral(scale.per_pod),
        },
    }


def _queue_behaviour(scale: QueueScale) -> Object:
    """Up by five pods or to the double in a minute; down by a pod in two."""
    grow = [_policy("Pods", 5, 60), _policy("Percent", 100, 60)]
    return {
        "scaleUp": _rule(0, "Max", grow),
        "scaleDown": _rule(min(scale.cooldown, LONGEST_WINDOW), "Min", [_policy("Pods", 1, 120)]),
    }


def _horizontal(workspace: WorkspacePlan, scale: CpuScale) -> Object:
    planned = workspace.workers
    utilisation = {"type": "Utilization", "averageUtilization": scale.target_percent}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": of_unit(workspace, planned.name, planned.pod.component),
        "spec": {
            "scaleTargetRef": _target(planned.name),
            "minReplicas": scale.fewest,
            "maxReplicas": scale.most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilisation}}],
            "behavior": _cpu_behaviour(scale),
        },
    }


def _cpu_behaviour(scale: CpuScale) -> Object:
    """Up by four pods in a minute; down by one in five, for idle CPUs say little of the queue."""
    window = min(scale.scale_in_window, LONGEST_WINDOW)
    return {
        "scaleUp": _rule(0, "Max", [_policy("Pods", 4, 60)]),
        "scaleDown": _rule(window, "Min", [_policy("Pods", 1, 300)]),
    }


def _target(name: str) -> Object:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}


def _rule(window: int, select: str, policies: list[Object]) -> Object:
    return {"stabilizationWindowSeconds": window, "selectPolicy": select, "policies": policies}


def _policy(kind: str, value: int, period: int) -> Object:
    return {"type": kind, "value": value, "periodSeconds": period}
