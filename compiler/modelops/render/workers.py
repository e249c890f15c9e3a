"""Part of `render`: the Dask workers, a Deployment of equal pods and its disruption budget."""

from modelops.planned import FieldValue, FixedScale, PortRange, WorkersPlan, WorkspacePlan
from modelops.provenance import carried
from modelops.render.metadata import Object, numeral, of_unit, selected
from modelops.render.pods import container, pod_spec, pod_template, spread
from modelops.render.scheduler import PRELOAD

REVISIONS = 3
"""Old ReplicaSets that are kept: the repository's history is what one goes back to."""

PROGRESS_DEADLINE = 1800
"""Seconds until a roll-out counts as stuck: the pool may have to grow from no node at all."""

DEATH_TIMEOUT = 300
"""Seconds after which a worker without a scheduler ends: longer than a scheduler's restart."""

HOST = "kubernetes.io/hostname"
HOST_SKEW = 2
"""Pods that one node may have more than another: an even spread, though nodes can be filled."""

UNPROBED = {
    "checkov.io/skip1": "CKV_K8S_8=no liveness probe: the nanny restarts its worker, and the "
    "process ends without a scheduler"
}


def workers(workspace: WorkspacePlan) -> list[Object]:
    """The Deployment and the PodDisruptionBudget."""
    return [_deployment(workspace), _disruption_budget(workspace)]


def _deployment(workspace: WorkspacePlan) -> Object:
    planned = workspace.workers
    pod = planned.pod
    spec = pod_spec(pod, _container(planned))
    spec["topologySpreadConstraints"] = [spread(pod, HOST, HOST_SKEW)]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": of_unit(workspace, planned.name, pod.component, UNPROBED),
        "spec": {
            **_replicas(planned),
            "revisionHistoryLimit": REVISIONS,
            "progressDeadlineSeconds": PROGRESS_DEADLINE,
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
            },
            "selector": selected(pod.component),
            "template": pod_template(pod, spec, {}),
        },
    }


def _replicas(planned: WorkersPlan) -> Object:
    """Nothing where an autoscaler owns the number: Flux would set it back at each interval."""
    scale = planned.scale
    return {"replicas": scale.replicas} if isinstance(scale, FixedScale) else {}


def _container(planned: WorkersPlan) -> Object:
    program = ["python", "-m", "modelops_runtime"]
    drain = [*program, "worker-drain", "--timeout", numeral(planned.drain)]
    name = {"POD_NAME": FieldValue("metadata.name")}
    return container(planned.pod, _args(planned), name) | {
        "ports": _ports(planned),
        "lifecycle": {"preStop": {"exec": {"command": drain}}},
        **_probes(planned.nanny_ports.first),
    }


def _args(planned: WorkersPlan) -> list[str]:
    """No `--lifetime`: a worker that ends by it loses its running tasks, and they run again."""
    options = {
        "--nworkers": numeral(planned.processes),
        "--nthreads": numeral(planned.threads),
        "--memory-limit": numeral(planned.memory_limit),
        "--worker-port": _range(planned.worker_ports),
        "--nanny-port": _range(planned.nanny_ports),
        "--dashboard-address": f":{planned.metrics_port}",
        "--local-directory": planned.spill_directory,
        "--death-timeout": str(DEATH_TIMEOUT),
        "--name": "$(POD_NAME)",
        "--preload": PRELOAD,
        "--preload-nanny": PRELOAD,
    }
    words = [word for option in options.items() for word in option]
    return ["dask", "worker", planned.scheduler_address, *words]


def _range(ports: PortRange) -> str:
    text = str(ports.first) if ports.first == ports.last else f"{ports.first}:{ports.last}"
    return carried(text, ports.last)


def _ports(planned: WorkersPlan) -> list[Object]:
    """All of them: a port of each process, one of its nanny, and the metrics."""
    numbers = {
        **_numbered("worker", planned.worker_ports),
        **_numbered("nanny", planned.nanny_ports),
        "http-metrics": planned.metrics_port,
    }
    return [
        {"name": name, "containerPort": port, "protocol": "TCP"} for name, port in numbers.items()
    ]


def _numbered(name: str, ports: PortRange) -> dict[str, int]:
    numbers = range(ports.first, ports.last + 1)
    return {
        carried(f"{name}-{port - ports.first}", ports.last): carried(port, ports.last)
        for port in numbers
    }


def _probes(nanny: int) -> Object:
    """Whether the first nanny listens. Each probe is a line in its log: seldom, once it is up."""
    return {
        "startupProbe": _listens(nanny, every=5, within=3, failures=60),
        "readinessProbe": _listens(nanny, every=30, within=5, failures=3),
    }


def _listens(port: int, *, every: int, within: int, failures: int) -> Object:
    """A probe of a TCP port: `every` and `within` are seconds, `failures` come in a row."""
    return {
        "tcpSocket": {"port": port},
        "periodSeconds": every,
        "timeoutSeconds": within,
        "failureThreshold": failures,
    }


def _disruption_budget(workspace: WorkspacePlan) -> Object:
    """Nodes may be drained one worker at a time; one that is not healthy holds up nobody."""
    planned = workspace.workers
    component = planned.pod.component
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": of_unit(workspace, planned.name, component),
        "spec": {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": selected(component),
        },
    }
