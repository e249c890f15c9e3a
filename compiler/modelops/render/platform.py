"""Part of `render`: what the units of an environment share, objects of the whole cluster."""

from modelops.planned import (
    PlatformPlan,
    PriorityClassPlan,
    SecretStorePlan,
    StorageClassPlan,
)
from modelops.render.accounts import CLIENT_ID, unmounted
from modelops.render.metadata import Object, described
from modelops.render.namespace import namespace
from modelops.render.network import network
from modelops.render.secrets import ESO, secrets


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


def secret_store(platform: PlatformPlan) -> list[Object]:
    """The store of the key vault, and the account that External Secrets reads it as."""
    store = platform.secret_store
    return [_reader(platform, store), _store(platform, store)] if store else []


def _reader(platform: PlatformPlan, store: SecretStorePlan) -> Object:
    """Its token is asked for by External Secrets, and never mounted."""
    return unmounted(
        described(
            store.account,
            platform.labels,
            namespace=store.namespace,
            annotations={CLIENT_ID: store.client_id},
        )
    )


def _store(platform: PlatformPlan, store: SecretStorePlan) -> Object:
    """For the environment's own namespaces; a tenant at the account as well would be refused."""
    own = {"modelops.io/env": platform.labels["modelops.io/env"]}
    return {
        "apiVersion": ESO,
        "kind": "ClusterSecretStore",
        "metadata": described(store.name, platform.labels),
        "spec": {
            "conditions": [{"namespaceSelector": {"matchLabels": own}}],
            "provider": {
                "azurekv": {
                    "authType": "WorkloadIdentity",
                    "vaultUrl": store.vault,
                    "tenantId": store.tenant_id,
                    "serviceAccountRef": {"name": store.account, "namespace": store.namespace},
                }
            },
        },
    }


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
