"""NET004: a host that is not below the environment's domain."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import net
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import workloads


def foreign_host(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it: its name would lead somewhere else, or nowhere."""
    ingress = scope.cluster.ingress
    for one in workloads(scope) if ingress else ():
        expose = one.spec.expose
        if ingress and expose and not expose.host.endswith(f".{ingress.domain}"):
            first = expose.host.partition(".")[0]
            yield scope.breach(
                net.NET004,
                f"`{expose.host}` is not below {ingress.domain}, the domain of "
                f"{scope.environment.name}",
                scope.at(*one.path, "expose", "host"),
                f"write a host below it, such as {first}.{ingress.domain}",
                Note(scope.environment.at("cluster", "ingress", "domain"), "the domain"),
            )
