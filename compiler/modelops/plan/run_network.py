"""The network flows of a run, in its own namespace and in the workspace's.

Its workers reach the scheduler, and nothing else of the workspace: the dashboard is for people, who
go through `kubectl port-forward`. Everything not said here is denied.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import chain

from modelops import names
from modelops.model.store import StoreMode
from modelops.plan import azure, flows
from modelops.plan.facts import postgres, providers
from modelops.plan.flows import at_port, scraper
from modelops.plan.images import HTTPS_PORT, registry_port
from modelops.plan.scope import RunScope
from modelops.plan.store import dumps
from modelops.plan.uses import COMPONENT, NAME, ServiceBinding, ways_out
from modelops.planned import (
    AddressPeer,
    DaskBinding,
    EntityPolicyPlan,
    Flow,
    NamespacePeer,
    NeighbourPolicy,
    PodsPeer,
    PolicyPlan,
    PostgresBinding,
    SecretsPlan,
)
from modelops.provenance import derived

STORE_CLIENTS = (names.STORE_INIT, names.STORE_BACKUP, names.STORE_RESTORE)
"""The Jobs that connect to the store, beside the workers."""


def policies(
    scope: RunScope,
    dask: DaskBinding,
    store: PostgresBinding | None,
    secrets: SecretsPlan,
    used: tuple[ServiceBinding, ...],
    metrics_port: int,
) -> tuple[PolicyPlan, ...]:
    """Every NetworkPolicy of the run's namespace, sorted by name."""
    found = (
        *flows.closed(),
        _workers(scope, dask, store, used, metrics_port),
        *_store(scope, store),
        *flows.bootstrap(scope, secrets, names.RUN),
    )
    return tuple(sorted(found, key=lambda policy: policy.name))


def entity_policies(scope: RunScope, secrets: SecretsPlan) -> tuple[EntityPolicyPlan, ...]:
    """What needs Cilium's own policies."""
    product, component = names.OPERATED
    operated = flows.named_api_server(scope, component, product) if _is_operated(scope) else ()
    return (
        *flows.local_dns(scope),
        *flows.named_bootstrap(scope, secrets, names.RUN),
        *operated,
    )


def workspace_policies(scope: RunScope, dask: DaskBinding) -> tuple[NeighbourPolicy, ...]:
    """The half of the flow to the scheduler that lies in the workspace's namespace."""
    name = names.fitted(f"run-{scope.unit.name}", names.SUBDOMAIN_LIMIT)
    named = derived("run-<run>", name, scope.unit.name)
    ingress = (Flow((workers_peer(scope),), at_port(dask.port)),)
    return (NeighbourPolicy(dask.namespace, PolicyPlan(named, dask.component, ingress, None)),)


def workers_peer(scope: RunScope) -> NamespacePeer:
    """The run's workers, from another namespace."""
    return NamespacePeer(scope.namespace, {NAME: names.RUN, COMPONENT: names.RUN_WORKER})


def _workers(
    scope: RunScope,
    dask: DaskBinding,
    store: PostgresBinding | None,
    used: tuple[ServiceBinding, ...],
    metrics_port: int,
) -> PolicyPlan:
    scheduler = NamespacePeer(dask.namespace, {NAME: names.DASK, COMPONENT: dask.component})
    egress = (
        Flow((scheduler,), at_port(dask.port)),
        *_to_store(scope, store),
        *_outside(_bundle_registry(scope), _tokens(scope)),
        *ways_out(used),
    )
    ingress = tuple(scraper(scope, metrics_port))
    return PolicyPlan(names.RUN_WORKER, names.RUN_WORKER, ingress, egress, names.RUN)


def _outside(*ports: Iterable[int]) -> Iterator[Flow]:
    """Ports outside the cluster, each once."""
    for port in dict.fromkeys(chain.from_iterable(ports)):
        yield flows.outside(port)


def _bundle_registry(scope: RunScope) -> Iterator[int]:
    """The bundle is fetched from outside the cluster."""
    image = scope.spec.bundle.image
    if image is not None:
        yield derived("the port of the bundle's registry", registry_port(image), image)


def _tokens(scope: RunScope) -> Iterator[int]:
    """Entra gives tokens to those who log in to Azure."""
    if scope.store_in_azure:
        mode = scope.spec.store.mode
        yield derived("the port where Entra gives tokens", HTTPS_PORT, mode)


def _to_store(scope: RunScope, store: PostgresBinding | None) -> Iterator[Flow]:
    if store is None:
        return
    if store.component:
        yield Flow((PodsPeer(store.component, store.product),), at_port(store.port))
    else:
        yield Flow((_place(scope, store),), at_port(store.port))


def _place(scope: RunScope, store: PostgresBinding) -> AddressPeer:
    """Where a store is that is not the run's own; a server of Azure has a subnet to itself."""
    described = scope.environment.spec.azure
    if scope.store_in_azure and described is not None:
        return AddressPeer(azure.postgres_range(described))
    return _address(store.host)


def _address(host: str) -> AddressPeer:
    """An external store's; of a name nobody here knows the address, so all but the node's own."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        everywhere = derived("any address that the host's name may have", flows.EVERYWHERE, host)
        return AddressPeer(everywhere, (providers.LINK_LOCAL,))
    bits = address.max_prefixlen
    return AddressPeer(derived("the host's address", f"{host}/{bits}", host))


def _store(scope: RunScope, store: PostgresBinding | None) -> Iterator[PolicyPlan]:
    """Who may connect to the store, and from where its Jobs go there."""
    if store is None:
        return
    jobs = STORE_CLIENTS if dumps(scope) else STORE_CLIENTS[:1]
    if store.component:
        clients = tuple(PodsPeer(name, names.RUN) for name in (names.RUN_WORKER, *jobs))
        yield from _server(scope, store, Flow(clients, at_port(store.port)))
    for name in jobs:
        ways = (*_to_store(scope, store), *_outside(_tokens(scope)))
        yield PolicyPlan(name, name, (), ways, names.RUN)


def _server(scope: RunScope, store: PostgresBinding, clients: Flow) -> Iterator[PolicyPlan]:
    """A server of ours answers clients; those of an operator also it and one another."""
    if not _is_operated(scope):
        yield PolicyPlan(store.component, store.component, (clients,), (), store.product)
        return
    ports = (*at_port(postgres.PORT), *at_port(postgres.STATUS_PORT))
    operator = NamespacePeer(postgres.OPERATOR_NAMESPACE, postgres.OPERATOR_POD_LABELS)
    peers = Flow((PodsPeer(store.component, store.product),), ports)
    yield PolicyPlan(
        names.STORE,
        store.component,
        (clients, Flow((operator,), ports), peers),
        (peers,),
        store.product,
    )
    yield from flows.api_server(scope, store.component, store.product)


def _is_operated(scope: RunScope) -> bool:
    store = scope.spec.store
    return store.kind != "none" and store.mode == StoreMode.CLOUD_NATIVE_PG
