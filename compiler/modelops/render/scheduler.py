"""Part of `render`: the Dask scheduler, a Deployment of one pod and the Service in front of it."""

from modelops.planned import SchedulerPlan, WorkspacePlan
from modelops.render.metadata import Object, of_product, of_unit, selected
from modelops.render.pods import container, pod_spec, pod_template, spread

REVISIONS = 3
"""Old ReplicaSets that are kept: the repository's history is what one goes back to."""

UNMOVED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
"""The node autoscaler must not move the pod: a scheduler that ends forgets all work."""

PRELOAD = "modelops_runtime.dask_preload"
"""What Dask's processes import before they begin: the runtime's own logs, metrics and rooms."""

ZONE = "topology.kubernetes.io/zone"


def scheduler(workspace: WorkspacePlan) -> list[Object]:
    """The Deployment and the Service."""
    return [_deployment(workspace), _service(workspace)]


def _deployment(workspace: WorkspacePlan) -> Object:
    planned = workspace.scheduler
    pod = planned.pod
    spec = pod_spec(pod, _container(planned))
    spec["topologySpreadConstraints"] = [spread(pod, ZONE, 1)]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": of_unit(workspace, planned.name, pod.component),
        "spec": {
            "replicas": 1,
            "revisionHistoryLimit": REVISIONS,
            "strategy": {"type": "Recreate"},  # never two schedulers behind one Service
            "selector": selected(pod.component),
            "template": pod_template(pod, spec, UNMOVED),
        },
    }


def _container(planned: SchedulerPlan) -> Object:
    comm, dashboard = planned.comm_port, planned.dashboard_port
    args = ["dask", "scheduler", "--port", str(comm), "--dashboard-address", f":{dashboard}"]
    args += ["--preload", PRELOAD]
    ports = [
        {"name": "tcp-comm", "containerPort": comm, "protocol": "TCP"},
        {"name": "http-dashboard", "containerPort": dashboard, "protocol": "TCP"},
    ]
    return container(planned.pod, args, {}) | {"ports": ports} | _probes(dashboard)


def _probes(port: int) -> Object:
    """Quick to take work, slow to kill: a busy scheduler may not answer for a while."""
    return {
        "startupProbe": _health(port, every=5, within=5, failures=60),
        "readinessProbe": _health(port, every=10, within=10, failures=6),
        "livenessProbe": _health(port, every=30, within=20, failures=10),
    }


def _health(port: int, *, every: int, within: int, failures: int) -> Object:
    """A probe of `/health`: `every` and `within` are seconds, `failures` come in a row."""
    return {
        "httpGet": {"path": "/health", "port": port, "scheme": "HTTP"},
        "periodSeconds": every,
        "timeoutSeconds": within,
        "failureThreshold": failures,
    }


def _service(workspace: WorkspacePlan) -> Object:
    planned = workspace.scheduler
    component = planned.pod.component
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": of_unit(workspace, planned.name, component),
        "spec": {
            "type": "ClusterIP",
            "selector": of_product(component),
            "ports": [
                _service_port("tcp-comm", planned.comm_port),
                _service_port("http-dashboard", planned.dashboard_port),
            ],
        },
    }


def _service_port(name: str, port: int) -> Object:
    return {"name": name, "port": port, "targetPort": port, "protocol": "TCP"}
