"""AZR002: a system pool of machines that AKS does not take for one."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import azr
from modelops.model import Configuration
from modelops.model.cluster import PoolMode
from modelops.plan.azure import made_clusters
from modelops.plan.facts.azure_vm_sizes import VM_SIZES

BURSTABLE = "Standard_B"
CPUS, MEMORY = 4, 4 << 30
"""What AKS asks of a system pool's nodes."""


def unfit_system_pool(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse burstable machines, and those that are too small."""
    for environment in made_clusters(configuration):
        for name, pool in environment.spec.cluster.pools.items():
            if pool.mode is PoolMode.SYSTEM and pool.vm_size and not _fits(pool.vm_size):
                yield Diagnostic(
                    azr.AZR002,
                    f"{pool.vm_size} is no machine for the cluster's own pods",
                    environment.at("cluster", "pools", name, "vmSize"),
                    "use one with 4 CPUs and 4 GiB that is not burstable, such as Standard_D4s_v5",
                )


def _fits(vm_size: str) -> bool:
    """Whether it is large enough; what is not known is let pass."""
    size = VM_SIZES.get(vm_size)
    large = size is None or (size.cpus >= CPUS and size.memory >= MEMORY)
    return large and not vm_size.startswith(BURSTABLE)
