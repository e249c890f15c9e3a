"""What the ways from outside the cluster name: classes, Gateways, Services, certificates."""

from collections.abc import Iterator

from modelops.manifests import Identity
from modelops.verify.paths import map_at, maps_at, text_at
from modelops.verify.placement import Placed
from modelops.verify.references.reference import Reference, core

GATEWAYS = "gateway.networking.k8s.io"


def ingress_references(placed: Placed) -> Iterator[Reference]:
    """Yield the class, the Secrets of certificates, and the Services that requests go to."""
    home = placed.identity.namespace
    if name := text_at(placed.body, "spec", "ingressClassName"):
        named = Identity("networking.k8s.io", "IngressClass", "", name)
        yield Reference(("spec", "ingressClassName"), named)
    for path, entry in maps_at(placed.body, "spec", "tls"):
        if secret := text_at(entry, "secretName"):
            yield Reference((*path, "secretName"), core("Secret", home, secret))
    for outer, rule in maps_at(placed.body, "spec", "rules"):
        for inner, entry in maps_at(rule, "http", "paths"):
            name = text_at(entry, "backend", "service", "name")
            full = (*outer, *inner, "backend", "service", "name")
            yield Reference(full, core("Service", home, name))


def http_route_references(placed: Placed) -> Iterator[Reference]:
    """Yield the Gateways that a route is attached to, and the Services that requests go to."""
    home = placed.identity.namespace
    for path, parent in maps_at(placed.body, "spec", "parentRefs"):
        where = text_at(parent, "namespace") or home
        kind = text_at(parent, "kind") or "Gateway"
        named = Identity(GATEWAYS, kind, where, text_at(parent, "name"))
        yield Reference((*path, "name"), named)
    for outer, rule in maps_at(placed.body, "spec", "rules"):
        for inner, backend in maps_at(rule, "backendRefs"):
            where = text_at(backend, "namespace") or home
            named = core("Service", where, text_at(backend, "name"))
            yield Reference((*outer, *inner, "name"), named)


def openshift_route_references(placed: Placed) -> Iterator[Reference]:
    """Yield the Service that requests go to."""
    target = map_at(placed.body, "spec", "to")
    named = core("Service", placed.identity.namespace, text_at(target, "name"))
    yield Reference(("spec", "to", "name"), named)
