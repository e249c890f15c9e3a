"""Part of the program: a Flexible Server in the network, which knows no passwords."""

import pulumi
from pulumi_azure_native import dbforpostgresql, privatedns
from pulumi_azure_native import network as azure

from modelops_infra.network import Network
from modelops_infra.shapes import Inputs, Postgres

NOT_ENABLED = "Disabled"

TIERS = {
    "B": dbforpostgresql.SkuTier.BURSTABLE,
    "GP": dbforpostgresql.SkuTier.GENERAL_PURPOSE,
    "MO": dbforpostgresql.SkuTier.MEMORY_OPTIMIZED,
}


def postgres(
    inputs: Inputs, group: pulumi.Input[str], network: Network
) -> dbforpostgresql.Server | None:
    """The server; None where the environment has none."""
    wanted = inputs.postgres
    if wanted is None or network.postgres is None:
        return None
    zone, link = _zone(inputs, wanted, group, network.network)
    tier, _, size = wanted.sku.partition("_")
    return dbforpostgresql.Server(
        "postgres",
        server_name=wanted.name,
        resource_group_name=group,
        location=inputs.location,
        version=wanted.version,
        sku=dbforpostgresql.SkuArgs(name=size, tier=TIERS[tier]),
        storage=dbforpostgresql.StorageArgs(
            storage_size_gb=wanted.storage_gb, auto_grow=dbforpostgresql.StorageAutoGrow.ENABLED
        ),
        backup=dbforpostgresql.BackupArgs(backup_retention_days=wanted.backup_days),
        auth_config=dbforpostgresql.AuthConfigArgs(
            active_directory_auth="Enabled", password_auth=NOT_ENABLED, tenant_id=inputs.tenant_id
        ),
        network=dbforpostgresql.NetworkArgs(
            delegated_subnet_resource_id=network.postgres.id,
            private_dns_zone_arm_resource_id=zone.id,
            public_network_access=NOT_ENABLED,
        ),
        tags=inputs.tags,
        opts=pulumi.ResourceOptions(protect=True, depends_on=[link]),
    )


def _zone(
    inputs: Inputs, wanted: Postgres, group: pulumi.Input[str], network: azure.VirtualNetwork
) -> tuple[privatedns.PrivateZone, privatedns.VirtualNetworkLink]:
    """The zone of the server's name, which the network resolves."""
    zone = privatedns.PrivateZone(
        "postgres-zone",
        private_zone_name=f"{wanted.name}.private.postgres.database.azure.com",
        resource_group_name=group,
        location="global",
        tags=inputs.tags,
    )
    link = privatedns.VirtualNetworkLink(
        "postgres-zone-link",
        virtual_network_link_name=inputs.network.name,
        private_zone_name=zone.name,
        resource_group_name=group,
        location="global",
        registration_enabled=False,
        virtual_network=privatedns.SubResourceArgs(id=network.id),
        tags=inputs.tags,
    )
    return zone, link
