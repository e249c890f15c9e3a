"""The network flows of services and components: what they use, and who may ask them.

Everything is denied but what stands here. A workload is asked by those who say that they use it,
whose own units emit that half, and from outside the cluster where it is exposed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelops import names
from modelops.model.uses import Use
from modelops.model.workload import Component
from modelops.plan.exposure import from_outside
from modelops.plan.flows import at_port
from modelops.plan.scope import AnyScope, Scope, ServiceScope
from modelops.plan.uses import COMPONENT, NAME, bindings, ways_in, ways_out
from modelops.plan.workload import uses
from modelops.planned import Flow, NamespacePeer, NeighbourPolicy, PolicyPlan
from modelops.provenance import carried, derived


@dataclass(frozen=True, slots=True)
class Consumer:
    """Pods of a unit that use services.

    Attributes:
        name: what the policy for them is named after.
    """

    name: str
    component: str
    product: str
    uses: Mapping[str, Use]


def consumers(scope: Scope) -> tuple[Consumer, ...]:
    """The workers of a workspace, which run people's code, and its components."""
    workers = Consumer(names.WORKER, "worker", names.DASK, scope.spec.uses)
    components = (
        Consumer(name, name, names.COMPONENT, uses(scope, spec))
        for name, spec in sorted(scope.spec.components.items())
    )
    return tuple(one for one in (workers, *components) if one.uses)


def outwards(scope: AnyScope, found: Iterable[Consumer]) -> Iterator[PolicyPlan]:
    """The half of each flow to a service that lies with those who use it."""
    for one in found:
        name = names.fitted(f"{one.name}-uses", names.SUBDOMAIN_LIMIT)
        egress = tuple(ways_out(bindings(scope, one.uses)))
        yield PolicyPlan(
            derived("<user>-uses", name, one.name, *one.uses),
            one.component,
            None,
            egress,
            one.product,
        )


def inwards(scope: AnyScope, user: str, found: tuple[Consumer, ...]) -> Iterator[PolicyPlan]:
    """The half of each flow that lies with the services; one policy for each of them."""
    together = {name: use for one in found for name, use in one.uses.items()}
    for binding in bindings(scope, together):
        peers = (
            NamespacePeer(scope.namespace, {NAME: one.product, COMPONENT: one.component})
            for one in found
            if binding.name in one.uses
        )
        yield from ways_in((binding,), user, *peers)


def entrance(scope: AnyScope, name: str, spec: Component, product: str) -> Iterator[PolicyPlan]:
    """The way to an exposed workload from the pods that take requests from outside."""
    namespace = from_outside(scope, spec)
    if namespace is not None and spec.expose is not None:
        written = spec.ports[spec.expose.port].port
        port = carried(written, spec.expose.port, written)
        ingress = Flow((NamespacePeer(namespace, {}),), at_port(port))
        policy = names.fitted(f"{name}-exposed", names.SUBDOMAIN_LIMIT)
        yield PolicyPlan(
            derived("<workload>-exposed", policy, name), name, (ingress,), None, product
        )


def of_service(scope: ServiceScope) -> Iterator[PolicyPlan]:
    """A service's own flows; both halves of those to other services lie in its namespace."""
    name = scope.unit.name
    found = (Consumer(name, name, names.SERVICE, scope.spec.uses),) if scope.spec.uses else ()
    yield from entrance(scope, name, scope.spec, names.SERVICE)
    yield from outwards(scope, found)
    yield from inwards(scope, carried(f"svc-{name}", name), found)


def of_components(scope: Scope) -> Iterator[PolicyPlan]:
    """The flows of a workspace's components, and of its workers to services."""
    for name, spec in sorted(scope.spec.components.items()):
        yield from entrance(scope, name, spec, names.COMPONENT)
    yield from outwards(scope, consumers(scope))


def into_services(scope: Scope) -> Iterator[NeighbourPolicy]:
    """The half of a workspace's flows that lies in the services' namespace."""
    namespace = names.services_namespace(scope.environment.name)
    user = carried(f"ws-{scope.unit.name}", scope.unit.name)
    for policy in inwards(scope, user, consumers(scope)):
        yield NeighbourPolicy(namespace, policy)
