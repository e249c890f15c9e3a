"""NAM002: a service or component under a name that the compiler's own objects have."""

from collections.abc import Iterator

from modelops import names
from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import nam
from modelops.plan.scope import AnyScope
from modelops.plan.workloads import workloads

TAKEN = frozenset(
    {
        names.SCHEDULER,
        names.WORKER,
        names.SECRET_BOOTSTRAP,
        names.PULL_CHECK,
        names.RESULTS_CLAIM,
        "default",
    }
)
"""Deployments, accounts and claims that a namespace may already have."""


def taken_name(scope: AnyScope) -> Iterator[Diagnostic]:
    """Refuse it: two objects of one kind cannot have one name."""
    for one in workloads(scope):
        if one.name in TAKEN:
            yield scope.breach(
                nam.NAM002,
                f"`{one.name}` is the name of something that the compiler makes itself",
                scope.unit.at_key(*one.path),
                "choose another name",
            )
