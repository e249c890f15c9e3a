"""VER003: two objects of one identity, of which the cluster would hold only one.

Looked for within an environment: nothing says which environments share a cluster, and what has a
name of its environment's choice, such as the Git source, may be another on another cluster.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import ver
from modelops.provenance import start_of
from modelops.verify.placement import Placed, Placement, finding


def duplicate_identity(placement: Placement) -> Iterator[Diagnostic]:
    """Yield each object whose identity another one took before it."""
    for environment in placement.environments:
        for placed in environment.objects:
            first = environment.by_identity[placed.identity]
            if first is not placed and placed.identity.name:
                yield _taken(placed, first)


def _taken(placed: Placed, first: Placed) -> Diagnostic:
    note = Note(start_of(first.unit.source), f"{first.identity} is made from this file")
    remedy = "rename one of the two inputs, or remove one"
    return finding(ver.VER003, placed, (), f"it is also in {first.file}", remedy, note)
