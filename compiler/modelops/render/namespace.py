"""Part of `render`: a unit's Namespace, with the bounds that hold in it."""

from typing import Protocol

from modelops.model.fields import bytes_text, cpu_text
from modelops.planned import ContainerBounds, QuotaPlan
from modelops.render.metadata import KEPT, Housed, Object, described, numeral, of_product, of_unit

UNSAID_LIMIT = (500, 512 * 1024**2, 1024**3)
"""CPU, memory and disk at most of a container that says nothing of its own.

None of ours is silent; the quota would refuse a silent one that somebody else puts in.
"""

UNSAID_REQUEST = (100, 128 * 1024**2, 256 * 1024**2)
"""CPU, memory and disk that are set aside for such a container."""


class Bounded(Housed, Protocol):
    """A unit's plan with the bounds of its namespace."""

    @property
    def pod_security(self) -> str: ...  # noqa: D102 -- told above

    @property
    def keep(self) -> bool: ...  # noqa: D102 -- told above

    @property
    def quota(self) -> QuotaPlan: ...  # noqa: D102 -- told above

    @property
    def bounds(self) -> ContainerBounds: ...  # noqa: D102 -- told above


def namespace(unit: Bounded) -> list[Object]:
    """The Namespace, its LimitRange and its ResourceQuota."""
    return [_namespace(unit), _limit_range(unit), _quota(unit)]


def _namespace(unit: Bounded) -> Object:
    labels = {**unit.labels, **of_product("", unit.product), **_pod_security(unit.pod_security)}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": described(unit.namespace, labels, annotations=KEPT if unit.keep else None),
    }


def _pod_security(version: str) -> dict[str, str]:
    """Enforced as of one version, so that an upgrade refuses no pod; warned of as of the latest."""
    pinned = {"enforce": version, "audit": "latest", "warn": "latest"}
    prefix = "pod-security.kubernetes.io"
    levels = {f"{prefix}/{mode}": "restricted" for mode in pinned}
    return levels | {f"{prefix}/{mode}-version": as_of for mode, as_of in pinned.items()}


def _limit_range(unit: Bounded) -> Object:
    bounds = unit.bounds
    limits = {
        "type": "Container",
        "default": _unsaid(UNSAID_LIMIT, bounds),
        "defaultRequest": _unsaid(UNSAID_REQUEST, bounds),
        "max": {"cpu": cpu_text(bounds.cpu), "memory": bytes_text(bounds.memory)},
    }
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": of_unit(unit, "defaults"),
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


def _quota(unit: Bounded) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": of_unit(unit, "quota"),
        "spec": {"hard": _hard(unit.quota)},
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
        "services.loadbalancers": "0",  # a unit is reached from inside the cluster only
        "services.nodeports": "0",
    }
