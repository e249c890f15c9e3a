"""Part of the program: the storage account: no keys, no public blobs, and a way back."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import storage as azure

from modelops_infra.shapes import Inputs, Storage


@dataclass(frozen=True, slots=True)
class Account:
    """What others need of it."""

    id: pulumi.Output[str]
    name: pulumi.Output[str]
    blobs: pulumi.Output[str]


def storage(inputs: Inputs, group: pulumi.Input[str]) -> Account | None:
    """The account and its containers; None where the environment has none."""
    wanted = inputs.storage
    if wanted is None:
        return None
    made = _account(inputs, wanted, group)
    _way_back(wanted, group, made)
    for container in wanted.containers:
        azure.BlobContainer(
            f"container-{container}",
            container_name=container,
            account_name=made.name,
            resource_group_name=group,
            public_access=azure.PublicAccess.NONE,
            opts=pulumi.ResourceOptions(protect=True),
        )
    return Account(made.id, made.name, made.primary_endpoints.apply(lambda each: each.blob))


def _account(inputs: Inputs, wanted: Storage, group: pulumi.Input[str]) -> azure.StorageAccount:
    return azure.StorageAccount(
        "storage",
        account_name=wanted.account,
        resource_group_name=group,
        location=inputs.location,
        kind=azure.Kind.STORAGE_V2,
        sku=azure.SkuArgs(name=azure.SkuName(wanted.sku)),
        access_tier=azure.AccessTier.HOT,
        minimum_tls_version=azure.MinimumTlsVersion.TLS1_2,
        enable_https_traffic_only=True,
        allow_blob_public_access=False,
        allow_shared_key_access=False,
        default_to_o_auth_authentication=True,
        tags=inputs.tags,
        opts=pulumi.ResourceOptions(protect=True),
    )


def _way_back(wanted: Storage, group: pulumi.Input[str], account: azure.StorageAccount) -> None:
    """Keep what was deleted or written over for some days, and no longer: it costs as much."""
    kept = azure.DeleteRetentionPolicyArgs(enabled=True, days=wanted.deleted_days)
    azure.BlobServiceProperties(
        "storage-blobs",
        blob_services_name="default",
        account_name=account.name,
        resource_group_name=group,
        is_versioning_enabled=True,
        delete_retention_policy=kept,
        container_delete_retention_policy=kept,
        # Azure knows no removal of this: it would be set back, and the way back be gone.
        opts=pulumi.ResourceOptions(protect=True),
    )
    expiry = azure.DateAfterCreationArgs(days_after_creation_greater_than=wanted.deleted_days)
    azure.ManagementPolicy(
        "storage-life",
        management_policy_name="default",  # the only one that an account can have
        account_name=account.name,
        resource_group_name=group,
        policy=azure.ManagementPolicySchemaArgs(
            rules=[
                azure.ManagementPolicyRuleArgs(
                    name="old-versions",
                    enabled=True,
                    type=azure.RuleType.LIFECYCLE,
                    definition=azure.ManagementPolicyDefinitionArgs(
                        filters=azure.ManagementPolicyFilterArgs(blob_types=["blockBlob"]),
                        actions=azure.ManagementPolicyActionArgs(
                            version=azure.ManagementPolicyVersionArgs(delete=expiry)
                        ),
                    ),
                )
            ]
        ),
    )
