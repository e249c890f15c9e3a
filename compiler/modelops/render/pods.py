"""Part of `render`: what all pods have in common, from a `PodPlan`.

Every pod meets Pod Security *restricted* and, beyond it, has a read-only root file system, no
service links and no token of the API server unless its caller gives it one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from modelops.model.fields import bytes_text, cpu_text
from modelops.planned import (
    Amounts,
    ClaimVolume,
    ConfigValue,
    ConfigVolume,
    FieldValue,
    FilesVolume,
    MemoryVolume,
    Placement,
    PlainValue,
    PodPlan,
    ScratchVolume,
    SecretValue,
    SecretVolume,
    Toleration,
    Variables,
    Volume,
)
from modelops.provenance import carried
from modelops.render.metadata import Object, numeral, of_product, owned, selected

GPU = "nvidia.com/gpu"
USES_IDENTITY = "azure.workload.identity/use"

SECRET_MODE = 0o440
"""Files of Secrets: for the pod's user and group, and nobody else."""

PREFERENCE = 100
"""The heaviest weight of a preferred node affinity: it goes before other scores of a node."""


def pod_template(pod: PodPlan, spec: Object, annotations: Mapping[str, str]) -> Object:
    """The template of a workload's pods.

    Its labels are those that never change. People's own labels stay on the workload: in the
    template, editing one would restart the scheduler, and a Job would refuse it.
    """
    notes = {"annotations": dict(annotations)} if annotations else {}
    labels = {**of_product(pod.component, pod.product), **owned(), **_logged_in(pod)}
    return {"metadata": {"labels": labels, **notes}, "spec": spec}


def _logged_in(pod: PodPlan) -> dict[str, str]:
    """The label by which AKS gives a pod what it logs in with."""
    return {USES_IDENTITY: carried("true", pod.identity)} if pod.identity else {}


def pod_spec(pod: PodPlan, container: Object) -> Object:
    """The specification of a pod with one container."""
    secrets = [{"name": name} for name in pod.pull_secrets]
    volumes = [_volume(volume) for volume in pod.volumes]
    return {
        "serviceAccountName": pod.service_account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "priorityClassName": pod.priority_class,
        "terminationGracePeriodSeconds": pod.grace,
        "securityContext": _pod_security(pod.image.user),
        **({"imagePullSecrets": secrets} if secrets else {}),
        **placed(pod.placement),
        "containers": [container],
        **({"volumes": volumes} if volumes else {}),
    }


def container(pod: PodPlan, args: Sequence[str], own: Variables) -> Object:
    """The pod's container; `own` are the variables that `args` rely on: nobody overrides them."""
    variables = {**own, **pod.variables, **own}
    mounts = [mount for volume in pod.volumes for mount in _mounts(volume)]
    return {
        "name": pod.component,
        "image": pod.image.reference,
        "imagePullPolicy": "IfNotPresent",
        **({"args": list(args)} if args else {}),
        **({"env": [_variable(*entry) for entry in variables.items()]} if variables else {}),
        "resources": _resources(pod.amounts),
        "securityContext": _container_security(),
        **({"volumeMounts": mounts} if mounts else {}),
    }


def as_own_user(pod: PodPlan, container: Object) -> Object:
    """The container in a pod of another user: it runs as that of its own image.

    What is mounted is for the pod's group, which every container of the pod belongs to.
    """
    user = {"runAsUser": pod.image.user, "runAsGroup": pod.image.user}
    return container | {"securityContext": {**container["securityContext"], **user}}


def spread(pod: PodPlan, topology_key: str, skew: int) -> Object:
    """A constraint that spreads equal pods where it can; none waits because of it."""
    return {
        "maxSkew": skew,
        "topologyKey": topology_key,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": selected(pod.component, pod.product),
    }


# --- security ------------------------------------------------------------------------------------


def _pod_security(user: int) -> Object:
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",  # a big volume is not walked at each start
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def _container_security() -> Object:
    return {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


# --- resources and placement ---------------------------------------------------------------------


def _resources(amounts: Amounts) -> Object:
    """Requests and limits; GPUs stand in both, for Kubernetes demands that they are equal."""
    return {
        "requests": _quantities(
            amounts.cpu_request, amounts.memory_request, amounts.disk_request, amounts.gpu
        ),
        "limits": _quantities(
            amounts.cpu_limit, amounts.memory_limit, amounts.disk_limit, amounts.gpu
        ),
    }


def _quantities(cpu: int, memory: int, disk: int, gpu: int) -> dict[str, str]:
    return {
        "cpu": cpu_text(cpu),
        "memory": bytes_text(memory),
        "ephemeral-storage": bytes_text(disk),
        **({GPU: numeral(gpu)} if gpu else {}),
    }


def placed(placement: Placement) -> Object:
    """Node selector, tolerations and affinity, of those that there are."""
    tolerations = [_toleration(toleration) for toleration in placement.tolerations]
    return {
        **({"nodeSelector": dict(placement.node_selector)} if placement.node_selector else {}),
        **({"tolerations": tolerations} if tolerations else {}),
        **({"affinity": _affinity(placement.preferred)} if placement.preferred else {}),
    }


def _toleration(toleration: Toleration) -> Object:
    value = {"value": toleration.value} if toleration.value else {}
    return {
        "key": toleration.key,
        "operator": "Equal",
        **value,
        "effect": toleration.effect,
    }


def _affinity(preferred: Mapping[str, str]) -> Object:
    demands = [
        {"key": key, "operator": "In", "values": [value]} for key, value in preferred.items()
    ]
    term = {"weight": PREFERENCE, "preference": {"matchExpressions": demands}}
    return {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [term]}}


# --- environment variables -----------------------------------------------------------------------


def _variable(name: str, value: PlainValue | SecretValue | FieldValue | ConfigValue) -> Object:
    match value:
        case ConfigValue(config_map, key):
            return {
                "name": name,
                "valueFrom": {"configMapKeyRef": {"name": config_map, "key": key}},
            }
        case PlainValue(text):
            return {"name": name, "value": _literal(text)}
        case SecretValue(secret, key):
            return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        case FieldValue(path):
            field = {"apiVersion": "v1", "fieldPath": path}
            return {"name": name, "valueFrom": {"fieldRef": field}}
        case _:
            assert_never(value)


def _literal(text: str) -> str:
    """Text that the kubelet's expansion of `$(NAME)` and `$$` gives back as it was."""
    expands = "$(" in text or "$$" in text
    return carried(text.replace("$", "$$"), text) if expands else text


# --- volumes -------------------------------------------------------------------------------------


def _volume(volume: Volume) -> Object:
    match volume:
        case ScratchVolume(name, _, size):
            return {"name": name, "emptyDir": {"sizeLimit": bytes_text(size)}}
        case FilesVolume(name, config_map):
            return {"name": name, "configMap": {"name": config_map}}
        case ConfigVolume(name, _, config_map):
            return {"name": name, "configMap": {"name": config_map}}
        case MemoryVolume(name, _, size):
            return {"name": name, "emptyDir": {"medium": "Memory", "sizeLimit": bytes_text(size)}}
        case SecretVolume(name, _, secret, optional, only):
            source: Object = {"secretName": secret, "defaultMode": SECRET_MODE}
            items = {"items": [{"key": only[0], "path": only[1]}]} if only else {}
            ready = {"optional": True} if optional else {}
            return {"name": name, "secret": source | items | ready}
        case ClaimVolume(name, _, claim):
            return {"name": name, "persistentVolumeClaim": {"claimName": claim}}
        case _:
            assert_never(volume)


def _mounts(volume: Volume) -> Iterator[Object]:
    """Where the container sees a volume; each of single files has a mount of its own."""
    if isinstance(volume, FilesVolume):
        for path, key in volume.keys.items():
            yield {"name": volume.name, "mountPath": path, "subPath": key, "readOnly": True}
        return
    mount: Object = {"name": volume.name, "mountPath": volume.mount_path}
    only_read = isinstance(volume, ConfigVolume | SecretVolume)
    yield {**mount, "readOnly": True} if only_read else mount
