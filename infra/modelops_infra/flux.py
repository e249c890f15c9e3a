"""Part of the program: Flux as AKS' extension, and the one Kustomization that begins everything.

Azure's own description of a Kustomization lacks half of its fields. So there is one here, and all
others are objects in git.
"""

import pulumi
from pulumi_azure_native import kubernetesconfiguration as flux

from modelops_infra.cluster import Cluster
from modelops_infra.shapes import Inputs

SETTINGS = {
    "multiTenancy.enforce": "true",
    "image-automation-controller.enabled": "false",
    "image-reflector-controller.enabled": "false",
}

SYNC, TIMEOUT, RETRY = 60, 300, 120
"""Seconds: between two looks at the branch, for one of them, and until a failed one is repeated."""


def flux_configuration(inputs: Inputs, group: pulumi.Input[str], cluster: Cluster) -> None:
    """The extension, and what it follows; removed in the other order."""
    where = {
        "cluster_rp": "Microsoft.ContainerService",
        "cluster_resource_name": "managedClusters",
        "cluster_name": cluster.name,
        "resource_group_name": group,
    }
    extension = flux.Extension(
        "flux",
        extension_name=inputs.flux.extension,
        extension_type="microsoft.flux",
        release_train="Stable",
        auto_upgrade_minor_version=True,
        scope=flux.ScopeArgs(
            cluster=flux.ScopeClusterArgs(release_namespace=inputs.flux.release_namespace)
        ),
        configuration_settings=SETTINGS,
        **where,
    )
    flux.FluxConfiguration(
        "flux-configuration",
        flux_configuration_name=inputs.flux.configuration,
        namespace=inputs.flux.namespace,
        scope=flux.ScopeType.CLUSTER,
        source_kind=flux.SourceKindType.GIT_REPOSITORY,
        git_repository=flux.GitRepositoryDefinitionArgs(
            url=inputs.flux.url,
            local_auth_ref=inputs.flux.secret,
            repository_ref=flux.RepositoryRefDefinitionArgs(branch=inputs.flux.branch),
            sync_interval_in_seconds=SYNC,
            timeout_in_seconds=TIMEOUT,
        ),
        kustomizations={
            inputs.flux.kustomization: flux.KustomizationDefinitionArgs(
                path=inputs.flux.path,
                prune=True,
                force=False,
                wait=False,
                sync_interval_in_seconds=inputs.flux.interval_seconds,
                retry_interval_in_seconds=RETRY,
                timeout_in_seconds=TIMEOUT,
            )
        },
        opts=pulumi.ResourceOptions(depends_on=[extension]),
        **where,
    )
