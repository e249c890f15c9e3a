"""VER003: two objects of one identity, of which the cluster would hold only one.

Within an environment always; across environments when they differ, because two environments may
share a cluster (what both need alike, such as a source, may stand in both).
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic, Note
from modelops.diagnostics.rulebook import ver
from modelops.manifests import Identity
from modelops.provenance import start_of
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding


def duplicate_identity(placement: Placement) -> Iterator[Diagnostic]:
    """Yield each object whose identity another one took before it."""
    seen = dict[Identity, Placed]()
    for environment in placement.environments:
        yield from _within(environment)
        for identity, placed in environment.by_identity.items():
            first = seen.setdefault(identity, placed)
            if identity.name and first.body != placed.body:
                text = f"another environment makes it differently, in {first.file}"
                yield _taken(placed, first, text)


def _within(environment: PlacedEnvironment) -> Iterator[Diagnostic]:
    for placed in environment.objects:
        first = environment.by_identity[placed.identity]
        if first is not placed and placed.identity.name:
            yield _taken(placed, first, f"it is also in {first.file}")


def _taken(placed: Placed, first: Placed, text: str) -> Diagnostic:
    note = Note(start_of(first.unit.source), f"{first.identity} is made from this file")
    remedy = "rename one of the two inputs, or remove one"
    return finding(ver.VER003, placed, (), text, remedy, note)
