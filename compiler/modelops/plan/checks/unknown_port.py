"""CFG011: a probe or an exposure of a port that the workload does not have."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import cfg
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import Written, workloads


def unknown_port(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse names that are not among its `ports`, and one number under two names."""
    for one in workloads(scope):
        for path, name in _named(one):
            if name not in one.spec.ports:
                yield scope.breach(
                    cfg.CFG011,
                    f"`{one.field(*path)}` is `{name}`, and `{one.name}` has no such port",
                    scope.at(*one.path, *path),
                    did_you_mean(name, one.spec.ports) or f"add `{name}` to its `ports`",
                )
        yield from _twice(scope, one)


def _named(one: Written) -> Iterator[tuple[tuple[str, ...], str]]:
    probes = one.spec.probes
    for field in ("startup", "readiness", "liveness"):
        probe = getattr(probes, field)
        if probe is not None:
            yield ("probes", field, "port"), probe.port
    if one.spec.expose is not None:
        yield ("expose", "port"), one.spec.expose.port


def _twice(scope: AnyScope, one: Written) -> Iterator[Diagnostic]:
    first: dict[int, str] = {}
    for name, port in one.spec.ports.items():
        other = first.setdefault(port.port, name)
        if other != name:
            yield scope.breach(
                cfg.CFG011,
                f"`{one.name}` has port {port.port} under two names: `{other}` and `{name}`",
                scope.at(*one.path, "ports", name, "port"),
                "keep one of the two",
                scope.note("the other", *one.path, "ports", other),
            )
