"""The program on one page: from inputs to everything that an environment stands on."""

from collections.abc import Mapping

import pulumi

from modelops_infra.cluster import cluster
from modelops_infra.flux import flux_configuration
from modelops_infra.group import group
from modelops_infra.identities import Resources, identities
from modelops_infra.network import network
from modelops_infra.pools import further_pools
from modelops_infra.postgres import postgres
from modelops_infra.registry import registry
from modelops_infra.shapes import Inputs
from modelops_infra.storage import storage
from modelops_infra.vault import vault


def build(
    inputs: Inputs, digest: str, ssh_key: pulumi.Input[str]
) -> Mapping[str, pulumi.Input[object]]:
    """All resources of an environment; what of them must be known elsewhere, by its name.

    Args:
        inputs: everything that was decided.
        digest: the SHA-256 of their file, by which facts that are out of date are known.
        ssh_key: the public key of the nodes.
    """
    holder = group(inputs)
    nets = network(inputs, holder.name)
    plane = cluster(inputs, holder.name, nets, ssh_key)
    if not inputs.cluster.existing:
        further_pools(inputs, holder.name, plane.name, plane.subnet)
    login_server = registry(inputs, holder.name, plane.kubelet)
    account = storage(inputs, holder.name)
    safe = vault(inputs, holder.name)
    server = postgres(inputs, holder.name, nets)
    given = Resources(account.id if account else None, safe.id if safe else None, server)
    known = identities(inputs, holder.name, plane.issuer, given)
    flux_configuration(inputs, holder.name, plane)
    return {
        "environment": inputs.environment,
        "inputsDigest": digest,
        "subscriptionId": inputs.subscription_id,
        "tenantId": inputs.tenant_id,
        "location": inputs.location,
        "resourceGroup": holder.name,
        "clusterName": plane.name,
        "oidcIssuer": plane.issuer,
        "kubeletObjectId": plane.kubelet,
        "registryLoginServer": login_server,
        "storageAccount": account.name if account else None,
        "blobEndpoint": account.blobs if account else None,
        "keyVaultUri": safe.properties.apply(lambda of: of.vault_uri) if safe else None,
        "postgresHost": server.fully_qualified_domain_name if server else None,
        "identities": {
            name: {"clientId": each.client_id, "principalId": each.principal_id}
            for name, each in known.items()
        },
    }
