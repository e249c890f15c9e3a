"""Part of `planned`: the bounds of a unit's namespace."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops import names
from modelops.planned.network import EntityPolicyPlan, PolicyPlan
from modelops.planned.storage import SecretsPlan


@dataclass(frozen=True, slots=True)
class QuotaPlan:
    """Upper bounds of a namespace; `claims` counts PersistentVolumeClaims."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int
    disk_request: int
    disk_limit: int
    pods: int
    claims: int


@dataclass(frozen=True, slots=True)
class ContainerBounds:
    """The largest container of a namespace."""

    cpu: int
    memory: int


@dataclass(frozen=True, slots=True)
class SharedNamespacePlan:
    """The namespace of an environment's services, in which everything is denied at first.

    Attributes:
        pod_security: the version that Pod Security *restricted* is held to: `v1.35`.
        keep: whether it outlives its last service, for the data in it.
        secrets: the one that images are pulled with, where an external store holds it.
    """

    namespace: str
    labels: Mapping[str, str]
    pod_security: str
    keep: bool
    quota: QuotaPlan
    bounds: ContainerBounds
    policies: tuple[PolicyPlan, ...]
    entity_policies: tuple[EntityPolicyPlan, ...]
    secrets: SecretsPlan

    @property
    def product(self) -> str:
        """What its pods are a part of."""
        return names.SERVICE
