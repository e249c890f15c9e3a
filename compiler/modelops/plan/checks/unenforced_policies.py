"""NET001: a cluster of which nobody says that it enforces network policies."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import net
from modelops.model import Configuration
from modelops.model.cluster import NetworkEngine


def unenforced_policies(configuration: Configuration) -> Iterator[Diagnostic]:
    """Warn where no engine is declared, and refuse it in production.

    Kubernetes takes policies in any cluster, and without an engine none of them does anything.
    """
    for one in configuration.environments:
        spec = one.environment.spec
        if spec.cluster.features.network_policy is None:
            yield Diagnostic(
                net.NET001,
                f"nothing says that the cluster of {one.name} enforces network policies: without "
                "an engine they are there and do nothing",
                one.environment.at("cluster", "features"),
                "set `cluster.features.networkPolicy` to the engine that it has: "
                f"{', '.join(NetworkEngine)}",
                severity=net.NET001.severity_in(spec.tier),
            )
