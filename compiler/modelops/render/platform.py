"""Part of `render`: what the units of an environment share, objects of the whole cluster."""

from modelops.planned import PlatformPlan, PriorityClassPlan, StorageClassPlan
from modelops.render.metadata import Object, described
from modelops.render.namespace import namespace
from modelops.render.network import network
from modelops.render.secrets import secrets


def priority_classes(platform: PlatformPlan) -> list[Object]:
    """One PriorityClass for each planned one."""
    return [_priority_class(platform, planned) for planned in platform.priority_classes]


def storage_classes(platform: PlatformPlan) -> list[Object]:
    """One StorageClass for each planned one."""
    return [_storage_class(planned) for planned in platform.storage_classes]


def shared_namespace(platform: PlatformPlan) -> list[Object]:
    """The services' namespace, its bounds, and what is denied in it."""
    shared = platform.shared
    return [*namespace(shared), *network(shared), *secrets(shared)] if shared else []


def _priority_class(platform: PlatformPlan, planned: PriorityClassPlan) -> Object:
    return {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": described(planned.name, platform.labels),
        "value": planned.value,
        "globalDefault": False,
        "preemptionPolicy": "PreemptLowerPriority" if planned.preempts else "Never",
        "description": planned.description,
    }


def _storage_class(planned: StorageClassPlan) -> Object:
    """Azure premium disks, made where their first pod runs, kept when their claim goes."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        # No label of the environment: two of them may share a cluster, and name the same class.
        "metadata": described(planned.name, {}),
        "provisioner": "disk.csi.azure.com",
        "parameters": {"skuName": "Premium_LRS", "cachingMode": "None"},
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }
