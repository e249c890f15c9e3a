"""What Azure says of names: where a resource of each kind is, and what it may be called.

From Microsoft's page of naming rules; not from the compiler's own, which these hold to account.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = SUBSCRIPTION + "/resourceGroups/{resourceGroupName}"
AKS = GROUP + "/providers/Microsoft.ContainerService/managedClusters/{resourceName}"
NETWORK = GROUP + "/providers/Microsoft.Network/virtualNetworks/{virtualNetworkName}"
IDENTITY = GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
STORAGE = GROUP + "/providers/Microsoft.Storage/storageAccounts/{accountName}"
SERVER = GROUP + "/providers/Microsoft.DBforPostgreSQL/flexibleServers/{serverName}"
ZONE = GROUP + "/providers/Microsoft.Network/privateDnsZones/{privateZoneName}"
IN_CLUSTER = (
    GROUP + "/providers/{clusterRp}/{clusterResourceName}/{clusterName}"
    "/providers/Microsoft.KubernetesConfiguration"
)
GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource.

    Attributes:
        path: its id in Azure, with the properties that its parts come from.
        named: the property that is its name.
        form: what its name has to look like.
        least: characters of its name.
        most: of the same.
        fixed: properties that Azure changes only by making another one.
    """

    path: str
    named: str
    form: str
    least: int
    most: int
    fixed: tuple[str, ...] = ("location",)

    def allows(self, name: str) -> bool:
        """Whether Azure takes the name."""
        fits = self.least <= len(name) <= self.most
        return fits and re.fullmatch(self.form, name) is not None

    def id(self, subscription: str, properties: Mapping[str, Any]) -> str:
        """Where a resource with these properties is; Azure does not tell capitals."""
        return self.path.format(subscription=subscription, **properties)


KINDS = {
    "ResourceGroup": Kind(GROUP, "resourceGroupName", r"[\w.()-]*[\w()-]", 1, 90),
    "VirtualNetwork": Kind(NETWORK, "virtualNetworkName", r"[A-Za-z0-9][\w.-]*\w", 2, 64),
    "Subnet": Kind(
        NETWORK + "/subnets/{subnetName}", "subnetName", r"[A-Za-z0-9]([\w.-]*\w)?", 1, 80
    ),
    "ManagedCluster": Kind(
        AKS, "resourceName", r"[A-Za-z0-9]([\w-]*[A-Za-z0-9])?", 1, 63, ("location", "dnsPrefix")
    ),
    "AgentPool": Kind(
        AKS + "/agentPools/{agentPoolName}",
        *("agentPoolName", r"[a-z][a-z0-9]*", 1, 12),
        fixed=("vmSize", "vnetSubnetID", "maxPods", "scaleSetPriority", "osSKU"),
    ),
    "MaintenanceConfiguration": Kind(
        AKS + "/maintenanceConfigurations/{configName}",
        *("configName", r"aksManaged(AutoUpgrade|NodeOSUpgrade)Schedule", 1, 63),
    ),
    "RoleAssignment": Kind(
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
        *("roleAssignmentName", GUID, 36, 36),
        fixed=("principalId", "roleDefinitionId"),
    ),
    "UserAssignedIdentity": Kind(IDENTITY, "resourceName", r"[A-Za-z0-9][\w-]*", 3, 128),
    "FederatedIdentityCredential": Kind(
        IDENTITY + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
        *("federatedIdentityCredentialResourceName", r"[A-Za-z0-9][\w-]*", 3, 120),
    ),
    "Registry": Kind(
        GROUP + "/providers/Microsoft.ContainerRegistry/registries/{registryName}",
        *("registryName", r"[A-Za-z0-9]+", 5, 50),
    ),
    "StorageAccount": Kind(STORAGE, "accountName", r"[a-z0-9]+", 3, 24),
    "BlobContainer": Kind(
        STORAGE + "/blobServices/default/containers/{containerName}",
        *("containerName", r"[a-z0-9](-?[a-z0-9])*", 3, 63),
    ),
    "BlobServiceProperties": Kind(
        STORAGE + "/blobServices/{blobServicesName}", "blobServicesName", "default", 7, 7
    ),
    "ManagementPolicy": Kind(
        STORAGE + "/managementPolicies/{managementPolicyName}",
        *("managementPolicyName", "default", 7, 7),
    ),
    "Vault": Kind(
        GROUP + "/providers/Microsoft.KeyVault/vaults/{vaultName}",
        *("vaultName", r"[A-Za-z](-?[A-Za-z0-9])*", 3, 24),
    ),
    "Server": Kind(SERVER, "serverName", r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", 3, 63),
    "Administrator": Kind(SERVER + "/administrators/{objectId}", "objectId", GUID, 36, 36),
    "PrivateZone": Kind(
        ZONE,
        *("privateZoneName", r"[\w-]{1,63}(\.[\w-]{1,63}){1,33}", 3, 253),
    ),
    "VirtualNetworkLink": Kind(
        ZONE + "/virtualNetworkLinks/{virtualNetworkLinkName}",
        *("virtualNetworkLinkName", r"[A-Za-z0-9]([\w.-]*\w)?", 1, 80),
    ),
    "Extension": Kind(
        IN_CLUSTER + "/extensions/{extensionName}",
        *("extensionName", r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", 1, 63),
    ),
    "FluxConfiguration": Kind(
        IN_CLUSTER + "/fluxConfigurations/{fluxConfigurationName}",
        *("fluxConfigurationName", r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", 1, 63),
    ),
}
"""By the last word of its type in the program; `\\w` is a letter, a digit or an underscore."""

ONE_AT_A_TIME = {"Subnet": "virtualNetworkName", "FederatedIdentityCredential": "resourceName"}
"""Kinds that Azure changes in turn within one parent, and the property that names that parent."""


def kind_of(type_: str) -> Kind:
    """The kind of a type such as `azure-native:storage:StorageAccount`."""
    return KINDS[type_.rpartition(":")[2]]
