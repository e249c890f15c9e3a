"""Part of `render`: the Postgres of a run: a StatefulSet of ours, or a Cluster of CloudNativePG.

A StatefulSet whose data may go is forced: when `retain` is taken away its class of volumes changes,
which cannot be changed in place. Flux then makes it anew, and it takes its old volume along.
"""

from modelops.model.fields import bytes_text, cpu_text
from modelops.planned import ClusterPlan, RunPlan, ServerPlan
from modelops.provenance import carried
from modelops.render.metadata import KEPT, Object, kept, of_product, of_unit, selected
from modelops.render.pods import container, placed, pod_spec, pod_template, spread
from modelops.render.store_scripts import ready_command

ADMIN = "postgres"
VOLUME = "data"
ZONE = "topology.kubernetes.io/zone"
REVISIONS = 3
FORCED = "kustomize.toolkit.fluxcd.io/force"
UNMOVED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
LOW_USER = {"checkov.io/skip1": "CKV_K8S_40=the image is built for this user"}

SETTINGS = ("shared_buffers=256MB", "password_encryption=scram-sha-256")
"""A quarter of its memory for pages."""

INIT_ARGUMENTS = "--auth-host=scram-sha-256 --auth-local=scram-sha-256 --data-checksums"
"""Passwords everywhere, and pages that tell when a disk has lied."""


def store(run: RunPlan) -> list[Object]:
    """What runs the store; nothing where it is elsewhere."""
    match run.store:
        case ServerPlan() as server:
            return [_service(run, server), _stateful_set(run, server)]
        case ClusterPlan() as cluster:
            return [_cluster(run, cluster)]
    return []


def _service(run: RunPlan, server: ServerPlan) -> Object:
    """Headless: clients reach the one pod itself."""
    port = {"name": "tcp-postgres", "port": server.port, "targetPort": server.port}
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": of_unit(run, server.name, server.pod.component),
        "spec": {
            "clusterIP": "None",
            "selector": of_product(server.pod.component, server.pod.product),
            "ports": [port | {"protocol": "TCP"}],
        },
    }


def _stateful_set(run: RunPlan, server: ServerPlan) -> Object:
    pod = server.pod
    spec = pod_spec(pod, _container(server))
    spec["topologySpreadConstraints"] = [spread(pod, ZONE, 1)]
    claims = carried("Retain" if server.keep else "Delete", server.keep)
    gone = {} if server.keep else {FORCED: carried("enabled", server.keep), **kept(server.keep)}
    notes = LOW_USER | gone
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": of_unit(run, server.name, pod.component, notes),
        "spec": {
            "serviceName": server.name,
            "replicas": 1,
            "revisionHistoryLimit": REVISIONS,
            "updateStrategy": {"type": "RollingUpdate"},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": claims, "whenScaled": claims},
            "selector": selected(pod.component, pod.product),
            "template": pod_template(pod, spec, UNMOVED),
            "volumeClaimTemplates": [_claim(server)],
        },
    }


def _claim(server: ServerPlan) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": VOLUME},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "volumeMode": "Filesystem",
            "storageClassName": server.storage_class,
            "resources": {"requests": {"storage": bytes_text(server.size)}},
        },
    }


def _container(server: ServerPlan) -> Object:
    settings = (f"max_connections={server.connections}", *SETTINGS)
    made = container(server.pod, [word for said in settings for word in ("-c", said)], {})
    made["env"].append({"name": "POSTGRES_INITDB_ARGS", "value": INIT_ARGUMENTS})
    made["volumeMounts"].append({"name": VOLUME, "mountPath": server.directory})
    port = {"name": "tcp-postgres", "containerPort": server.port, "protocol": "TCP"}
    return made | {"ports": [port]} | _probes(server.port)


def _probes(port: int) -> Object:
    """Long to come up, for a crash takes time to recover from; slow to kill."""
    return {
        "startupProbe": _ready(port, every=5, within=5, failures=120),
        "readinessProbe": _ready(port, every=10, within=5, failures=3),
        "livenessProbe": _ready(port, every=20, within=10, failures=6),
    }


def _ready(port: int, *, every: int, within: int, failures: int) -> Object:
    """A probe by TCP: `every` and `within` are seconds, `failures` come in a row."""
    return {
        "exec": {"command": list(ready_command(port, ADMIN))},
        "periodSeconds": every,
        "timeoutSeconds": within,
        "failureThreshold": failures,
    }


# --- CloudNativePG -------------------------------------------------------------------------------


def _cluster(run: RunPlan, cluster: ClusterPlan) -> Object:
    """The operator makes volumes, Services and the Secret of the owner; its pods are restricted."""
    pod, amounts = cluster.pod, cluster.pod.amounts
    where = placed(pod.placement)
    secrets = [{"name": name} for name in pod.pull_secrets]
    return {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": of_unit(run, cluster.name, pod.component, KEPT if cluster.keep else None),
        "spec": {
            "instances": cluster.instances,
            "imageName": pod.image.reference,
            "postgresUID": pod.image.user,
            "postgresGID": pod.image.user,
            **({"imagePullSecrets": secrets} if secrets else {}),
            "priorityClassName": pod.priority_class,
            "enableSuperuserAccess": False,
            "enablePDB": _has_standby(cluster),
            "bootstrap": {
                "initdb": {
                    "database": cluster.database,
                    "owner": cluster.owner,
                    "dataChecksums": True,
                }
            },
            "storage": {
                "size": bytes_text(cluster.size),
                "storageClass": cluster.storage_class,
                "resizeInUseVolumes": True,
            },
            "resources": {
                "requests": {
                    "cpu": cpu_text(amounts.cpu_request),
                    "memory": bytes_text(amounts.memory_request),
                },
                "limits": {
                    "cpu": cpu_text(amounts.cpu_limit),
                    "memory": bytes_text(amounts.memory_limit),
                },
            },
            "affinity": {
                **{key: where[key] for key in ("nodeSelector", "tolerations") if key in where},
                "topologyKey": ZONE,
                "podAntiAffinityType": "preferred",
            },
        },
    }


def _has_standby(cluster: ClusterPlan) -> bool:
    """A disruption budget of a single pod would hold up the upgrade of its node."""
    return cluster.instances > 1
