"""Part of `render`: what makes a workload reachable from outside the cluster."""

from typing import assert_never

from modelops.planned import HttpRoutePlan, IngressPlan, OpenshiftRoutePlan, WorkloadPlan
from modelops.render.metadata import Object, of_unit


def exposed(planned: WorkloadPlan) -> list[Object]:
    """An Ingress, an HTTPRoute, an OpenShift Route, or nothing."""
    exposure = planned.exposure
    match exposure:
        case None:
            return []
        case IngressPlan():
            return [_ingress(planned, exposure)]
        case HttpRoutePlan():
            return [_http_route(planned, exposure)]
        case OpenshiftRoutePlan():
            return [_openshift_route(planned, exposure)]
        case _:
            assert_never(exposure)


def _ingress(planned: WorkloadPlan, way: IngressPlan) -> Object:
    backend = {"service": {"name": planned.name, "port": {"number": way.port}}}
    path = {"path": "/", "pathType": "Prefix", "backend": backend}
    notes = {"cert-manager.io/cluster-issuer": way.issuer} if way.issuer else None
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": of_unit(planned, planned.name, planned.name, notes),
        "spec": {
            "ingressClassName": way.class_name,
            **({"tls": [_certificate(way)]} if way.tls else {}),
            "rules": [{"host": way.host, "http": {"paths": [path]}}],
        },
    }


def _certificate(way: IngressPlan) -> Object:
    """Without a Secret the controller shows its own certificate."""
    secret = {"secretName": way.certificate} if way.certificate else {}
    return {"hosts": [way.host], **secret}


def _http_route(planned: WorkloadPlan, way: HttpRoutePlan) -> Object:
    """Attached to the Gateway's listeners of one port: those with TLS, or those without."""
    parent = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "namespace": way.gateway_namespace,
        "name": way.gateway,
        "port": way.listener,
    }
    backend = {"kind": "Service", "name": planned.name, "port": way.port}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            "parentRefs": [parent],
            "hostnames": [way.host],
            "rules": [{"backendRefs": [backend]}],
        },
    }


def _openshift_route(planned: WorkloadPlan, way: OpenshiftRoutePlan) -> Object:
    """Who comes without TLS is sent to the host with it."""
    tls = {"termination": way.termination, "insecureEdgeTerminationPolicy": "Redirect"}
    return {
        "apiVersion": "route.openshift.io/v1",
        "kind": "Route",
        "metadata": of_unit(planned, planned.name, planned.name),
        "spec": {
            "host": way.host,
            "to": {"kind": "Service", "name": planned.name, "weight": 100},
            "port": {"targetPort": way.port},
            "wildcardPolicy": "None",
            **({"tls": tls} if way.termination else {}),
        },
    }
