"""All references of one object: its namespace, its pods', and those that its kind makes."""

from collections.abc import Iterator

from modelops.verify.placement import Placed, PodTemplate
from modelops.verify.references.kinds import OF_KIND
from modelops.verify.references.pods import pod_references
from modelops.verify.references.reference import Reference, core


def references_of(placed: Placed, pod: PodTemplate | None) -> Iterator[Reference]:
    """Yield what the object, and the pod template in it, name."""
    if placed.identity.namespace:
        home = core("Namespace", "", placed.identity.namespace)
        yield Reference(("metadata", "namespace"), home)
    if pod:
        yield from pod_references(pod)
    of_kind = OF_KIND.get(placed.kind)
    if of_kind:
        yield from of_kind(placed)
