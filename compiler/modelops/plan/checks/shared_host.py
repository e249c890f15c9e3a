"""NET004: one host for two workloads."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import net
from modelops.model import Configuration
from modelops.plan.scope import unit_scopes
from modelops.plan.workloads import workloads

if TYPE_CHECKING:
    from modelops.provenance import Span


def shared_host(configuration: Configuration) -> Iterator[Diagnostic]:
    """Refuse it, over all environments: a name leads to one place."""
    first: dict[str, tuple[Span, str]] = {}
    for scope in unit_scopes(configuration):
        for one in workloads(scope):
            if one.spec.expose is None:
                continue
            host, at = one.spec.expose.host, scope.at(*one.path, "expose", "host")
            mine = (at, f"`{one.name}` in {scope.unit.source}")
            other_at, other = first.setdefault(host, mine)
            if (other_at, other) != mine:
                yield scope.breach(
                    net.NET004,
                    f"`{host}` is the host of {mine[1]}, and of {other} as well",
                    at,
                    "give one of the two another host",
                    Note(other_at, "the other"),
                )
