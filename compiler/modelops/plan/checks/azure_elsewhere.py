"""CFG011: Azure described for a cluster that Azure does not run, or with what AKS has not."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model import Configuration
from modelops.model.cluster import NetworkEngine, Provider
from modelops.plan.azure import made_clusters


def azure_elsewhere(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse what nobody would read, and what nobody could make."""
    for one in configuration.environments:
        spec = one.environment.spec
        if spec.azure is not None and spec.cluster.provider is not Provider.AKS:
            yield Diagnostic(
                cfg.CFG011,
                f"the cluster of {one.name} is not Azure's, and `azure` is for those that are",
                one.environment.at_key("azure"),
                "remove `azure`, or set cluster.provider to aks",
            )
        if spec.azure is None and one.cloud is not None:
            yield Diagnostic(
                cfg.CFG011,
                f"{one.name} describes no `azure`, and this file tells of one",
                one.cloud.at(),
                "remove the file, or add `azure` to the environment's file",
            )
    for environment in made_clusters(configuration):
        if environment.spec.cluster.features.network_policy is NetworkEngine.OTHER:
            yield Diagnostic(
                cfg.CFG011,
                "AKS has no other engines of network policies than cilium, calico and azure",
                environment.at("cluster", "features", "networkPolicy"),
                "use cilium",
            )
