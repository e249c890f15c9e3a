"""AVL007: one workload whose selector also selects the pods of another.

Each would count the other's pods as its own, and a Service or a policy for the one would be for
both.
"""

from collections.abc import Iterator
from itertools import permutations

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import avl
from modelops.verify.paths import map_at
from modelops.verify.placement import Placement, finding
from modelops.verify.selectors import selects

HELP = "give each workload's pods a label of their own, and select by it"


def shared_pods(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every selector over another workload's pods in the same namespace."""
    for environment in placement.environments:
        for pods in environment.pods.values():
            for mine, other in permutations(pods, 2):
                selector = map_at(mine.owner.body, "spec", "selector")
                if selector and selects(selector, other.labels):
                    text = f"also selects the pods of {other.owner.identity}"
                    yield finding(avl.AVL007, mine.owner, ("spec", "selector"), text, HELP)
