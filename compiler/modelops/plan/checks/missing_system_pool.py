"""AZR001: no pool for the cluster's own pods, or one that a single node can take down."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity, Tier
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration, Configured, EnvironmentSpec
from modelops.model.cluster import PoolMode
from modelops.plan.azure import made_clusters

FEWEST = 2
FEWEST_IN_PRODUCTION = 3
"""One for each availability zone of a region."""


def missing_system_pool(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse clusters without such a pool, and warn of pools that are too small."""
    for environment in made_clusters(configuration):
        pools = environment.spec.cluster.pools
        system = [name for name, pool in pools.items() if pool.mode is PoolMode.SYSTEM]
        if not system:
            yield Diagnostic(
                azr.AZR001,
                "no pool is for the cluster's own pods",
                environment.at("cluster", "pools"),
                "add `system: {mode: system, vmSize: Standard_D4s_v5, min: 2, max: 3}`",
            )
        for name in system:
            yield from _few(environment, name)


def _few(environment: Configured[EnvironmentSpec], name: str) -> Iterator[Diagnostic]:
    production = environment.spec.tier is Tier.PRODUCTION
    wanted = FEWEST_IN_PRODUCTION if production else FEWEST
    least = environment.spec.cluster.pools[name].min
    if least < wanted:
        yield Diagnostic(
            azr.AZR001,
            f"the pool `{name}` may have {least} node{'s' * (least != 1)}: "
            f"{wanted} are needed to lose one",
            environment.at("cluster", "pools", name, "min"),
            f"set min to {wanted}",
            severity=Severity.WARNING if least else Severity.ERROR,
        )
