"""Part of the program: the managed cluster, and the hours in which it may be upgraded."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import containerservice as aks
from pulumi_azure_native import managedidentity

from modelops_infra.network import Network
from modelops_infra.pools import system_pool
from modelops_infra.roles import NETWORK_CONTRIBUTOR, granted
from modelops_infra.shapes import Inputs

SCHEDULES = ("aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule")
"""Of the cluster's own version, and of the nodes' images: names that AKS gives a meaning."""

SETTLED = ["agentPoolProfiles", "dnsPrefix", "nodeResourceGroup"]
"""What is decided when a cluster is made: an adopted one keeps its own.

Pools have resources of their own; a cluster refuses new ones in its list.
"""

TIERS = {
    "free": aks.ManagedClusterSKUTier.FREE,
    "standard": aks.ManagedClusterSKUTier.STANDARD,
    "premium": aks.ManagedClusterSKUTier.PREMIUM,
}

UNUSED_IMAGES = 168
"""Hours after which an image that nothing uses is removed from a node: a week."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What others need of it.

    Attributes:
        subnet: where its nodes are; that of an adopted cluster is its own.
    """

    name: pulumi.Output[str]
    issuer: pulumi.Output[str]
    kubelet: pulumi.Output[str]
    subnet: pulumi.Output[str | None]


def cluster(
    inputs: Inputs, group: pulumi.Input[str], network: Network, ssh_key: pulumi.Input[str]
) -> Cluster:
    """The cluster: one that is there is used as it is."""
    made = _existing(inputs) if inputs.cluster.existing else _made(inputs, group, network, ssh_key)
    if not inputs.cluster.existing:
        _maintained(inputs, group, made)
    return Cluster(
        name=made.name,
        issuer=made.oidc_issuer_profile.apply(lambda profile: _issuer(inputs, profile)),
        kubelet=made.identity_profile.apply(
            lambda profile: (profile or {})["kubeletidentity"].object_id or ""
        ),
        subnet=made.agent_pool_profiles.apply(_nodes_subnet),
    )


def _issuer(inputs: Inputs, profile: aks.outputs.ManagedClusterOIDCIssuerProfileResponse) -> str:
    """Who signs the tokens of pods: a cluster that somebody else made may have nobody.

    Raises:
        pulumi.RunError: it has none, so that no pod could log in.
    """
    url: str = (profile.issuer_url if profile else None) or ""
    if not url and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(
            f"the cluster {inputs.cluster.name} has no OIDC issuer: run `az aks update"
            f" --resource-group {inputs.resource_group.name} --name {inputs.cluster.name}"
            " --enable-oidc-issuer --enable-workload-identity`"
        )
    return url


def _nodes_subnet(
    pools: Sequence[aks.outputs.ManagedClusterAgentPoolProfileResponse] | None,
) -> str | None:
    """All pools of a cluster are in one network."""
    system = [pool for pool in pools or () if pool.mode == aks.AgentPoolMode.SYSTEM.value]
    first = min(system, key=lambda pool: str(pool.name), default=None)
    return first.vnet_subnet_id if first else None


def _existing(inputs: Inputs) -> aks.ManagedCluster:
    return aks.ManagedCluster.get(
        "cluster",
        f"/subscriptions/{inputs.subscription_id}/resourceGroups/{inputs.resource_group.name}"
        f"/providers/Microsoft.ContainerService/managedClusters/{inputs.cluster.name}",
    )


def _made(
    inputs: Inputs, group: pulumi.Input[str], network: Network, ssh_key: pulumi.Input[str]
) -> aks.ManagedCluster:
    wanted = inputs.cluster
    identity = managedidentity.UserAssignedIdentity(
        "cluster-identity",
        resource_name_=f"{wanted.name}-identity",
        resource_group_name=group,
        location=inputs.location,
        tags=inputs.tags,
    )
    joins = granted(
        inputs, "cluster-network", NETWORK_CONTRIBUTOR, identity.principal_id, network.nodes.id
    )
    return aks.ManagedCluster(
        "cluster",
        resource_name_=wanted.name,
        resource_group_name=group,
        location=inputs.location,
        dns_prefix=wanted.dns_prefix,
        kubernetes_version=wanted.kubernetes_version,
        node_resource_group=inputs.resource_group.node_resource_group,
        sku=aks.ManagedClusterSKUArgs(name=aks.ManagedClusterSKUName.BASE, tier=TIERS[wanted.tier]),
        identity=aks.ManagedClusterIdentityArgs(
            type=aks.ResourceIdentityType.USER_ASSIGNED, user_assigned_identities=[identity.id]
        ),
        tags=inputs.tags,
        **_access(inputs),
        **_features(inputs),
        network_profile=_network_profile(inputs),
        agent_pool_profiles=[system_pool(inputs, network.nodes.id)],
        linux_profile=_nodes_access(inputs, ssh_key),
        opts=pulumi.ResourceOptions(ignore_changes=SETTLED, depends_on=[joins]),
    )


def _access(inputs: Inputs) -> dict[str, object]:
    """Who may log in: people and pods by who they are, and nobody by a certificate."""
    ranges = inputs.cluster.authorized_ip_ranges
    return {
        "enable_rbac": True,
        "disable_local_accounts": True,
        "aad_profile": aks.ManagedClusterAADProfileArgs(
            managed=True, enable_azure_rbac=True, tenant_id=inputs.tenant_id
        ),
        "oidc_issuer_profile": aks.ManagedClusterOIDCIssuerProfileArgs(enabled=True),
        "security_profile": aks.ManagedClusterSecurityProfileArgs(
            workload_identity=aks.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
            image_cleaner=aks.ManagedClusterSecurityProfileImageCleanerArgs(
                enabled=True, interval_hours=UNUSED_IMAGES
            ),
        ),
        **(
            {
                "api_server_access_profile": aks.ManagedClusterAPIServerAccessProfileArgs(
                    authorized_ip_ranges=list(ranges)
                )
            }
            if ranges
            else {}
        ),
    }


def _features(inputs: Inputs) -> dict[str, object]:
    """Upgrades within the minor, and the add-ons that the environment says it has."""
    wanted = inputs.cluster
    vault = aks.ManagedClusterAddonProfileArgs(
        enabled=True, config={"enableSecretRotation": "true"}
    )
    keda = aks.ManagedClusterWorkloadAutoScalerProfileArgs(
        keda=aks.ManagedClusterWorkloadAutoScalerProfileKedaArgs(enabled=True)
    )
    return {
        "auto_upgrade_profile": aks.ManagedClusterAutoUpgradeProfileArgs(
            upgrade_channel=aks.UpgradeChannel.PATCH,
            node_os_upgrade_channel=aks.NodeOSUpgradeChannel.NODE_IMAGE,
        ),
        **({"workload_auto_scaler_profile": keda} if wanted.keda else {}),
        **(
            {"addon_profiles": {"azureKeyvaultSecretsProvider": vault}}
            if wanted.key_vault_provider
            else {}
        ),
    }


def _network_profile(inputs: Inputs) -> aks.ContainerServiceNetworkProfileArgs:
    """Pods in an overlay of their own; without an engine, network policies would do nothing."""
    engine = inputs.cluster.network_policy
    dataplane = aks.NetworkDataplane.CILIUM if engine == "cilium" else aks.NetworkDataplane.AZURE
    return aks.ContainerServiceNetworkProfileArgs(
        network_plugin=aks.NetworkPlugin.AZURE,
        network_plugin_mode=aks.NetworkPluginMode.OVERLAY,
        network_dataplane=dataplane,
        network_policy=engine,
        load_balancer_sku=aks.LoadBalancerSku.STANDARD,
        outbound_type=aks.OutboundType.LOAD_BALANCER,
        pod_cidr=inputs.network.pod_cidr,
        service_cidr=inputs.network.service_cidr,
        dns_service_ip=inputs.network.dns_service_ip,
    )


def _nodes_access(
    inputs: Inputs, ssh_key: pulumi.Input[str]
) -> aks.ContainerServiceLinuxProfileArgs:
    key = aks.ContainerServiceSshPublicKeyArgs(key_data=ssh_key)
    return aks.ContainerServiceLinuxProfileArgs(
        admin_username=inputs.cluster.ssh.user,
        ssh=aks.ContainerServiceSshConfigurationArgs(public_keys=[key]),
    )


def _maintained(inputs: Inputs, group: pulumi.Input[str], made: aks.ManagedCluster) -> None:
    wanted = inputs.cluster.maintenance
    for schedule in SCHEDULES:
        aks.MaintenanceConfiguration(
            schedule,
            config_name=schedule,
            resource_name_=made.name,
            resource_group_name=group,
            maintenance_window=aks.MaintenanceWindowArgs(
                duration_hours=wanted.duration_hours,
                start_time=wanted.start_time,
                utc_offset=wanted.utc_offset,
                schedule=aks.ScheduleArgs(
                    weekly=aks.WeeklyScheduleArgs(
                        day_of_week=aks.WeekDay(wanted.day), interval_weeks=1
                    )
                ),
            ),
        )
