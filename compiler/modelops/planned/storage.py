"""Part of `planned`: secrets and volumes: how they come to be."""

from dataclasses import dataclass

from modelops.planned.pods import PodPlan


@dataclass(frozen=True, slots=True)
class GeneratedSecret:
    """A Secret whose keys get random values once, in the cluster."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExternalSecret:
    """A Secret that External Secrets fetches from a ClusterSecretStore.

    Attributes:
        key: the value's name in the store.
        entry: the key inside the Secret; the same as `key` where it is "".
        type: the Secret's type; "" for an opaque one.
    """

    name: str
    store: str
    key: str
    entry: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True)
class SecretStorePlan:
    """A ClusterSecretStore of a key vault, and the account that External Secrets reads it as.

    Attributes:
        namespace: of the account.
        client_id: of the identity that the account logs in as.
        vault: the vault's address.
    """

    name: str
    namespace: str
    account: str
    client_id: str
    tenant_id: str
    vault: str


@dataclass(frozen=True, slots=True)
class BootstrapPlan:
    """The Job that makes generated Secrets.

    Attributes:
        name: of its account and role, and the beginning of the Job's own name, which ends in a hash
            of its pod template: a Job's template can never be changed in place.
    """

    name: str
    pod: PodPlan
    secrets: tuple[GeneratedSecret, ...]
    deadline: int


@dataclass(frozen=True, slots=True)
class SecretsPlan:
    """How the unit's Secrets come to be.

    Attributes:
        bootstrap: the Job that makes generated ones; None where there are none for it.
        passwords: generated ones that External Secrets makes.
        external: those fetched from a store.
    """

    bootstrap: BootstrapPlan | None
    passwords: tuple[GeneratedSecret, ...]
    external: tuple[ExternalSecret, ...]


@dataclass(frozen=True, slots=True)
class PullCheckPlan:
    """The Job that waits for the Secret that images are pulled with, which somebody else makes.

    Attributes:
        name: the beginning of the Job's own name, which ends in a hash of its pod template.
        secret: the Secret's name.
        file: where the pod sees its content, once it is there.
        patience: seconds until an attempt fails, with the command that makes the Secret.
        command: that command.
    """

    name: str
    pod: PodPlan
    secret: str
    file: str
    patience: int
    command: str


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """A PersistentVolumeClaim.

    Attributes:
        shared: whether many pods write to it.
        keep: whether it stays when its unit is removed.
    """

    name: str
    storage_class: str
    size: int
    shared: bool = True
    keep: bool = True
