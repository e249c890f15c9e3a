"""CFG011: a registry of bundles at a port that there is not."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import cfg
from modelops.model.workspace import BundleSource
from modelops.plan.images import bundle_registry, registry_port
from modelops.plan.scope import Scope
from modelops.provenance import Span

MOST = 65_535
"""The greatest TCP port."""


def impossible_port(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse a port outside 1 to 65535: network policies open the one that is written."""
    if scope.spec.bundles.source is not BundleSource.OCI:
        return
    registry = bundle_registry(scope)
    port = registry_port(registry)
    if not 1 <= port <= MOST:
        yield scope.breach(
            cfg.CFG011,
            f"the registry `{registry}` is at the port {port}, and ports end at {MOST}",
            _place(scope),
            "write HOST:PORT with a port of 1 to 65535, or leave the port out: it is 443 then",
        )


def _place(scope: Scope) -> Span:
    if scope.spec.bundles.registry is not None:
        return scope.at("bundles", "registry")
    if scope.environment.spec.registry.prefix is not None:
        return scope.environment.at("registry", "prefix")
    return scope.images.at("registry")
