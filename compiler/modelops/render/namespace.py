"""Part of `render`: a workspace's Namespace, with the bounds that hold in it."""

from modelops.model.fields import bytes_text, cpu_text
from modelops.planned import ContainerBounds, QuotaPlan, WorkspacePlan
from modelops.render.metadata import KEPT, Object, described, numeral, of_product, of_workspace

UNSAID_LIMIT = (500, 512 * 1024**2, 1024**3)
"""CPU, memory and disk at most of a container that says nothing of its own.

None of ours is silent; the quota would refuse a silent one that somebody else puts in.
"""

UNSAID_REQUEST = (100, 128 * 1024**2, 256 * 1024**2)
"""CPU, memory and disk that are set aside for such a container."""


def namespace(workspace: WorkspacePlan) -> list[Object]:
    """The Namespace, its LimitRange and its ResourceQuota."""
    return [_namespace(workspace), _limit_range(workspace), _quota(workspace)]


def _namespace(workspace: WorkspacePlan) -> Object:
    labels = {**workspace.labels, **of_product(""), **_pod_security(workspace.pod_security)}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": described(
            workspace.namespace, labels, annotations=KEPT if workspace.keep else None
        ),
    }


def _pod_security(version: str) -> dict[str, str]:
    """Enforced as of one version, so that an upgrade refuses no pod; warned of as of the latest."""
    pinned = {"enforce": version, "audit": "latest", "warn": "latest"}
    prefix = "pod-security.kubernetes.io"
    levels = {f"{prefix}/{mode}": "restricted" for mode in pinned}
    return levels | {f"{prefix}/{mode}-version": as_of for mode, as_of in pinned.items()}


def _limit_range(workspace: WorkspacePlan) -> Object:
    bounds = workspace.bounds
    limits = {
        "type": "Container",
        "default": _unsaid(UNSAID_LIMIT, bounds),
        "defaultRequest": _unsaid(UNSAID_REQUEST, bounds),
        "max": {"cpu": cpu_text(bounds.cpu), "memory": bytes_text(bounds.memory)},
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": of_workspace(workspace, "defaults"),
        "spec": {"limits": [limits]},
    }


def _unsaid(amounts: tuple[int, int, int], bounds: ContainerBounds) -> dict[str, str]:
    """A default within the bounds: the API server refuses one above them."""
    cpu, memory, disk = amounts
    return {
        "cpu": cpu_text(min(cpu, bounds.cpu)),
        "memory": bytes_text(min(memory, bounds.memory)),
        "ephemeral-storage": bytes_text(disk),
    }


def _quota(workspace: WorkspacePlan) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": of_workspace(workspace, "quota"),
        "spec": {"hard": _hard(workspace.quota)},
    }


def _hard(quota: QuotaPlan) -> dict[str, str]:
    return {
        "requests.cpu": cpu_text(quota.cpu_request),
        "limits.cpu": cpu_text(quota.cpu_limit),
        "requests.memory": bytes_text(quota.memory_request),
        "limits.memory": bytes_text(quota.memory_limit),
        "requests.ephemeral-storage": bytes_text(quota.disk_request),
        "limits.ephemeral-storage": bytes_text(quota.disk_limit),
        "pods": numeral(quota.pods),
        "persistentvolumeclaims": numeral(quota.claims),
        "services.loadbalancers": "0",  # a workspace is reached from inside the cluster only
        "services.nodeports": "0",
    }
