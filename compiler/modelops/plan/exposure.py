"""How people outside the cluster reach a workload: through what the environment says of ingress.

The pods that requests come from are named with their namespace, and no other way is opened.
"""

from typing import assert_never

from modelops import names
from modelops.model.cluster import Ingress
from modelops.model.workload import Component, Expose, ExposeKind
from modelops.plan.scope import AnyScope
from modelops.planned import (
    ExposurePlan,
    HttpRoutePlan,
    IngressPlan,
    OpenshiftRoutePlan,
)
from modelops.provenance import carried, derived

HTTPS, HTTP = 443, 80
EDGE = "edge"
"""TLS ends at OpenShift's router, with its own certificate."""


def exposure(scope: AnyScope, name: str, spec: Component) -> ExposurePlan | None:
    """What makes the workload reachable; None where nothing shall. Facts have been checked."""
    expose, ingress = spec.expose, scope.cluster.ingress
    if expose is None:
        return None
    if ingress is None:
        raise LookupError(expose.host)
    written = spec.ports[expose.port].port
    port = carried(written, expose.port, written)
    match expose.kind:
        case ExposeKind.INGRESS:
            return _ingress(name, expose, ingress, port)
        case ExposeKind.HTTP_ROUTE:
            return _http_route(expose, ingress, port)
        case ExposeKind.OPENSHIFT_ROUTE:
            termination = derived("TLS ends at the router", EDGE, expose.tls)
            return OpenshiftRoutePlan(expose.host, port, termination if expose.tls else "")
        case _:
            assert_never(expose.kind)


def from_outside(scope: AnyScope, spec: Component) -> str | None:
    """The namespace whose pods pass requests on to an exposed workload; None where nothing says."""
    ingress = scope.cluster.ingress
    if ingress is None or spec.expose is None:
        return None
    if spec.expose.kind == ExposeKind.HTTP_ROUTE and ingress.gateway and not ingress.namespace:
        return ingress.gateway.namespace
    return ingress.namespace


def _ingress(name: str, expose: Expose, ingress: Ingress, port: int) -> IngressPlan:
    issuer = ingress.cluster_issuer if expose.tls and ingress.cluster_issuer else ""
    secret = names.fitted(f"{name}-tls", names.SUBDOMAIN_LIMIT)
    return IngressPlan(
        class_name=ingress.class_ or "",
        host=expose.host,
        port=port,
        tls=bool(expose.tls),
        issuer=issuer,
        certificate=derived("<workload>-tls", secret, name, issuer) if issuer else "",
    )


def _http_route(expose: Expose, ingress: Ingress, port: int) -> HttpRoutePlan:
    if ingress.gateway is None:
        raise LookupError(expose.host)
    listener = HTTPS if expose.tls else HTTP
    return HttpRoutePlan(
        gateway=ingress.gateway.name,
        gateway_namespace=ingress.gateway.namespace,
        listener=derived("443 with TLS, 80 without", listener, expose.tls),
        host=expose.host,
        port=port,
    )
