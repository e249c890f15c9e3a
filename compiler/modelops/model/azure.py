"""The part of an Environment that describes its Azure: what the Pulumi program makes, or finds.

Names may be left out: the compiler derives them, always the same ones. What is said to exist is
used and never changed.
"""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from modelops.diagnostics.rulebook import azr, cfg, nam
from modelops.model.fields import Bytes, Flag, FrozenMap, ObjectName, Spec, Text, refuse

# --- what Azure takes ----------------------------------------------------------------------------


class _AzureName:
    """The names of one kind of resource: Microsoft's rules for naming resources."""

    def __init__(self, form: str, least: int, most: int, meant: str) -> None:
        self._form = re.compile(form)
        self._least, self._most, self._meant = least, most, meant

    def check(self, value: str) -> str:
        """The name, where Azure takes it."""
        fits = self._least <= len(value) <= self._most
        if not fits or self._form.fullmatch(value) is None:
            refuse(nam.NAM004, f"Azure takes no such name: `{value}`", f"use {self._meant}")
        return value

    @property
    def schema(self) -> WithJsonSchema:
        """The same for editors."""
        return WithJsonSchema(
            {
                "type": "string",
                "pattern": f"^{self._form.pattern}$",
                "minLength": self._least,
                "maxLength": self._most,
            }
        )


_GROUP = _AzureName(
    r"[A-Za-z0-9_().-]*[A-Za-z0-9_()-]",
    1,
    90,
    "at most 90 letters, digits, dashes, underscores, dots and brackets, with no dot at the end",
)
_CLUSTER = _AzureName(
    r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?",
    1,
    63,
    "at most 63 letters, digits, dashes and underscores, with a letter or digit at both ends",
)
_REGISTRY = _AzureName(r"[a-z0-9]+", 5, 50, "5 to 50 lower-case letters and digits")
_ACCOUNT = _AzureName(r"[a-z0-9]+", 3, 24, "3 to 24 lower-case letters and digits")
_CONTAINER = _AzureName(
    r"[a-z0-9](-?[a-z0-9])*",
    3,
    63,
    "3 to 63 lower-case letters, digits and single dashes, with a letter or digit at both ends",
)

GroupName = Annotated[str, AfterValidator(_GROUP.check), _GROUP.schema]
ClusterName = Annotated[str, AfterValidator(_CLUSTER.check), _CLUSTER.schema]
RegistryName = Annotated[str, AfterValidator(_REGISTRY.check), _REGISTRY.schema]
AccountName = Annotated[str, AfterValidator(_ACCOUNT.check), _ACCOUNT.schema]
ContainerName = Annotated[str, AfterValidator(_CONTAINER.check), _CONTAINER.schema]

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _guid(value: str) -> str:
    if GUID.fullmatch(value) is None:
        refuse(
            azr.AZR004,
            f"`{value}` is no id that Azure gives",
            "write the id as `az account show` tells it, in lower case",
        )
    if not value.strip("0-"):
        refuse(azr.AZR004, f"`{value}` is only a place holder", "write the real id")
    return value


Guid = Annotated[
    str,
    AfterValidator(_guid),
    WithJsonSchema({"type": "string", "pattern": f"^{GUID.pattern}$"}),
]


def _cidr(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        network = None
    if network is None or "/" not in value:
        refuse(cfg.CFG011, f"`{value}` is no range of addresses", "write it like 10.0.0.0/16")
    return str(network)


Cidr = Annotated[
    str, AfterValidator(_cidr), WithJsonSchema({"type": "string", "examples": ["10.0.0.0/16"]})
]


_SMALLEST = 24


def _roomy(value: str) -> str:
    if ipaddress.IPv4Network(value).prefixlen > _SMALLEST:
        refuse(
            cfg.CFG011,
            f"{value} has no room for nodes and a database",
            f"use a /{_SMALLEST} at least",
        )
    return value


def _address(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        refuse(cfg.CFG011, f"`{value}` is no IPv4 address", "write it like 172.16.0.10")


Address = Annotated[str, AfterValidator(_address), WithJsonSchema({"type": "string"})]
Location = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,20}[0-9]{0,2}$")]
ResourceId = Annotated[
    str,
    StringConstraints(
        pattern=r"^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]+/providers/[^/]+/[^/]+/[^/]+$"
    ),
]

# --- what the file says --------------------------------------------------------------------------


class ResourceGroup(Spec):
    """The group of everything that the program makes."""

    name: GroupName | None = Field(None, description="Absent: modelops-<environment>-rg.")
    existing: Flag = Field(default=False, description="Whether it is used as it is, never removed.")


class StateBackend(Spec):
    """Where Pulumi keeps what it made; made by the bootstrap, outside the workload group."""

    resource_group: GroupName = Field(description="A group of its own.")
    storage_account: AccountName = Field(description="The account in it.")
    container: ContainerName = Field("pulumi", description="The container in that.")


class AddressRanges(Spec):
    """Addresses; none may be in two of them."""

    vnet_cidr: Annotated[Cidr, AfterValidator(_roomy)] = Field(
        "10.0.0.0/16",
        description="Of the virtual network: the nodes, and a database; a /24 at least.",
    )
    pod_cidr: Cidr = Field("10.244.0.0/16", description="Of pods: an overlay of its own.")
    service_cidr: Cidr = Field("172.16.0.0/16", description="Of Services.")
    dns_service_ip: Address = Field("172.16.0.10", description="Of the cluster's DNS.")


TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
UtcOffset = Annotated[str, StringConstraints(pattern=r"^[+-](0\d|1[0-4]):[0-5]\d$")]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")]
Zone = Annotated[str, StringConstraints(pattern=r"^[1-3]$")]
ServerSize = Annotated[str, StringConstraints(pattern=r"^(B|GP|MO)_Standard_[A-Za-z0-9_]+$")]
ServerVersion = Annotated[str, StringConstraints(pattern=r"^1[4-8]$")]
TagName = Annotated[str, StringConstraints(pattern=r"^[^<>%&\\?/]{1,128}$")]


class Day(StrEnum):
    """Of a week."""

    MONDAY = "Monday"
    TUESDAY = "Tuesday"
    WEDNESDAY = "Wednesday"
    THURSDAY = "Thursday"
    FRIDAY = "Friday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"


class Maintenance(Spec):
    """When AKS may upgrade: once a week."""

    day: Day = Field(Day.SUNDAY, description="The day.")
    start_time: TimeOfDay = Field("02:00", description="The time, as HH:MM.")
    utc_offset: UtcOffset = Field("+00:00", description="Where that time holds.")
    hours: Annotated[int, Field(strict=True, ge=4, le=24)] = Field(
        4, description="How long it may take; Azure asks for 4 at least."
    )


class SshMode(StrEnum):
    """Where the public key of the nodes comes from."""

    EPHEMERAL = "ephemeral"
    PATH = "path"
    ENV = "env"


class Ssh(Spec):
    """Access to the nodes themselves."""

    mode: SshMode = Field(
        SshMode.EPHEMERAL,
        description="ephemeral: a key is made once, kept in Pulumi's state, and handed to nobody | "
        "path | env.",
    )
    path: Text | None = Field(None, description="The file of the public key: mode path.")
    variable: Variable | None = Field(
        None, description="The environment variable that holds the public key: mode env."
    )


def _one_place(ssh: Ssh) -> Ssh:
    needed = {SshMode.PATH: ssh.path, SshMode.ENV: ssh.variable}
    if ssh.mode in needed and needed[ssh.mode] is None:
        field = "path" if ssh.mode is SshMode.PATH else "variable"
        refuse(
            cfg.CFG011, f"nothing says where the key is: the mode is {ssh.mode}", f"add `{field}`"
        )
    if (ssh.path is not None) + (ssh.variable is not None) > (ssh.mode is not SshMode.EPHEMERAL):
        refuse(cfg.CFG011, "the key is in two places", f"keep what the mode {ssh.mode} needs")
    return ssh


class AksTier(StrEnum):
    """What Microsoft promises of the control plane."""

    FREE = "free"
    STANDARD = "standard"
    PREMIUM = "premium"


class Aks(Spec):
    """The managed cluster itself; its pools, version and features stand under `cluster`."""

    name: ClusterName | None = Field(None, description="Absent: modelops-<environment>-aks.")
    existing: Flag = Field(
        default=False, description="Whether it is adopted: see the program's README."
    )
    tier: AksTier = Field(AksTier.STANDARD, description="free | standard | premium.")
    zones: tuple[Zone, ...] = Field(
        ("1", "2", "3"),
        description="Availability zones of the nodes; none: wherever there is room.",
    )
    authorized_ip_ranges: tuple[Cidr, ...] = Field(
        (), description="Who reaches the API server; none: everybody who can log in."
    )
    maintenance: Maintenance = Field(default_factory=Maintenance, description="When it upgrades.")
    ssh: Annotated[Ssh, AfterValidator(_one_place)] = Field(
        default_factory=Ssh, description="Access to the nodes themselves."
    )


class RegistrySku(StrEnum):
    """Sizes of a container registry."""

    BASIC = "Basic"
    STANDARD = "Standard"
    PREMIUM = "Premium"


class ContainerRegistry(Spec):
    """A registry that the nodes pull from by their own identity."""

    enabled: Flag = Field(default=False, description="Whether there is one.")
    name: RegistryName | None = Field(
        None, description="Absent: modelops<environment> and a hash of the subscription."
    )
    existing: Flag = Field(
        default=False,
        description="Whether it is somebody else's: only the right to pull is given.",
    )
    resource_id: ResourceId | None = Field(
        None, description="Where an existing one is, in any group or subscription."
    )
    sku: RegistrySku = Field(RegistrySku.STANDARD, description="Basic | Standard | Premium.")


def _whose(registry: ContainerRegistry) -> ContainerRegistry:
    if registry.existing != (registry.resource_id is not None):
        refuse(
            cfg.CFG011,
            "a registry that exists has a `resourceId`, and no other has",
            "write both `existing: true` and `resourceId`, or neither",
        )
    return registry


class StorageSku(StrEnum):
    """How many copies there are, and where."""

    LRS = "Standard_LRS"
    ZRS = "Standard_ZRS"
    GRS = "Standard_GRS"


class Storage(Spec):
    """A storage account without keys: pods and people log in as who they are."""

    name: AccountName | None = Field(
        None, description="Absent: mo<environment> and a hash of the subscription."
    )
    sku: StorageSku = Field(
        StorageSku.ZRS, description="Standard_LRS | Standard_ZRS | Standard_GRS."
    )
    containers: tuple[ContainerName, ...] = Field(
        ("bundles", "results"), min_length=1, description="Its containers."
    )
    deleted_days: Annotated[int, Field(strict=True, ge=1, le=365)] = Field(
        7, description="How long what was deleted can be had back."
    )


class KeyVault(Spec):
    """A vault that asks who somebody is, and has no access policies."""

    enabled: Flag = Field(default=False, description="Whether there is one.")
    secret_store: ObjectName | None = Field(
        None,
        description="The ClusterSecretStore by which External Secrets reads it; absent: none.",
    )


class FlexibleServer(Spec):
    """An Azure Database for PostgreSQL, for runs whose store is `azureFlexible`."""

    sku: ServerSize = Field(
        "GP_Standard_D2ds_v5", description="Its size, as Azure names it with its tier in front."
    )
    version: ServerVersion = Field("17", description="The major version of Postgres.")
    storage: Bytes = Field("64Gi", validate_default=True, description="Its disk.")
    backup_days: Annotated[int, Field(strict=True, ge=7, le=35)] = Field(
        7, description="How far back it can be restored."
    )


class Azure(Spec):
    """What the environment stands on; read by the Pulumi program through `infra/inputs.json`."""

    subscription_id: Guid = Field(description="Where everything is made.")
    tenant_id: Guid = Field(description="Who may log in.")
    location: Location = Field(description="The region, such as eastus2.")
    owner: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(
        description="Who answers for it: a tag of every resource."
    )
    cost_center: Annotated[str, StringConstraints(min_length=1, max_length=256)] = Field(
        description="Who pays for it: a tag of every resource."
    )
    tags: FrozenMap[
        TagName,
        Annotated[str, StringConstraints(max_length=256)],
    ] = Field(description="Further tags.")
    resource_group: ResourceGroup = Field(
        default_factory=ResourceGroup, description="Where it is made."
    )
    state: StateBackend | None = Field(
        None, description="Where Pulumi's state is; absent: on the disk of one person."
    )
    network: AddressRanges = Field(default_factory=AddressRanges, description="Addresses.")
    aks: Aks = Field(default_factory=Aks, description="The cluster.")
    registry: Annotated[ContainerRegistry, AfterValidator(_whose)] = Field(
        default_factory=ContainerRegistry, description="A registry for images."
    )
    storage: Storage | None = Field(None, description="A storage account; absent: none.")
    key_vault: KeyVault = Field(default_factory=KeyVault, description="A vault.")
    postgres: FlexibleServer | None = Field(None, description="A Postgres for runs; absent: none.")
