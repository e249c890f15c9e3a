"""What Azure may answer of the environment `dev`, for the tests; nothing here is a test."""

from typing import Any

SUBSCRIPTION = "3f2b8c1e-6a4d-4e57-9b0a-1c5d7e9f2a46"
TENANT = "8d7c2f90-51be-4a3d-8f26-e0b94c7a135d"
ANOTHER = "5b0c7e1d-9f36-4c28-a4d7-2e81f6035c9b"

FACTS: dict[str, Any] = {
    "subscriptionId": SUBSCRIPTION,
    "tenantId": TENANT,
    "location": "westeurope",
    "resourceGroup": "modelops-dev-rg",
    "clusterName": "modelops-dev-aks",
    "oidcIssuer": f"https://westeurope.oic.prod-aks.azure.com/{TENANT}/{ANOTHER}/",
    "kubeletObjectId": "d1f0a7c4-3b86-4e59-8a2c-60b9e7d5f413",
    "registryLoginServer": "modelsdev.azurecr.io",
    "storageAccount": "modelsdev",
    "blobEndpoint": "https://modelsdev.blob.core.windows.net/",
    "keyVaultUri": "https://mo-dev-11223344.vault.azure.net/",
    "postgresHost": "modelops-pg-dev-11223344.postgres.database.azure.com",
    "identities": {
        "modelops-dev-results": {
            "clientId": "0a9d3c58-7e14-4f6b-92d0-c85b1e7a4f36",
            "principalId": "c47e2b91-06d8-4a53-b1fe-9d30a58c6e72",
        },
    },
}
"""A whole spec of the kind CloudFacts; the names are not those that the compiler would derive."""


def facts(**changed: object) -> dict[str, Any]:
    """Facts with some of them changed; None leaves one out."""
    return {key: value for key, value in (FACTS | changed).items() if value is not None}
