"""What Azure VM sizes have, and what AKS keeps for itself on each node.

As of 2026-11-20. Sizes: Azure's documentation of the VM series. Reservations: AKS' documentation of
node resource reservations for Kubernetes 1.29 and later.
"""

from dataclasses import dataclass

_GIB = 1 << 30
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class VmSize:
    """One VM size: virtual CPUs, memory in bytes, GPUs."""

    cpus: int
    memory: int
    gpus: int = 0


def _series(pattern: str, gib_per_cpu: float, *cpus: int) -> dict[str, VmSize]:
    return {pattern.format(count): VmSize(count, int(gib_per_cpu * count * _GIB)) for count in cpus}


VM_SIZES: dict[str, VmSize] = {
    **_series("Standard_D{}s_v3", 4, 2, 4, 8, 16, 32, 48, 64),
    **_series("Standard_D{}s_v5", 4, 2, 4, 8, 16, 32, 48, 64, 96),
    **_series("Standard_D{}ds_v5", 4, 2, 4, 8, 16, 32, 48, 64, 96),
    **_series("Standard_D{}as_v5", 4, 2, 4, 8, 16, 32, 48, 64, 96),
    **_series("Standard_D{}ads_v5", 4, 2, 4, 8, 16, 32, 48, 64, 96),
    **_series("Standard_E{}s_v5", 8, 2, 4, 8, 16, 20, 32, 48, 64),
    **_series("Standard_E{}ds_v5", 8, 2, 4, 8, 16, 20, 32, 48, 64),
    **_series("Standard_E{}as_v5", 8, 2, 4, 8, 16, 20, 32, 48, 64),
    **_series("Standard_E{}ads_v5", 8, 2, 4, 8, 16, 20, 32, 48, 64),
    **_series("Standard_F{}s_v2", 2, 2, 4, 8, 16, 32, 48, 64, 72),
    "Standard_DS2_v2": VmSize(2, 7 * _GIB),
    "Standard_B2s": VmSize(2, 4 * _GIB),
    "Standard_B2ms": VmSize(2, 8 * _GIB),
    "Standard_B4ms": VmSize(4, 16 * _GIB),
    "Standard_NC4as_T4_v3": VmSize(4, 28 * _GIB, gpus=1),
    "Standard_NC8as_T4_v3": VmSize(8, 56 * _GIB, gpus=1),
    "Standard_NC16as_T4_v3": VmSize(16, 110 * _GIB, gpus=1),
    "Standard_NC64as_T4_v3": VmSize(64, 440 * _GIB, gpus=4),
    "Standard_NC6s_v3": VmSize(6, 112 * _GIB, gpus=1),
    "Standard_NC12s_v3": VmSize(12, 224 * _GIB, gpus=2),
    "Standard_NC24s_v3": VmSize(24, 448 * _GIB, gpus=4),
    "Standard_NC24ads_A100_v4": VmSize(24, 220 * _GIB, gpus=1),
    "Standard_NC48ads_A100_v4": VmSize(48, 440 * _GIB, gpus=2),
    "Standard_NC96ads_A100_v4": VmSize(96, 880 * _GIB, gpus=4),
    "Standard_NC40ads_H100_v5": VmSize(40, 320 * _GIB, gpus=1),
    "Standard_NC80adis_H100_v5": VmSize(80, 640 * _GIB, gpus=2),
}
"""VM sizes by Azure's name."""

_RESERVED_CPU = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
"""Thousandths of a CPU that AKS reserves on a node with so many CPUs; steps go to the next row."""

_RESERVED_PER_CPU_ABOVE = 10
"""Thousandths for each CPU above the table: the slope of its last two rows."""

_DAEMONS_CPU = 250
_DAEMONS_MEMORY = 512 * _MIB
"""What AKS' own DaemonSets (network, storage drivers, node manager) ask for: an estimate."""

_EVICTION = 100 * _MIB


def reserved_cpu(cpus: int) -> int:
    """Thousandths of a CPU that AKS keeps on a node with so many CPUs."""
    for rows_cpus, reserved in _RESERVED_CPU:
        if cpus <= rows_cpus:
            return reserved
    most_cpus, most_reserved = _RESERVED_CPU[-1]
    return most_reserved + _RESERVED_PER_CPU_ABOVE * (cpus - most_cpus)


def reserved_memory(memory: int, max_pods: int) -> int:
    """Bytes that AKS keeps: min(20 MB x pods + 50 MB, a quarter), and the eviction threshold."""
    return min((20 * max_pods + 50) * 1_000_000, memory // 4) + _EVICTION


def allocatable(size: VmSize, max_pods: int) -> tuple[int, int]:
    """CPU in thousandths and memory in bytes that pods of ours can have on one node."""
    cpu = size.cpus * 1000 - reserved_cpu(size.cpus) - _DAEMONS_CPU
    memory = size.memory - reserved_memory(size.memory, max_pods) - _DAEMONS_MEMORY
    return cpu, memory
