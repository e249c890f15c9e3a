"""The services that a unit uses: where they are, the variables that say so, and the way there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modelops import names
from modelops.model.uses import Uses
from modelops.model.workload import Component
from modelops.plan.scope import AnyScope
from modelops.planned import (
    AllowedPorts,
    Flow,
    NamespacePeer,
    Peer,
    PlainValue,
    PolicyPlan,
    PortRange,
)
from modelops.provenance import carried, derived

NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"


@dataclass(frozen=True, slots=True)
class ServiceBinding:
    """One service that a unit uses.

    Attributes:
        name: the service's.
        variable: the environment variable that holds `url`.
        namespace: where the service's pods are.
        ports: all that it listens on.
    """

    name: str
    variable: str
    url: str
    namespace: str
    ports: tuple[int, ...]


def bindings(scope: AnyScope, uses: Uses) -> tuple[ServiceBinding, ...]:
    """The services of one map of `uses`, by name; those that do not exist are left out."""
    namespace = names.services_namespace(scope.environment.name)
    found = []
    for name, use in sorted(uses.items()):
        service = scope.services.get(name)
        if service is None or not service.spec.ports:
            continue
        host, port = names.service_host(name, namespace), main_port(service.spec)
        url = derived("the service's own URL", f"http://{host}:{port}", name, host, port)
        variable = use.as_ or carried(variable_of(name), name)
        ports = tuple(sorted(one.port for one in service.spec.ports.values()))
        found.append(ServiceBinding(name, variable, url, namespace, ports))
    return tuple(found)


def main_port(spec: Component) -> int:
    """The port of its URL: the one called `http`, else the first by name."""
    ports = spec.ports
    return ports["http" if "http" in ports else min(ports)].port


def variable_of(service: str) -> str:
    """`LLAMA_STACK_URL` for `llama-stack`."""
    return f"{service.upper().replace('-', '_')}_URL"


def variables(used: Iterable[ServiceBinding]) -> dict[str, PlainValue]:
    """What tells pods where the services are."""
    return {one.variable: PlainValue(one.url) for one in used}


def ways_out(used: Iterable[ServiceBinding]) -> Iterator[Flow]:
    """The user's half of each flow: egress to the service's pods."""
    for one in used:
        labels = {NAME: names.SERVICE, COMPONENT: one.name}
        yield Flow((NamespacePeer(one.namespace, labels),), at_ports(one.ports))


def at_ports(ports: Iterable[int]) -> tuple[AllowedPorts, ...]:
    """These TCP ports."""
    return tuple(AllowedPorts(PortRange(port, port)) for port in ports)


def ways_in(used: Iterable[ServiceBinding], user: str, *peers: Peer) -> Iterator[PolicyPlan]:
    """The service's half of each flow, in its namespace: ingress from the user's pods.

    Args:
        used: the services.
        user: what the policies are named after, unique in the environment.
        peers: the user's pods.
    """
    for one in used:
        name = names.fitted(f"{one.name}-from-{user}", names.SUBDOMAIN_LIMIT)
        yield PolicyPlan(
            derived("<service>-from-<user>", name, one.name, user),
            one.name,
            (Flow(peers, at_ports(one.ports)),),
            None,
            names.SERVICE,
        )
