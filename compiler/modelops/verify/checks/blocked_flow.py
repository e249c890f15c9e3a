"""NET002: a connection that pods are made for, and that policies do not let through.

What pods are made for is read off them: a host of a Service in what a container is told, libpq's
PGHOST and PGPORT among it, DNS where it is told any, and what Dask's own pods need of each other,
by Kubernetes' recommended labels.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import net
from modelops.manifests import Identity
from modelops.verify.flows import End, Policies, Port, Way, policies, way_in, way_out
from modelops.verify.paths import map_at, maps_at, text_at, texts_at
from modelops.verify.placement import PlacedEnvironment, Placement, PodTemplate, finding
from modelops.verify.security import containers
from modelops.verify.selectors import carries, selected

HOST = re.compile(r"\b([a-z0-9][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.svc(?:\.[a-z0-9.-]+)?:(\d+)")
"""A Service by its name in full, and a port of it."""

DNS = End("kube-system", {"k8s-app": "kube-dns"})
DNS_PORTS = (Port(53, "UDP"), Port(53, "TCP"))

NAME, COMPONENT = "app.kubernetes.io/name", "app.kubernetes.io/component"
DASK_WORKER: Mapping[str, object] = {NAME: "dask", COMPONENT: "worker"}
DASK_PEERS = ("scheduler", "worker")
"""Who connects to a Dask worker: data goes from worker to worker."""

PEER_PORTS = ("worker-", "nanny-")
"""How the ports begin that they connect to."""

REFUSALS = ("no policy lets it out", "no policy lets it in there")
HELP = "allow it in both directions: egress of the one, ingress of the other"
DNS_HELP = "let the pods of the namespace out to DNS, at port 53 of both protocols"


class Wanted(NamedTuple):
    """One connection that a pod makes: to which pod, at which port."""

    target: PodTemplate
    port: Port


def blocked_flow(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every such connection, at the pods that would make it."""
    for environment in placement.environments:
        known = policies(environment)
        for pods in environment.pods.values():
            for pod in pods:
                hosts = tuple(dict.fromkeys(_hosts(pod)))
                wanted = (*_by_host(environment, hosts), *_by_dask(environment, pod))
                yield from _judge(known, pod, wanted)
                yield from _names(known, pod) if hosts else ()


def _judge(
    known: Policies, source: PodTemplate, wanted: tuple[Wanted, ...]
) -> Iterator[Diagnostic]:
    ways: dict[int, tuple[Way, Way]] = {}
    for target, port in wanted:
        if id(target) not in ways:
            ends = _end(source), _end(target)
            ways[id(target)] = way_out(known, *ends), way_in(known, *ends)
        for way, what in zip(ways[id(target)], REFUSALS, strict=True):
            if not way.lets(port):
                text = f"connects to {target.owner.identity} at port {port.number}, and {what}"
                yield finding(net.NET002, source.owner, (), text, HELP)


def _names(known: Policies, pod: PodTemplate) -> Iterator[Diagnostic]:
    way = way_out(known, _end(pod), DNS)
    for port in DNS_PORTS:
        if not way.lets(port):
            text = (
                f"looks up names, and no policy lets it out to {port.protocol} port {port.number}"
            )
            yield finding(net.NET002, pod.owner, (), text, DNS_HELP)


def _end(pod: PodTemplate) -> End:
    return End(pod.owner.identity.namespace, pod.labels)


def _hosts(pod: PodTemplate) -> Iterator[tuple[str, str, int]]:
    """Every Service that the containers are told of: name, namespace, port."""
    for _, container in containers(pod):
        told = {text_at(entry, "name"): text_at(entry, "value") for entry in _variables(container)}
        database = f"{told.get('PGHOST', '')}:{told.get('PGPORT', '')}"
        words = (*texts_at(container, "command"), *texts_at(container, "args"))
        for text in (*words, *told.values(), database):
            for name, namespace, port in HOST.findall(text) if ".svc" in text else ():
                yield name, namespace, int(port)


def _variables(container: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (entry for _, entry in maps_at(container, "env"))


def _by_host(
    environment: PlacedEnvironment, hosts: tuple[tuple[str, str, int], ...]
) -> Iterator[Wanted]:
    for name, namespace, number in hosts:
        service = environment.by_identity.get(Identity("", "Service", namespace, name))
        spec = map_at(service.body, "spec") if service else {}
        labels = map_at(spec, "selector")
        for _, port in maps_at(spec, "ports"):
            if port.get("port") == number and labels:
                for target in selected(environment, namespace, {"matchLabels": labels}):
                    for there in _target_ports(target, port):
                        yield Wanted(target, there)


def _target_ports(pod: PodTemplate, port: Mapping[str, Any]) -> Iterator[Port]:
    """The numbers of a Service's port on a pod; none where the pod does not have it."""
    target = port.get("targetPort", port.get("port"))
    for number, name in _ports(pod):
        if target in (number, name):
            yield Port(number, text_at(port, "protocol") or "TCP")


def _ports(pod: PodTemplate) -> Iterator[tuple[int, str]]:
    for _, container in containers(pod):
        for _, port in maps_at(container, "ports"):
            if isinstance(number := port.get("containerPort"), int):
                yield number, text_at(port, "name")


def _by_dask(environment: PlacedEnvironment, pod: PodTemplate) -> Iterator[Wanted]:
    if pod.labels.get(NAME) != "dask" or pod.labels.get(COMPONENT) not in DASK_PEERS:
        return
    for target in environment.pods[pod.owner.identity.namespace]:
        for number, name in _ports(target) if carries(target.labels, DASK_WORKER) else ():
            if name.startswith(PEER_PORTS):
                yield Wanted(target, Port(number))
