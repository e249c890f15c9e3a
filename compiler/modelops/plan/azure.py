"""What an environment's Azure is made of: every name, number and address, decided.

The environment's file comes in; the inputs of the program in `infra/` leave, which decides nothing
itself. Their shape is `VERSION`; a change of it that a program may not know counts that up.
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from modelops import names
from modelops.model import Configuration, Configured, ConfiguredEnvironment, EnvironmentSpec
from modelops.model.azure import Azure, Storage
from modelops.model.cluster import Pool, PoolMode, Provider
from modelops.names import API_VERSION
from modelops.plan.facts import providers
from modelops.plan.identities import identities
from modelops.plan.placement import SPOT, node_labels
from modelops.planned import InfraPlan
from modelops.planned.azure import (
    ClusterInputs,
    FluxInputs,
    GroupInputs,
    IdentityInputs,
    InfraInputs,
    MaintenanceInputs,
    NetworkInputs,
    PoolInputs,
    PostgresInputs,
    RegistryInputs,
    SshInputs,
    StateInputs,
    StorageInputs,
    TaintInputs,
    VaultInputs,
)
from modelops.provenance import carried, derived

KIND = "InfraInputs"
VERSION = 1

CRITICAL = TaintInputs("CriticalAddonsOnly", "true", "NoSchedule")
"""The taint that keeps our pods off the cluster's own pool; AKS' own pods tolerate it."""

SUBNET = "nodes"
POSTGRES_SUBNET = "postgres"

NODE_USER = "azureuser"
"""Who logs in on a node: Azure's own custom."""

FLUX_INTERVAL = 600
"""Seconds between two looks of the root Kustomization."""


def infra(configuration: Configuration, configured: ConfiguredEnvironment) -> InfraPlan | None:
    """The inputs of the program; None where somebody else makes what the environment stands on."""
    azure = configured.environment.spec.azure
    if azure is None:
        return None
    return InfraPlan(
        unit=names.infra_unit(configured.name),
        source=configured.environment.source,
        inputs=_inputs(configured, azure, identities(configuration, configured, azure)),
    )


def made_clusters(configuration: Configuration) -> Iterator[Configured[EnvironmentSpec]]:
    """The environments whose cluster the program makes."""
    for one in configuration.environments:
        spec = one.environment.spec
        if spec.azure is not None and spec.cluster.provider == Provider.AKS:
            yield one.environment


def login_server(environment: str, azure: Azure | None) -> str | None:
    """The host that images come from; None where Azure has no registry for them."""
    if azure is None or not azure.registry.enabled:
        return None
    return names.login_server(registry_name(environment, azure))


def registry_name(environment: str, azure: Azure) -> str:
    """What the registry is called: as it was written, as it exists, or as it will be made."""
    registry = azure.registry
    if registry.resource_id is not None:
        return carried(registry.resource_id.rpartition("/")[2], registry.resource_id)
    return registry.name or names.global_name("modelops", environment, azure.subscription_id)


def group_name(environment: str, azure: Azure) -> str:
    """The resource group of everything."""
    return azure.resource_group.name or names.azure_name(environment, "rg")


def cluster_name(environment: str, azure: Azure) -> str:
    """The managed cluster."""
    return azure.aks.name or names.azure_name(environment, "aks")


def storage_account(environment: str, azure: Azure, storage: Storage) -> str:
    """The account of an environment that has one."""
    return storage.name or names.global_name("mo", environment, azure.subscription_id)


def vault_name(environment: str, azure: Azure) -> str:
    """The key vault of an environment that has one."""
    return names.global_name("mo", environment, azure.subscription_id, "-")


def postgres_server(environment: str, azure: Azure) -> str:
    """The Flexible Server of an environment that has one."""
    return names.global_name("modelops-pg", environment, azure.subscription_id, "-")


def postgres_range(azure: Azure) -> str:
    """The addresses that a Flexible Server has to itself."""
    network = azure.network.vnet_cidr
    _, databases = _subnets(network)
    return derived("the first /28 of the network's second half", databases, network)


def _inputs(
    configured: ConfiguredEnvironment, azure: Azure, who: tuple[IdentityInputs, ...]
) -> InfraInputs:
    name = configured.name
    return InfraInputs(
        api_version=API_VERSION,
        kind=KIND,
        version=VERSION,
        environment=name,
        tier=configured.environment.spec.tier,
        subscription_id=azure.subscription_id,
        tenant_id=azure.tenant_id,
        location=azure.location,
        tags=_tags(name, azure),
        resource_group=GroupInputs(
            name=group_name(name, azure),
            existing=azure.resource_group.existing,
            node_resource_group=names.azure_name(name, "nodes-rg"),
        ),
        state=_state(azure),
        network=_network(name, azure),
        cluster=_cluster(configured, azure),
        registry=_registry(name, azure),
        identities=who,
        storage=_storage(name, azure),
        key_vault=_vault(name, azure),
        postgres=_postgres(name, azure),
        flux=_flux(configured),
    )


def _tags(environment: str, azure: Azure) -> dict[str, str]:
    """A person's own, and what the compiler says of every resource, which wins."""
    own = {
        "project": "modelops",
        "environment": environment,
        "owner": azure.owner,
        "costCenter": azure.cost_center,
        "managedBy": "modelops",
    }
    return dict(sorted({**azure.tags, **own}.items()))


def _state(azure: Azure) -> StateInputs | None:
    state = azure.state
    if state is None:
        return None
    return StateInputs(state.resource_group, state.storage_account, state.container)


def _network(environment: str, azure: Azure) -> NetworkInputs:
    network = azure.network
    nodes, _ = _subnets(network.vnet_cidr)
    return NetworkInputs(
        name=names.azure_name(environment, "vnet"),
        vnet_cidr=network.vnet_cidr,
        subnet=SUBNET,
        subnet_cidr=derived("the first half of the network", nodes, network.vnet_cidr),
        postgres_subnet=POSTGRES_SUBNET,
        postgres_cidr=postgres_range(azure),
        pod_cidr=network.pod_cidr,
        service_cidr=network.service_cidr,
        dns_service_ip=network.dns_service_ip,
    )


def _subnets(vnet: str) -> tuple[str, str]:
    """The ranges of nodes and of databases; half of the network is left for what comes later."""
    nodes, rest = IPv4Network(str(vnet)).subnets()
    return str(nodes), str(next(rest.subnets(new_prefix=28)))


# --- the cluster ---------------------------------------------------------------------------------


def _cluster(configured: ConfiguredEnvironment, azure: Azure) -> ClusterInputs:
    name, cluster, aks = configured.name, configured.environment.spec.cluster, azure.aks
    maintenance = aks.maintenance
    return ClusterInputs(
        name=cluster_name(name, azure),
        existing=aks.existing,
        dns_prefix=names.cluster_prefix(name),
        kubernetes_version=cluster.kubernetes_version,
        tier=aks.tier,
        zones=aks.zones,
        network_policy=cluster.features.network_policy,
        authorized_ip_ranges=aks.authorized_ip_ranges,
        maintenance=MaintenanceInputs(
            maintenance.day, maintenance.start_time, maintenance.utc_offset, maintenance.hours
        ),
        ssh=SshInputs(aks.ssh.mode, aks.ssh.path, aks.ssh.variable, NODE_USER),
        keda=cluster.features.keda,
        key_vault_provider=azure.key_vault.enabled,
        pools=tuple(_pool(*one, azure) for one in sorted(cluster.pools.items())),
    )


def _pool(name: str, pool: Pool, azure: Azure) -> PoolInputs:
    return PoolInputs(
        name=name,
        mode=pool.mode,
        vm_size=pool.vm_size or "",
        min=pool.min,
        max=pool.max,
        max_pods=pool.max_pods,
        spot=pool.spot,
        labels=dict(sorted(node_labels(name, pool).items())),
        taints=tuple(sorted(_taints(pool), key=lambda taint: taint.key)),
        zones=azure.aks.zones,
    )


def _taints(pool: Pool) -> Iterator[TaintInputs]:
    for key, taint in pool.taints.items():
        yield TaintInputs(key, taint.value, taint.effect)
    if pool.mode == PoolMode.SYSTEM and CRITICAL.key not in pool.taints:
        yield CRITICAL
    if pool.spot and SPOT.key not in pool.taints:
        yield TaintInputs(SPOT.key, SPOT.value, SPOT.effect)


# --- beside the cluster --------------------------------------------------------------------------


def _registry(environment: str, azure: Azure) -> RegistryInputs | None:
    registry = azure.registry
    if not registry.enabled:
        return None
    name = registry_name(environment, azure)
    return RegistryInputs(name, registry.existing, registry.resource_id, registry.sku)


def _storage(environment: str, azure: Azure) -> StorageInputs | None:
    storage = azure.storage
    if storage is None:
        return None
    containers = tuple(sorted(storage.containers))
    account = storage_account(environment, azure, storage)
    return StorageInputs(account, storage.sku, containers, storage.deleted_days)


def _vault(environment: str, azure: Azure) -> VaultInputs | None:
    if not azure.key_vault.enabled:
        return None
    return VaultInputs(vault_name(environment, azure))


def _postgres(environment: str, azure: Azure) -> PostgresInputs | None:
    postgres = azure.postgres
    if postgres is None:
        return None
    return PostgresInputs(
        name=postgres_server(environment, azure),
        version=postgres.version,
        sku=postgres.sku,
        storage_gb=derived("its disk in GiB", postgres.storage >> 30, postgres.storage),
        backup_days=postgres.backup_days,
    )


def _flux(configured: ConfiguredEnvironment) -> FluxInputs:
    flux = configured.environment.spec.flux
    folder = names.flux_unit(configured.name)
    return FluxInputs(
        extension="flux",
        release_namespace=providers.FLUX_NAMESPACE,
        configuration=flux.source,
        namespace=flux.namespace,
        url=flux.url,
        branch=flux.branch,
        secret=flux.secret,
        path=carried(f"./generated/{folder}", folder),
        kustomization="root",
        interval_seconds=FLUX_INTERVAL,
    )
