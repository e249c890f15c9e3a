"""Part of the program: node pools: the first of the system with the cluster, the others apart."""

import pulumi
from pulumi_azure_native import containerservice as aks

from modelops_infra.shapes import Inputs, Pool, Taint

SYSTEM = "system"
SURGE = "33%"
"""How many nodes an upgrade adds before it drains others: AKS' advice for pools of any size."""


def system_pool(
    inputs: Inputs, subnet: pulumi.Input[str]
) -> aks.ManagedClusterAgentPoolProfileArgs:
    """The pool that a cluster is made with."""
    pool = first_system_pool(inputs)
    return aks.ManagedClusterAgentPoolProfileArgs(name=pool.name, **_common(pool, subnet))


def further_pools(
    inputs: Inputs,
    group: pulumi.Input[str],
    cluster: pulumi.Input[str],
    subnet: pulumi.Input[str | None],
) -> None:
    """All pools but the one that the cluster was made with.

    An autoscaler counts their nodes, and where they are is settled when they are made.
    """
    for pool in inputs.cluster.pools:
        if pool != first_system_pool(inputs):
            aks.AgentPool(
                f"pool-{pool.name}",
                agent_pool_name=pool.name,
                resource_name_=cluster,
                resource_group_name=group,
                orchestrator_version=inputs.cluster.kubernetes_version,
                tags=inputs.tags,
                **_common(pool, subnet),
                opts=pulumi.ResourceOptions(ignore_changes=["count", "vnetSubnetID"]),
            )


def first_system_pool(inputs: Inputs) -> Pool:
    """The first one by name; the compiler has seen to it that there is one."""
    return next(pool for pool in inputs.cluster.pools if pool.mode == SYSTEM)


def _common(pool: Pool, subnet: pulumi.Input[str | None]) -> dict[str, object]:
    system = pool.mode == SYSTEM
    return {
        "mode": aks.AgentPoolMode.SYSTEM if system else aks.AgentPoolMode.USER,
        "type": aks.AgentPoolType.VIRTUAL_MACHINE_SCALE_SETS,
        "vm_size": pool.vm_size,
        "os_type": aks.OSType.LINUX,
        "os_sku": aks.OSSKU.AZURE_LINUX,
        "enable_auto_scaling": True,
        "count": pool.min,
        "min_count": pool.min,
        "max_count": pool.max,
        "max_pods": pool.max_pods,
        "node_labels": dict(pool.labels),
        "node_taints": [_taint(taint) for taint in pool.taints],
        "availability_zones": list(pool.zones) or None,
        "vnet_subnet_id": subnet,
        **(_spot() if pool.spot else _upgraded()),
    }


def _taint(taint: Taint) -> str:
    return f"{taint.key}={taint.value}:{taint.effect}"


def _upgraded() -> dict[str, object]:
    return {"upgrade_settings": aks.AgentPoolUpgradeSettingsArgs(max_surge=SURGE)}


def _spot() -> dict[str, object]:
    """At any price below that of an ordinary node; a node that is taken away is gone."""
    return {
        "scale_set_priority": aks.ScaleSetPriority.SPOT,
        "scale_set_eviction_policy": aks.ScaleSetEvictionPolicy.DELETE,
        "spot_max_price": -1.0,
    }
