"""Part of `render`: a workload that is no Dask plane: a service, or a component of a workspace.

One Deployment of equal pods, and what stands around it: its account, its Service, its volumes and
files, its autoscaler and disruption budget, its way out of the cluster.
"""

from modelops.planned import (
    CpuScale,
    FilesPlan,
    FixedScale,
    ProbePlan,
    WorkloadPlan,
)
from modelops.render.accounts import account
from modelops.render.exposure import exposed
from modelops.render.metadata import Object, of_product, of_unit, selected
from modelops.render.pods import container, pod_spec, pod_template, spread
from modelops.render.storage import claim

REVISIONS = 3
"""Old ReplicaSets that are kept: the repository's history is what one goes back to."""

PROGRESS_DEADLINE = 1800
"""Seconds until a roll-out counts as stuck: the pool may have to grow from no node at all."""

HOST = "kubernetes.io/hostname"


def workload(planned: WorkloadPlan) -> list[Object]:
    """Every object of one workload."""
    return [
        account(planned, planned.pod),
        *([_files(planned, planned.files)] if planned.files else []),
        *(claim(planned, one) for one in planned.claims),
        _deployment(planned),
        *([_service(planned)] if planned.ports else []),
        *([_autoscaler(planned, planned.scale)] if isinstance(planned.scale, CpuScale) else []),
        *([_disruption_budget(planned)] if _has_several(planned) else []),
        *exposed(planned),
    ]


def _has_several(planned: WorkloadPlan) -> bool:
    scale = planned.scale
    return isinstance(scale, CpuScale) or scale.replicas > 1


def _deployment(planned: WorkloadPlan) -> Object:
    pod, scale = planned.pod, planned.scale
    spec = pod_spec(pod, _container(planned))
    if _has_several(planned):
        spec["topologySpreadConstraints"] = [spread(pod, HOST, 1)]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            # Nothing where an autoscaler owns the number: Flux would set it back each time.
            **({"replicas": scale.replicas} if isinstance(scale, FixedScale) else {}),
            "revisionHistoryLimit": REVISIONS,
            "progressDeadlineSeconds": PROGRESS_DEADLINE,
            "strategy": _strategy(planned),
            "selector": selected(planned.name, planned.product),
            "template": pod_template(pod, spec, {}),
        },
    }


def _strategy(planned: WorkloadPlan) -> Object:
    """A disk can be on one node at a time: the old pod must be gone before the new one comes."""
    if planned.alone:
        return {"type": "Recreate"}
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}


def _container(planned: WorkloadPlan) -> Object:
    ports = [
        {"name": name, "containerPort": port, "protocol": "TCP"}
        for name, port in planned.ports.items()
    ]
    return {
        **container(planned.pod, planned.args, {}),
        **({"command": list(planned.command)} if planned.command else {}),
        **({"ports": ports} if ports else {}),
        **_probes(planned),
    }


def _probes(planned: WorkloadPlan) -> Object:
    """Ready is asked often; alive seldom, and a container is killed only after two minutes."""
    probes = planned.probes
    return {
        **_probe("startupProbe", probes.startup, (5, 5, 60)),
        **_probe("readinessProbe", probes.readiness, (10, 5, 3)),
        **_probe("livenessProbe", probes.liveness, (20, 10, 6)),
    }


def _probe(name: str, probe: ProbePlan | None, often: tuple[int, int, int]) -> Object:
    """A probe that is asked every so many seconds, for so long, and may fail so many times."""
    if probe is None:
        return {}
    every, within, failures = often
    http = {"httpGet": {"path": probe.path, "port": probe.port}}
    return {
        name: {
            **(http if probe.path else {"tcpSocket": {"port": probe.port}}),
            "periodSeconds": every,
            "timeoutSeconds": within,
            "failureThreshold": failures,
        }
    }


def _service(planned: WorkloadPlan) -> Object:
    ports = [
        {"name": name, "port": port, "targetPort": port, "protocol": "TCP"}
        for name, port in planned.ports.items()
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            "type": "ClusterIP",
            "selector": of_product(planned.name, planned.product),
            "ports": ports,
        },
    }


def _files(planned: WorkloadPlan, files: FilesPlan) -> Object:
    """Immutable, for a change makes one of another name, and so new pods."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": of_unit(planned, files.name, planned.name),
        "immutable": True,
        "data": dict(files.entries),
    }


def _autoscaler(planned: WorkloadPlan, scale: CpuScale) -> Object:
    utilisation = {"type": "Utilization", "averageUtilization": scale.target_percent}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": planned.name}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            "scaleTargetRef": target,
            "minReplicas": scale.fewest,
            "maxReplicas": scale.most,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": utilisation}}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": scale.scale_in_window}},
        },
    }


def _disruption_budget(planned: WorkloadPlan) -> Object:
    """Nodes may be drained one pod at a time; one that is not healthy holds up nobody."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": selected(planned.name, planned.product),
        },
    }
