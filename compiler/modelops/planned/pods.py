"""Part of `planned`: what the pods of any workload have."""

from collections.abc import Mapping
from dataclasses import dataclass

from modelops import names


@dataclass(frozen=True, slots=True)
class ImagePlan:
    """A container image: the full reference that is pulled, and the user it runs as."""

    reference: str
    user: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """A container's requests and limits."""

    cpu_request: int
    cpu_limit: int
    memory_request: int
    memory_limit: int
    disk_request: int
    disk_limit: int
    gpu: int = 0


@dataclass(frozen=True, slots=True)
class Toleration:
    """A taint that pods put up with."""

    key: str
    value: str
    effect: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where pods may run.

    Attributes:
        preferred: node labels that are sought but not demanded (spot nodes).
    """

    node_selector: Mapping[str, str]
    tolerations: tuple[Toleration, ...]
    preferred: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PlainValue:
    """An environment variable's value as text."""

    text: str


@dataclass(frozen=True, slots=True)
class SecretValue:
    """An environment variable read from one key of a Secret in the same namespace."""

    secret: str
    key: str


@dataclass(frozen=True, slots=True)
class FieldValue:
    """An environment variable read from a field of the pod itself (downward API)."""

    path: str


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """An environment variable read from one key of a ConfigMap in the same namespace."""

    config_map: str
    key: str


Variables = Mapping[str, PlainValue | SecretValue | FieldValue | ConfigValue]
"""Environment variables by name; the order is the container's."""


@dataclass(frozen=True, slots=True)
class ScratchVolume:
    """Disk of the node that lives as long as the pod, up to `size` bytes."""

    name: str
    mount_path: str
    size: int


@dataclass(frozen=True, slots=True)
class ConfigVolume:
    """A ConfigMap's keys as read-only files."""

    name: str
    mount_path: str
    config_map: str


@dataclass(frozen=True, slots=True)
class ClaimVolume:
    """A PersistentVolumeClaim of the unit."""

    name: str
    mount_path: str
    claim: str


@dataclass(frozen=True, slots=True)
class MemoryVolume:
    """Memory of the node that lives as long as the pod, up to `size` bytes."""

    name: str
    mount_path: str
    size: int


@dataclass(frozen=True, slots=True)
class SecretVolume:
    """A Secret's keys as files that the pod's group may read.

    Attributes:
        optional: whether the pod starts also while there is no such Secret; its files come later.
        only: the one key of it that is there, and the file's name; None: each key under its own.
    """

    name: str
    mount_path: str
    secret: str
    optional: bool = False
    only: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FilesVolume:
    """Single files of a ConfigMap, each at a path of its own.

    Attributes:
        keys: the ConfigMap's key of each file, by the path where the container sees it.
    """

    name: str
    config_map: str
    keys: Mapping[str, str]


Volume = FilesVolume | ScratchVolume | ConfigVolume | ClaimVolume | MemoryVolume | SecretVolume


@dataclass(frozen=True, slots=True)
class PodPlan:
    """What the pods of any workload have, whatever they run.

    Attributes:
        component: value of `app.kubernetes.io/component`; selectors go by it and by `product`.
        grace: seconds between SIGTERM and SIGKILL.
        product: value of `app.kubernetes.io/name`.
        identity: the client id of what it logs in to Azure as; "" where it does not.
    """

    component: str
    service_account: str
    priority_class: str
    image: ImagePlan
    pull_secrets: tuple[str, ...]
    placement: Placement
    amounts: Amounts
    variables: Variables
    volumes: tuple[Volume, ...]
    grace: int
    product: str = names.DASK
    identity: str = ""
