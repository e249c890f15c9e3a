"""NAM004, CFG011: a pool that Azure cannot make under its name, or of which it is not told what."""

import re
from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg, nam
from modelops.model import Configuration
from modelops.plan.azure import made_clusters

NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
"""Of a pool of Linux nodes in AKS."""


def unfit_pool(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse names that are no pool's in AKS, and pools without a VM size."""
    for environment in made_clusters(configuration):
        for name, pool in environment.spec.cluster.pools.items():
            if NAME.fullmatch(name) is None:
                yield Diagnostic(
                    nam.NAM004,
                    f"AKS takes no pool by the name `{name}`",
                    environment.at_key("cluster", "pools", name),
                    "use at most 12 lower-case letters and digits, beginning with a letter",
                )
            if pool.vm_size is None:
                yield Diagnostic(
                    cfg.CFG011,
                    f"the pool `{name}` does not say what machines it has",
                    environment.at_key("cluster", "pools", name),
                    "add its `vmSize`",
                )
