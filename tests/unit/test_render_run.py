"""Part of `render`: the objects of a run, as they reach the cluster."""

from typing import Any

import pytest
import yaml
from tests.unit.runs import NAMESPACE, judged, objects, one, stages
from tests.unit.small_tree import environment

from modelops.manifests import Manifests
from modelops.model.fields import quantity
from modelops.verify import verify

PULLED = environment(rest="registry: {pullSecret: {name: quay, existing: true}}")
FETCHED = environment(
    "features: {externalSecrets: true}",
    rest="registry: {pullSecret: {name: quay, external: {key: login}}}\nsecrets: {store: vault}",
)
ESO = environment("features: {externalSecrets: true}", rest="secrets: {provider: externalSecrets}")
OPERATED = environment("features: {cloudNativePg: true, networkPolicy: cilium}")
EXTERNAL = """\
store: {mode: external, host: db.example.org, sslmode: require, secret: trials}
secrets: {trials: {existing: true}}
"""
KEPT = {"kustomize.toolkit.fluxcd.io/prune": "disabled"}


def containers(body: Any) -> Any:  # noqa: ANN401 -- JSON data
    return body["spec"]["template"]["spec"]["containers"]


# --- stages --------------------------------------------------------------------------------------


def test_each_stage_waits_for_the_one_before_and_for_the_workspace() -> None:
    found = stages(judged())
    assert list(found) == [
        "00-base",
        "10-secrets",
        "20-store",
        "30-store-init",
        "40-workers",
    ]
    names = [f"dev-run-sir-{stage}" for stage in found]
    before = ["dev-platform", *names]
    for stage, spec in zip(before, found.values(), strict=False):
        assert {one["name"] for one in spec["dependsOn"]} == {stage, "dev-ws-malaria"}


def test_the_workers_are_waited_for_by_nobody() -> None:
    found = stages(judged())
    assert found["40-workers"]["wait"] is False
    assert "healthChecks" not in found["40-workers"]
    assert [check["kind"] for check in found["20-store"]["healthChecks"]] == ["StatefulSet"]
    assert all(found[stage]["wait"] is True for stage in ("00-base", "10-secrets", "30-store-init"))


def test_a_stage_that_has_nothing_to_apply_is_left_out_of_the_chain() -> None:
    found = stages(judged("workers: {replicas: 1}\nstore: {kind: none}"))
    assert list(found) == ["00-base", "40-workers"]
    assert {"name": "dev-run-sir-00-base"} in found["40-workers"]["dependsOn"]


# --- workers -------------------------------------------------------------------------------------


def workers(spec: str = "") -> Any:  # noqa: ANN401 -- JSON data
    return one("Job", "run-worker", objects(spec))


def test_workers_are_an_indexed_job() -> None:
    spec = workers("workers: {replicas: 3}\ndeadline: 2h")["spec"]
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 3)
    assert spec["activeDeadlineSeconds"] == 7200
    assert "backoffLimit" not in spec
    assert spec["backoffLimitPerIndex"] > 0
    assert [rule["action"] for rule in spec["podFailurePolicy"]["rules"]] == [
        "Ignore",
        "FailIndex",
        "FailJob",
    ]
    assert "ttlSecondsAfterFinished" not in spec


@pytest.mark.parametrize(
    "change", ['restart: "2"', "trials: 300", "workers: {replicas: 3}", "deadline: 2h"]
)
def test_a_change_makes_a_new_job(change: str) -> None:
    names = {workers(spec)["metadata"]["name"] for spec in ("", change)}
    assert len(names) == 2


def test_a_label_makes_no_new_job() -> None:
    names = {workers(spec)["metadata"]["name"] for spec in ("", "labels: {team: epi}")}
    assert len(names) == 1


def test_the_password_comes_as_a_file_from_a_secret() -> None:
    spec = workers()["spec"]["template"]["spec"]
    (volume,) = [one for one in spec["volumes"] if "secret" in one]
    assert volume["secret"] == {"secretName": "store", "defaultMode": 0o440}
    (container,) = spec["containers"]
    assert {"name": "store", "mountPath": "/run/secrets/store", "readOnly": True} in container[
        "volumeMounts"
    ]
    variables = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert variables["MODELOPS_STORE_PASSWORD_FILE"] == "/run/secrets/store/password"  # noqa: S105 -- a file
    assert spec["terminationGracePeriodSeconds"] == 120


# --- the store -----------------------------------------------------------------------------------


def test_the_store_is_a_stateful_set_behind_a_headless_service() -> None:
    found = objects("store: {size: 20Gi}")
    body = one("StatefulSet", "store", found)
    spec, pod = body["spec"], body["spec"]["template"]["spec"]
    assert one("Service", "store", found)["spec"]["clusterIP"] == "None"
    assert spec["serviceName"] == "store"
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "modelops-dev-retained"
    assert claim["spec"]["resources"] == {"requests": {"storage": "20Gi"}}
    assert pod["securityContext"]["runAsUser"] == pod["securityContext"]["fsGroup"] == 999
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = container[probe]["exec"]["command"]
        assert command[:3] == ["pg_isready", "-h", "127.0.0.1"]
        assert container[probe]["timeoutSeconds"] >= 5
    mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert {"/var/run/postgresql", "/dev/shm", "/tmp"} <= mounts  # noqa: S108 -- in the pod


def test_what_is_kept_is_protected_and_what_may_go_is_not() -> None:
    kept, gone = objects("store: {backup: {}}"), objects("store: {retain: false, backup: {}}")
    for found, whole in ((kept, True), (gone, False)):
        space = one("Namespace", NAMESPACE, found)["metadata"].get("annotations", {})
        backups = one("PersistentVolumeClaim", "store-backups", found)["metadata"]
        body = one("StatefulSet", "store", found)
        policy = body["spec"]["persistentVolumeClaimRetentionPolicy"]
        assert (space.items() >= KEPT.items()) is whole
        assert (backups["annotations"] == KEPT) is whole
        assert set(policy.values()) == {"Retain" if whole else "Delete"}
        forced = "kustomize.toolkit.fluxcd.io/force"
        assert (forced in body["metadata"]["annotations"]) is not whole


def committed(manifests: Manifests) -> dict[str, bytes]:
    """The generated files of an earlier commit."""
    return {
        f"{unit.name}/{part.file}": yaml.safe_dump_all(map(dict, part.objects)).encode()
        for held in manifests.environments
        for unit in held.units
        for part in unit.components
    }


def test_purging_is_two_commits() -> None:
    """The first changes what cannot be changed in place, and is let through all the same."""
    kept, gone = judged(), judged("store: {retain: false}")
    assert verify(gone, committed(kept)).diagnostics == ()
    back = verify(kept, committed(gone)).diagnostics
    assert [one.rule.code for one in back] == ["GIT007"]


def store_init(spec: str = "", dev_spec: str = environment()) -> Any:  # noqa: ANN401 -- JSON data
    """The pods of the Job that prepares the store."""
    return one("Job", "store-init", objects(spec, dev_spec))["spec"]["template"]["spec"]


def paths(container: dict[str, Any]) -> set[str]:
    return {mount["mountPath"] for mount in container["volumeMounts"]}


def test_the_database_is_made_then_proved_then_filled() -> None:
    found = objects()
    spec = one("Job", "store-init", found)["spec"]["template"]["spec"]
    (first, then), (last,) = spec["initContainers"], spec["containers"]
    assert (first["name"], first["command"][1]) == ("database", "/opt/modelops/store/initialise.sh")
    assert (then["name"], then["command"][1]) == ("check", "/opt/modelops/store/check.sh")
    assert (last["name"], last["args"][-2:]) == ("store-init", ["modelops_runtime", "store-init"])
    assert "/run/secrets/store-admin" in paths(first)
    assert "/run/secrets/store-admin" not in paths(then) | paths(last)
    (scripts,) = [one for one in found if one["metadata"]["name"].startswith("store-scripts-")]
    assert scripts["immutable"] is True
    assert {"initialise.sh", "check.sh", "connection.sh"} <= set(scripts["data"])


@pytest.mark.parametrize(
    ("spec", "dev_spec", "before", "secret"),
    [
        ("", environment(), ["database", "check"], "store"),
        ("store: {mode: cloudNativePg}", OPERATED, ["check"], "store-app"),
        (EXTERNAL, environment(), ["check"], "trials"),
    ],
    ids=["inCluster", "cloudNativePg", "external"],
)
def test_whoever_runs_the_store_the_runtime_fills_it(
    spec: str, dev_spec: str, before: list[str], secret: str
) -> None:
    found = objects(spec, dev_spec)
    pod = store_init(spec, dev_spec)
    worker = one("Job", "run-worker", found)["spec"]["template"]["spec"]["containers"][0]
    (last,) = pod["containers"]
    assert [container["name"] for container in pod["initContainers"]] == before
    assert last["image"] == worker["image"]
    said = {entry["name"]: entry.get("value") for entry in worker["env"]}
    told = {entry["name"]: entry["value"] for entry in last["env"]}
    assert told.items() <= said.items()
    assert {"MODELOPS_RUN_CONFIG", "MODELOPS_STORE_PASSWORD_FILE", "PGHOST"} <= set(told)
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert len(volumes) == len(pod["volumes"])
    assert volumes["store"]["secret"]["secretName"] == secret
    for container in (*pod["initContainers"], last):
        assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes)


def test_two_images_in_one_pod_run_as_their_own_users_and_share_a_group() -> None:
    pod = store_init()
    group = pod["securityContext"]["fsGroup"]
    assert pod["securityContext"]["runAsUser"] == group == 10001
    assert pod["containers"][0]["securityContext"].get("runAsUser") is None
    for container in pod["initContainers"]:
        assert container["securityContext"]["runAsUser"] == 999
        assert container["securityContext"]["runAsGroup"] == 999
        assert container["securityContext"]["runAsNonRoot"] is True
    modes = {volume["secret"]["defaultMode"] for volume in pod["volumes"] if "secret" in volume}
    assert modes == {0o440}  # root's, and the group's that all three containers belong to


def test_the_quota_counts_the_largest_container_of_a_pod() -> None:
    pod = store_init()
    (last,) = pod["containers"]
    for container in pod["initContainers"]:
        for kind in ("requests", "limits"):
            for resource, amount in container["resources"][kind].items():
                counted, least = quantity(last["resources"][kind][resource]), quantity(amount)
                assert counted is not None
                assert least is not None
                assert counted >= least


def test_another_specification_fills_the_store_again() -> None:
    """The name of its study may be another, and its tables hold what is searched."""
    names = {
        one("Job", "store-init", objects(spec))["metadata"]["name"]
        for spec in ("", "replicates: 3")
    }
    assert len(names) == 2


def test_workers_are_scraped_where_something_scrapes() -> None:
    for dev_spec, peers in (
        (environment("monitoring: {namespace: watching}"), ["watching"]),
        (environment(), []),
    ):
        found = objects(dev_spec=dev_spec)
        pod = one("Job", "run-worker", found)["spec"]["template"]["spec"]
        (port,) = pod["containers"][0]["ports"]
        assert port == {"name": "http-metrics", "containerPort": 8791, "protocol": "TCP"}
        policy = one("NetworkPolicy", "run-worker", found)["spec"]
        flows = policy.get("ingress", [])
        assert [
            flow["from"][0]["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            for flow in flows
        ] == peers
        assert [flow["ports"][0]["port"] for flow in flows] == [8791 for _ in peers]


def test_workers_know_how_long_they_may_take_to_stop() -> None:
    pod = one("Job", "run-worker", objects())["spec"]["template"]["spec"]
    told = {entry["name"]: entry.get("value") for entry in pod["containers"][0]["env"]}
    assert told["MODELOPS_GRACE_SECONDS"] == str(pod["terminationGracePeriodSeconds"])


def test_restart_makes_the_database_anew_too() -> None:
    names = {
        one("Job", "store-init", objects(spec))["metadata"]["name"] for spec in ("", "restart: x")
    }
    assert len(names) == 2


def test_backups_are_made_and_the_way_back_is_there_but_never_runs() -> None:
    found = objects('store: {backup: {schedule: "30 2 * * *", keep: 14}}')
    backup, restore = (one("CronJob", name, found) for name in ("store-backup", "store-restore"))
    assert (backup["spec"]["schedule"], backup["spec"]["timeZone"]) == ("30 2 * * *", "Etc/UTC")
    assert (backup["spec"]["suspend"], restore["spec"]["suspend"]) == (False, True)
    assert backup["spec"]["concurrencyPolicy"] == "Forbid"
    claim = one("PersistentVolumeClaim", "store-backups", found)
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]


# --- secrets -------------------------------------------------------------------------------------


def test_external_secrets_make_passwords_in_the_one_safe_shape() -> None:
    found = objects(dev_spec=ESO)
    assert not [body for body in found if body["metadata"]["name"].startswith("secret-bootstrap")]
    for name in ("store", "store-admin"):
        body = one("ExternalSecret", name, found)
        assert body["metadata"]["annotations"] == KEPT
        assert body["spec"]["refreshPolicy"] == "CreatedOnce"
        assert body["spec"]["target"] == {
            "name": name,
            "creationPolicy": "Orphan",
            "immutable": True,
        }
        assert one("Password", name, found)["spec"]["symbols"] == 0


def test_the_pull_secret_is_waited_for_without_any_right() -> None:
    found = objects(dev_spec=PULLED)
    job = one("Job", "pull-secret-check", found)
    pod = job["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    (volume,) = [one for one in pod["volumes"] if "secret" in one]
    assert volume["secret"]["secretName"] == "quay"
    assert volume["secret"]["optional"] is True
    variables = {entry["name"]: entry["value"] for entry in pod["containers"][0]["env"]}
    assert variables["MAKE_IT"].startswith(
        f"kubectl create secret docker-registry quay --namespace {NAMESPACE} "
        "--docker-server=quay.io"
    )


def test_a_pull_secret_can_be_fetched_in_every_namespace() -> None:
    body = one("ExternalSecret", "quay", objects(dev_spec=FETCHED))
    assert body["spec"]["target"]["template"] == {"type": "kubernetes.io/dockerconfigjson"}
    assert body["spec"]["data"] == [
        {"secretKey": ".dockerconfigjson", "remoteRef": {"key": "login"}}
    ]
    assert not [
        one for one in objects(dev_spec=FETCHED) if "pull-secret" in one["metadata"]["name"]
    ]


# --- network -------------------------------------------------------------------------------------


def test_a_run_opens_the_scheduler_s_port_in_both_namespaces_and_nothing_else_there() -> None:
    policies = [body for body in objects() if body["kind"] == "NetworkPolicy"]
    (theirs,) = [one for one in policies if one["metadata"]["namespace"] != NAMESPACE]
    assert theirs["metadata"]["namespace"] == "modelops-dask-dev-malaria"
    assert theirs["spec"]["policyTypes"] == ["Ingress"]
    (rule,) = theirs["spec"]["ingress"]
    assert rule["ports"] == [{"port": 8786, "protocol": "TCP"}]
    (peer,) = rule["from"]
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": NAMESPACE}
    assert peer["podSelector"]["matchLabels"]["app.kubernetes.io/component"] == "run-worker"


def test_a_namespace_begins_with_nothing_allowed() -> None:
    (deny,) = [body for body in objects() if body["metadata"]["name"] == "default-deny"]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert deny["metadata"]["labels"]["app.kubernetes.io/name"] == "run"


def test_a_service_that_a_run_uses_is_told_opened_and_waited_for() -> None:
    service = {"mlflow": "image: dask-worker\nports: {http: {port: 5000}}"}
    uses = "uses: {mlflow: {as: TRACKING_URI}}"
    found = objects(uses, **service)
    variables = {
        entry["name"]: entry.get("value")
        for entry in containers(one("Job", "run-worker", found))[0]["env"]
    }
    assert variables["TRACKING_URI"] == "http://mlflow.modelops-shared-dev.svc.cluster.local:5000"
    policies = [body for body in found if body["kind"] == "NetworkPolicy"]
    (theirs,) = [
        body for body in policies if body["metadata"]["namespace"] == "modelops-shared-dev"
    ]
    assert [rule["ports"] for rule in theirs["spec"]["ingress"]] == [
        [{"port": 5000, "protocol": "TCP"}]
    ]
    waits = stages(judged(uses, **service))["00-base"]["dependsOn"]
    assert {"name": "dev-svc-mlflow"} in waits
