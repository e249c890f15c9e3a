"""What units of every kind derive from their environment alike."""

from modelops.plan.scope import AnyScope
from modelops.provenance import carried


def minor(version: str) -> str:
    """`1.35` of `1.35` and of `1.35.2`."""
    return carried(".".join(version.split(".")[:2]), version)


def pod_security(scope: AnyScope) -> str:
    """The version that Pod Security is held to: that of the cluster, so that no upgrade refuses."""
    version = scope.cluster.kubernetes_version
    return carried(f"v{minor(version)}", version)
