"""The stage `verify`: rendered objects in, the same objects out when nothing is wrong with them.

It holds every object against the Kubernetes schemas of the targeted minor and its neighbours, the
schemas of the custom resources in use, Pod Security Standards *restricted*, and the integrity of
references, names and namespaces, so that what the cluster would refuse is refused before it is
written. It changes nothing, knows no model and no plan, and reads nothing but its own schemas.
"""

from modelops.diagnostics import Outcome, worst_first
from modelops.manifests import Manifests
from modelops.verify.checks import CHECKS
from modelops.verify.placement import place

__all__ = ["verify"]


def verify(manifests: Manifests) -> Outcome[Manifests]:
    """The manifests as they came, with everything that the checks found; None on an error."""
    placement = place(manifests)
    found = worst_first(finding for check in CHECKS for finding in check(placement))
    outcome = Outcome(manifests, found)
    return Outcome(None, found) if outcome.failed else outcome
