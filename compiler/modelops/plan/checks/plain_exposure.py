"""NET003: a workload that is reached from outside the cluster without TLS."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity
from modelops.diagnostics.rulebook import net
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import workloads

_ACCEPT = '\nor accept it in this file: `accept: {NET003: "why it is fine"}`'


def plain_exposure(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it in production, and warn of it elsewhere."""
    rule = net.NET003
    for one in workloads(scope):
        if one.spec.expose is not None and not one.spec.expose.tls:
            yield scope.breach(
                rule,
                f"{one.spec.expose.host} is served without TLS: whatever people send is read "
                "along the way",
                scope.at(*one.path, "expose", "tls"),
                "remove `tls: false`"
                + (_ACCEPT if rule.severity_in(scope.tier) is Severity.WARNING else ""),
            )
