"""STO005: results on a pod's own disk, where pods come and go or results matter."""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Severity, Tier
from modelops.diagnostics.rulebook import sto
from modelops.model.workspace import EphemeralResults
from modelops.plan.scope import Scope

_ACCEPT = '\nor accept it in the workspace: `accept: {STO005: "why it is fine"}`'


def lost_results(scope: Scope) -> Iterator[Diagnostic]:
    """Refuse in production, and warn with autoscaling, of results that go with their pod."""
    autoscaled = scope.spec.workers.autoscaling is not None
    production = scope.tier is Tier.PRODUCTION
    if not isinstance(scope.spec.results, EphemeralResults) or not (autoscaled or production):
        return
    why = "autoscaling takes pods away" if autoscaled else "this is production"
    rule = sto.STO005
    yield scope.breach(
        rule,
        f"results are `ephemeral`: they go with the worker's pod, and {why}",
        scope.at("results", "kind"),
        "write `results: {kind: volume, size: 50Gi}`"
        + (_ACCEPT if rule.severity_in(scope.tier) is Severity.WARNING else ""),
        *((scope.note("what takes pods away", "workers", "autoscaling"),) if autoscaled else ()),
    )
