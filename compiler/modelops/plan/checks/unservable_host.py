"""CFG011: an exposure for which the environment does not say how requests come in."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.cluster import Cluster
from modelops.model.workload import ExposeKind
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import workloads


def unservable_host(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse kinds whose facts `cluster.ingress` or `cluster.features` lacks."""
    for one in workloads(scope):
        if one.spec.expose is None:
            continue
        for missing in _missing(scope.cluster, one.spec.expose.kind):
            yield scope.breach(
                cfg.CFG011,
                f"`{one.name}` is exposed by {one.spec.expose.kind}, which needs `{missing}`, and "
                f"{scope.environment.name} does not say it",
                scope.unit.at_key(*one.path, "expose"),
                f"add `{missing}` to {scope.environment.source}, or expose it otherwise",
            )


def _missing(cluster: Cluster, kind: ExposeKind) -> Iterator[str]:
    ingress, features = cluster.ingress, cluster.features
    if kind is ExposeKind.HTTP_ROUTE and not features.gateway_api:
        yield "cluster.features.gatewayApi: true"
    if kind is ExposeKind.OPENSHIFT_ROUTE and not features.openshift_routes:
        yield "cluster.features.openshiftRoutes: true"
    if ingress is None:
        yield "cluster.ingress"
        return
    if kind is ExposeKind.HTTP_ROUTE:
        yield from () if ingress.gateway else ("cluster.ingress.gateway",)
        return
    yield from () if ingress.namespace else ("cluster.ingress.namespace",)
    if kind is ExposeKind.INGRESS and ingress.class_ is None:
        yield "cluster.ingress.class"
