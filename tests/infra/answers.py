"""What Azure would answer of a resource, in a few words: for mocks, and for a stand-in of Azure."""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.infra.azure_rules import kind_of


def guid(of: str) -> str:
    """An id as Azure gives them, always the same for the same thing."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, of))


def answered(type_: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs back, with what only Azure knows.

    Args:
        type_: of the resource, as Pulumi says it.
        name: in the program; what is only looked up has no other.
        inputs: what it is made of.
    """
    name = str(inputs.get(kind_of(type_).named, name))
    known = {
        "name": name,
        "identityProfile": {"kubeletidentity": {"objectId": guid("kubelet")}},
        "oidcIssuerProfile": {"enabled": True, "issuerURL": "https://oidc.example.org/1"},
        "loginServer": f"{name}.azurecr.io",
        "principalId": guid(f"{name}-principal"),
        "clientId": guid(f"{name}-client"),
        "fullyQualifiedDomainName": f"{name}.postgres.database.azure.com",
        "primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"},
    }
    if type_.endswith(":ManagedCluster"):  # told as a list, answered as a map
        known["identity"] = {"type": "UserAssigned"}
    if type_.endswith(":Vault"):
        address = f"https://{name}.vault.azure.net/"
        known["properties"] = {**inputs["properties"], "vaultUri": address}
    return {**inputs, **known}
