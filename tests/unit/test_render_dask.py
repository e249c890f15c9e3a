"""The stage `render`: scheduler, workers, and what changes the number of workers."""

from dataclasses import replace

import pytest
from tests.unit.rendering import (
    CPU,
    NAMESPACE,
    QUEUE,
    WORKERS,
    WORKSPACE_PLAN,
    bodies,
    found,
    planned,
    pod,
    scaled,
)

from modelops.planned import FixedScale, PortRange, Scale
from modelops.render import render

# --- scheduler ------------------------------------------------------------------------------------


def test_there_is_never_more_than_one_scheduler() -> None:
    spec = found("Deployment", "dask-scheduler")["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}
    assert spec["revisionHistoryLimit"] == 3


def test_the_node_autoscaler_leaves_the_scheduler_alone() -> None:
    template = found("Deployment", "dask-scheduler")["spec"]["template"]
    assert template["metadata"]["annotations"] == {
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "false"
    }


def test_the_scheduler_is_probed_by_http_at_a_number() -> None:
    (container,) = pod("Deployment", "dask-scheduler")["containers"]
    probes = [container[f"{name}Probe"] for name in ("startup", "readiness", "liveness")]
    assert {(probe["httpGet"]["path"], probe["httpGet"]["port"]) for probe in probes} == {
        ("/health", 8787)
    }
    assert [
        (probe["periodSeconds"], probe["timeoutSeconds"], probe["failureThreshold"])
        for probe in probes
    ] == [(5, 5, 60), (10, 10, 6), (30, 20, 10)]


def test_the_scheduler_listens_where_the_service_points() -> None:
    (container,) = pod("Deployment", "dask-scheduler")["containers"]
    assert container["args"] == [
        "dask",
        "scheduler",
        "--port",
        "8786",
        "--dashboard-address",
        ":8787",
        "--preload",
        "modelops_runtime.dask_preload",
    ]
    spec = found("Service", "dask-scheduler")["spec"]
    assert [(port["port"], port["targetPort"]) for port in spec["ports"]] == [
        (8786, 8786),
        (8787, 8787),
    ]
    assert spec["type"] == "ClusterIP"
    assert spec["selector"] == {
        "app.kubernetes.io/name": "dask",
        "app.kubernetes.io/component": "scheduler",
    }


@pytest.mark.parametrize(
    ("name", "key", "skew"),
    [
        ("dask-scheduler", "topology.kubernetes.io/zone", 1),
        ("dask-worker", "kubernetes.io/hostname", 2),
    ],
)
def test_pods_are_spread(name: str, key: str, skew: int) -> None:
    (constraint,) = pod("Deployment", name)["topologySpreadConstraints"]
    assert (constraint["topologyKey"], constraint["maxSkew"]) == (key, skew)
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    assert constraint["labelSelector"] == found("Deployment", name)["spec"]["selector"]


@pytest.mark.parametrize("name", ["dask-scheduler", "dask-worker"])
def test_selectors_are_name_and_component_only_and_hit_the_template(name: str) -> None:
    spec = found("Deployment", name)["spec"]
    wanted = spec["selector"]["matchLabels"]
    assert set(wanted) == {"app.kubernetes.io/name", "app.kubernetes.io/component"}
    assert spec["template"]["metadata"]["labels"].items() >= wanted.items()


# --- workers --------------------------------------------------------------------------------------


def test_workers_roll_without_losing_any() -> None:
    spec = found("Deployment", "dask-worker")["spec"]
    assert spec["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0},
    }
    assert (spec["progressDeadlineSeconds"], spec["revisionHistoryLimit"]) == (1800, 3)


@pytest.mark.parametrize(("scale", "replicas"), [(FixedScale(0), 0), (QUEUE, None), (CPU, None)])
def test_replicas_are_written_only_without_an_autoscaler(
    scale: Scale, replicas: int | None
) -> None:
    assert found("Deployment", "dask-worker", scaled(scale))["spec"].get("replicas") == replicas


def test_the_worker_s_command_is_exact() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    assert "command" not in container
    assert " ".join(container["args"]) == (
        f"dask worker tcp://dask-scheduler.{NAMESPACE}.svc.cluster.local:8786 --nworkers 3 "
        "--nthreads 1 --memory-limit 2576980377 --worker-port 9000:9002 --nanny-port 9100:9102 "
        "--dashboard-address :8790 --local-directory /dask-spill --death-timeout 300 "
        "--name $(POD_NAME) --preload modelops_runtime.dask_preload "
        "--preload-nanny modelops_runtime.dask_preload"
    )


def test_one_process_gets_single_ports() -> None:
    workers = replace(
        WORKERS, processes=1, worker_ports=PortRange(9000, 9000), nanny_ports=PortRange(9100, 9100)
    )
    body = found("Deployment", "dask-worker", replace(WORKSPACE_PLAN, workers=workers))
    (container,) = body["spec"]["template"]["spec"]["containers"]
    assert "--worker-port 9000 --nanny-port 9100 " in " ".join(container["args"])
    assert [port["name"] for port in container["ports"]] == ["worker-0", "nanny-0", "http-metrics"]


def test_a_stopping_worker_drains_first() -> None:
    spec = pod("Deployment", "dask-worker")
    assert spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"] == (
        ["python", "-m", "modelops_runtime", "worker-drain", "--timeout", "900"]
    )


def test_the_worker_s_first_nanny_is_probed_and_nothing_kills_it() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    assert container["startupProbe"]["tcpSocket"] == {"port": 9100}
    assert container["readinessProbe"]["tcpSocket"] == {"port": 9100}
    assert container["readinessProbe"]["periodSeconds"] == 30
    assert "livenessProbe" not in container
    annotations = found("Deployment", "dask-worker")["metadata"]["annotations"]
    assert annotations["checkov.io/skip1"].startswith("CKV_K8S_8=")


def test_all_ports_of_a_worker_are_declared() -> None:
    (container,) = pod("Deployment", "dask-worker")["containers"]
    ports = [port["containerPort"] for port in container["ports"]]
    assert ports == [9000, 9001, 9002, 9100, 9101, 9102, 8790]


def test_workers_are_disrupted_one_at_a_time() -> None:
    spec = found("PodDisruptionBudget", "dask-worker")["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"
    assert spec["selector"] == found("Deployment", "dask-worker")["spec"]["selector"]


# --- autoscaling ----------------------------------------------------------------------------------


def test_keda_asks_the_scheduler() -> None:
    spec = found("ScaledObject", "dask-worker", scaled(QUEUE))["spec"]
    assert spec["scaleTargetRef"] == (
        {"apiVersion": "apps/v1", "kind": "Deployment", "name": "dask-worker"}
    )
    assert (spec["minReplicaCount"], spec["maxReplicaCount"], spec["cooldownPeriod"]) == (
        (0, 20, 600)
    )
    assert spec["advanced"]["restoreToOriginalReplicaCount"] is False
    assert spec["triggers"] == [
        {
            "type": "metrics-api",
            "metricType": "AverageValue",
            "metadata": {
                "url": QUEUE.url,
                "format": "json",
                "valueLocation": "desired_workers",
                "targetValue": "3",
            },
        }
    ]


@pytest.mark.parametrize(("fewest", "replicas"), [(0, 1), (4, 4)])
def test_the_fallback_is_never_zero(fewest: int, replicas: int) -> None:
    workspace = scaled(replace(QUEUE, fewest=fewest))
    assert found("ScaledObject", "dask-worker", workspace)["spec"]["fallback"] == {
        "failureThreshold": 5,
        "replicas": replicas,
        "behavior": "currentReplicasIfHigher",
    }


@pytest.mark.parametrize(("cooldown", "window"), [(600, 600), (9000, 3600)])
def test_the_window_of_scaling_in_stays_within_the_api_s_bound(cooldown: int, window: int) -> None:
    advanced = found("ScaledObject", "dask-worker", scaled(replace(QUEUE, cooldown=cooldown)))
    behaviour = advanced["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behaviour["scaleDown"]["stabilizationWindowSeconds"] == window
    assert behaviour["scaleDown"]["policies"] == (
        [{"type": "Pods", "value": 1, "periodSeconds": 120}]
    )


def test_the_horizontal_autoscaler_shrinks_slowly() -> None:
    spec = found("HorizontalPodAutoscaler", "dask-worker", scaled(CPU))["spec"]
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    assert spec["metrics"][0]["resource"] == (
        {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    )
    assert spec["behavior"]["scaleDown"] == {
        "stabilizationWindowSeconds": 900,
        "selectPolicy": "Min",
        "policies": [{"type": "Pods", "value": 1, "periodSeconds": 300}],
    }


@pytest.mark.parametrize(
    ("scale", "kinds"),
    [
        (FixedScale(3), set()),
        (QUEUE, {"ScaledObject"}),
        (CPU, {"HorizontalPodAutoscaler"}),
    ],
)
def test_there_is_one_autoscaler_at_most(scale: Scale, kinds: set[str]) -> None:
    made = {body["kind"] for body in bodies(render(planned(scaled(scale))))}
    assert made & {"ScaledObject", "HorizontalPodAutoscaler"} == kinds
