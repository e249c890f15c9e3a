"""Part of the program: the key vault, which asks for roles and has no access policies."""

import pulumi
from pulumi_azure_native import keyvault

from modelops_infra.shapes import Inputs

KEPT_DAYS = 90
"""How long a vault that was removed can be had back: its name is taken for as long."""


def vault(inputs: Inputs, group: pulumi.Input[str]) -> keyvault.Vault | None:
    """The vault; None where the environment has none."""
    if inputs.key_vault is None:
        return None
    return keyvault.Vault(
        "vault",
        vault_name=inputs.key_vault.name,
        resource_group_name=group,
        location=inputs.location,
        properties=keyvault.VaultPropertiesArgs(
            tenant_id=inputs.tenant_id,
            sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
            enable_rbac_authorization=True,
            enable_soft_delete=True,
            enable_purge_protection=True,
            soft_delete_retention_in_days=KEPT_DAYS,
        ),
        tags=inputs.tags,
        opts=pulumi.ResourceOptions(protect=True),
    )
