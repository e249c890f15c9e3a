"""The facts that the plan relies on, held against what was computed by hand from their sources."""

import re
from ipaddress import ip_network

import pytest

from modelops.model.cluster import Cluster, Provider
from modelops.plan.facts import providers
from modelops.plan.facts.azure_vm_sizes import (
    VM_SIZES,
    VmSize,
    allocatable,
    reserved_cpu,
    reserved_memory,
)
from modelops.plan.facts.kubernetes import SUPPORTED_MINORS
from modelops.plan.facts.postgres import flexible_connections
from modelops.verify.schemas import minors_around

GIB, MIB, MB = 1 << 30, 1 << 20, 10**6

# --- VM sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("Standard_D4s_v3", VmSize(4, 16 * GIB)),
        ("Standard_D8s_v5", VmSize(8, 32 * GIB)),
        ("Standard_D96ads_v5", VmSize(96, 384 * GIB)),
        ("Standard_E16s_v5", VmSize(16, 128 * GIB)),
        ("Standard_F72s_v2", VmSize(72, 144 * GIB)),
        ("Standard_DS2_v2", VmSize(2, 7 * GIB)),
        ("Standard_NC4as_T4_v3", VmSize(4, 28 * GIB, gpus=1)),
        ("Standard_NC64as_T4_v3", VmSize(64, 440 * GIB, gpus=4)),
        ("Standard_NC96ads_A100_v4", VmSize(96, 880 * GIB, gpus=4)),
    ],
)
def test_a_size_has_what_azure_says(name: str, size: VmSize) -> None:
    assert VM_SIZES[name] == size


@pytest.mark.parametrize("name", [name for name in VM_SIZES if "DS2" not in name])
def test_a_size_s_name_tells_its_cpus(name: str) -> None:
    match = re.match(r"Standard_[A-Z]+(\d+)", name)
    assert match is not None
    assert VM_SIZES[name].cpus == int(match[1])


D_SIZES = [2, 4, 8, 16, 32, 48, 64]
E_SIZES = [2, 4, 8, 16, 20, 32, 48, 64]


@pytest.mark.parametrize(
    ("pattern", "gib_per_cpu", "cpus"),
    [
        ("D{}s_v3", 4, D_SIZES),
        ("D{}s_v5", 4, [*D_SIZES, 96]),
        ("D{}ds_v5", 4, [*D_SIZES, 96]),
        ("D{}as_v5", 4, [*D_SIZES, 96]),
        ("D{}ads_v5", 4, [*D_SIZES, 96]),
        ("E{}s_v5", 8, E_SIZES),
        ("E{}ds_v5", 8, E_SIZES),
        ("E{}as_v5", 8, E_SIZES),
        ("E{}ads_v5", 8, E_SIZES),
        ("F{}s_v2", 2, [*D_SIZES, 72]),
    ],
)
def test_a_series_has_the_same_memory_for_each_cpu(
    pattern: str, gib_per_cpu: int, cpus: list[int]
) -> None:
    """Azure's E series of 96 and 104 CPUs, which break the rule, are not in the table."""
    name = re.compile("Standard_" + pattern.format(r"(\d+)"))
    listed = {size.cpus: size.memory for key, size in VM_SIZES.items() if name.fullmatch(key)}
    assert listed == {count: count * gib_per_cpu * GIB for count in cpus}


def test_only_the_n_series_has_gpus() -> None:
    for name, size in VM_SIZES.items():
        assert (size.gpus > 0) is name.startswith("Standard_N")


# --- what AKS keeps ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cpus", "millicores"),
    [
        *((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740)),  # AKS' table
        *((3, 140), (6, 180), (12, 260), (20, 420), (48, 740)),  # between two rows: the next one
        *((72, 820), (80, 900), (96, 1060)),  # above it: 10m for each CPU
    ],
)
def test_cpu_that_aks_keeps(cpus: int, millicores: int) -> None:
    assert reserved_cpu(cpus) == millicores


@pytest.mark.parametrize(
    ("memory", "pods", "kept"),
    [
        (16 * GIB, 110, 2250 * MB + 100 * MIB),  # 20 MB x 110 + 50 MB
        (16 * GIB, 30, 650 * MB + 100 * MIB),
        (16 * GIB, 250, 4 * GIB + 100 * MIB),  # 5.05 GB are more than a quarter
        (4 * GIB, 110, GIB + 100 * MIB),  # so are 2.25 GB
    ],
)
def test_memory_that_aks_keeps(memory: int, pods: int, kept: int) -> None:
    assert reserved_memory(memory, pods) == kept


@pytest.mark.parametrize(
    ("name", "pods", "cpu", "memory"),
    [
        # memory less what is kept less 512 MiB of DaemonSets; CPU less what is kept less 250m
        ("Standard_D4s_v3", 110, 3610, 14_288_140_672),
        ("Standard_D8s_v5", 110, 7570, 31_468_009_856),
        ("Standard_E16s_v5", 30, 15_490, 136_147_224_960),
        ("Standard_B2s", 110, 1650, 2_579_496_960),
        ("Standard_NC4as_T4_v3", 110, 3610, 27_173_042_560),
    ],
)
def test_what_is_left_to_pods(name: str, pods: int, cpu: int, memory: int) -> None:
    assert allocatable(VM_SIZES[name], pods) == (cpu, memory)


@pytest.mark.parametrize("name", VM_SIZES)
def test_every_size_leaves_something_to_pods_and_never_more_than_it_has(name: str) -> None:
    size = VM_SIZES[name]
    for pods in (1, 110, 250):
        cpu, memory = allocatable(size, pods)
        assert 0 < cpu < size.cpus * 1000
        assert 0 < memory < size.memory


# --- Kubernetes and providers --------------------------------------------------------------------


@pytest.mark.parametrize("minor", SUPPORTED_MINORS)
def test_what_may_be_targeted_has_schemas_and_a_neighbour(minor: str) -> None:
    assert minor in minors_around(minor)
    assert len(minors_around(minor)) >= 2


def test_the_default_version_may_be_targeted() -> None:
    assert Cluster.model_fields["kubernetes_version"].default in SUPPORTED_MINORS


def test_addresses_are_networks() -> None:
    for cidr in (*providers.PRIVATE_ADDRESSES, *providers.NODE_LOCAL_DNS):
        assert str(ip_network(cidr, strict=True)) == cidr
    assert providers.LOCAL_DNS in providers.NODE_LOCAL_DNS


def test_the_metadata_service_is_among_the_private_addresses() -> None:
    metadata = ip_network("169.254.169.254/32")
    networks = [ip_network(cidr) for cidr in providers.PRIVATE_ADDRESSES]
    assert any(metadata.overlaps(network) for network in networks)


@pytest.mark.parametrize("provider", Provider)
def test_every_provider_has_its_facts(provider: Provider) -> None:
    assert providers.KEDA_NAMESPACE[provider]
    assert providers.API_SERVER_PORTS[provider]
    assert provider in providers.BUILT_IN_STORAGE_CLASSES


# --- Postgres -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "most"),
    [
        ("B_Standard_B1ms", 50),
        ("B_Standard_B2s", 429),
        ("B_Standard_B2ms", 859),
        ("B_Standard_B20ms", 5000),
        ("GP_Standard_D2ds_v5", 859),
        ("GP_Standard_D8ds_v4", 3437),
        ("GP_Standard_D96ads_v5", 5000),
        ("MO_Standard_E2s_v3", 1718),
        ("MO_Standard_E20ds_v5", 5000),
        ("GP_Standard_unheard", 50),
    ],
)
def test_a_server_lets_in_what_its_size_allows(sku: str, most: int) -> None:
    assert flexible_connections(sku) == most
