"""Part of the program: the registry, and the nodes' right to pull from it."""

import pulumi
from pulumi_azure_native import containerregistry as acr

from modelops_infra.roles import ACR_PULL, granted
from modelops_infra.shapes import Inputs, Registry


def registry(
    inputs: Inputs, group: pulumi.Input[str], kubelet: pulumi.Input[str]
) -> pulumi.Output[str] | None:
    """The registry's host; None where there is none.

    Of somebody else's registry only the right to pull is ours, so that removing an environment
    removes no image that another one runs.
    """
    wanted = inputs.registry
    if wanted is None:
        return None
    if wanted.resource_id is not None:
        _, _, subscription, *_ = wanted.resource_id.split("/")
        granted(
            *(inputs, "registry-pull", ACR_PULL, kubelet, wanted.resource_id),
            subscription=subscription,
        )
        return pulumi.Output.from_input(f"{wanted.name}.azurecr.io")
    made = _made(inputs, wanted, group)
    granted(inputs, "registry-pull", ACR_PULL, kubelet, made.id)
    host: pulumi.Output[str] = made.login_server
    return host


def _made(inputs: Inputs, wanted: Registry, group: pulumi.Input[str]) -> acr.Registry:
    return acr.Registry(
        "registry",
        registry_name=wanted.name,
        resource_group_name=group,
        location=inputs.location,
        sku=acr.SkuArgs(name=acr.SkuName(wanted.sku)),
        admin_user_enabled=False,
        anonymous_pull_enabled=False,
        tags=inputs.tags,
        opts=pulumi.ResourceOptions(protect=True),
    )
