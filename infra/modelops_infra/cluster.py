"""Part of the program: the managed cluster, and the hours in which it may be upgraded."""

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

TIERS = {
    "free": aks.ManagedClusterSKUTier.FREE,
    "standard": aks.ManagedClusterSKUTier.STANDARD,
    "premium": aks.ManagedClusterSKUTier.PREMIUM,
}

UNUSED_IMAGES = 168
"""Hours after which an image that nothing uses is removed from a node: a week."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What others need of it."""

    name: pulumi.Output[str]
    issuer: pulumi.Output[str]
    kubelet: pulumi.Output[str]
    resource: aks.ManagedCluster


def cluster(
    inputs: Inputs, group: pulumi.Input[str], network: Network, ssh_key: pulumi.Input[str]
) -> Cluster:
    """The cluster: one that is there is used as it is."""
    made = _existing(inputs) if inputs.cluster.existing else _made(inputs, group, network, ssh_key)
    if not inputs.cluster.existing:
        _maintained(inputs, group, made)
    return Cluster(
        name=made.name,
        issuer=made.oidc_issuer_profile.apply(
            lambda profile: profile.issuer_url if profile else ""
        ),
        kubelet=made.identity_profile.apply(
            lambda profile: (profile or {})["kubeletidentity"].object_id or ""
        ),
        resource=made,
    )


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
        # Pools have resources of their own: a cluster refuses new ones in this list.
        opts=pulumi.ResourceOptions(ignore_changes=["agentPoolProfiles"], depends_on=[joins]),
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
