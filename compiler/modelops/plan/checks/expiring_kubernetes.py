"""AZR003: a Kubernetes minor that AKS takes only with long-term support, or soon will."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration
from modelops.plan.azure import made_clusters
from modelops.plan.facts.kubernetes import ENDING_MINORS
from modelops.plan.unit import minor


def expiring_kubernetes(configuration: Configuration) -> Iterator[Diagnostic]:
    """Warn of minors whose support ends within months of what is known here."""
    for environment in made_clusters(configuration):
        version = environment.spec.cluster.kubernetes_version
        if minor(version) in ENDING_MINORS:
            yield Diagnostic(
                azr.AZR003,
                f"AKS supports Kubernetes {minor(version)} until {ENDING_MINORS[minor(version)]}",
                environment.at("cluster", "kubernetesVersion"),
                "move to the next minor while there is time",
                severity=azr.AZR003.severity,
            )
