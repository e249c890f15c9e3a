"""Part of the program: the resource group of everything else."""

import pulumi
from pulumi_azure_native import resources

from modelops_infra.shapes import Inputs


def group(inputs: Inputs) -> resources.ResourceGroup:
    """The group: one that is there is used as it is; one of ours cannot be removed by accident."""
    wanted = inputs.resource_group
    if wanted.existing:
        return resources.ResourceGroup.get(
            "group", f"/subscriptions/{inputs.subscription_id}/resourceGroups/{wanted.name}"
        )
    return resources.ResourceGroup(
        "group",
        resource_group_name=wanted.name,
        location=inputs.location,
        tags=inputs.tags,
        opts=pulumi.ResourceOptions(protect=True),
    )
