"""The stage `verify`: rendered objects in, the same objects out when nothing is wrong with them.

It holds every object against the Kubernetes schemas of the targeted minor and its neighbours, the
schemas of the custom resources in use, Pod Security Standards *restricted*, and the integrity of
references, names and namespaces, so that what the cluster would refuse is refused before it is
written. Where the files that were committed before are given, it also finds what cannot be changed
in place. It changes nothing, knows no model and no plan, and reads nothing but its own schemas.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from modelops.diagnostics import Diagnostic, Outcome, worst_first
from modelops.manifests import Manifests
from modelops.verify.changes import changes
from modelops.verify.checks import CHECKS
from modelops.verify.earlier import earlier_objects
from modelops.verify.placement import Placement, place

__all__ = ["NOTHING", "verify"]


NOTHING: Mapping[str, bytes] = MappingProxyType({})
"""No older files: nothing is compared."""


def verify(manifests: Manifests, earlier: Mapping[str, bytes] = NOTHING) -> Outcome[Manifests]:
    """The manifests as they came, with everything that the checks found; None on an error.

    Args:
        manifests: what was rendered.
        earlier: files of an older `generated/`, by path below it; empty compares nothing.
    """
    placement = place(manifests)
    checked = [finding for check in CHECKS for finding in check(placement)]
    found = worst_first([*checked, *_changed(placement, earlier)])
    outcome = Outcome(manifests, found)
    return Outcome(None, found) if outcome.failed else outcome


def _changed(placement: Placement, earlier: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    for environment in placement.environments if earlier else ():
        yield from changes(environment, earlier_objects(environment.name, earlier))
