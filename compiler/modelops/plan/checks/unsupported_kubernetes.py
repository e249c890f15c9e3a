"""CFG011: a Kubernetes version that nothing here can be held against."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model import Configuration
from modelops.plan.facts.kubernetes import SUPPORTED_MINORS
from modelops.plan.unit import minor


def unsupported_kubernetes(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse minors out of support, and minors that are not out yet."""
    for one in configuration.environments:
        version = one.environment.spec.cluster.kubernetes_version
        if minor(version) not in SUPPORTED_MINORS:
            yield Diagnostic(
                cfg.CFG011,
                f"Kubernetes {version} is not a supported version",
                one.environment.at("cluster", "kubernetesVersion"),
                f"one of: {', '.join(SUPPORTED_MINORS)}",
            )
