"""The stage `render`: a plan becomes Kubernetes objects, as plain values.

In comes a `Plan`, in which everything is decided; out go `Manifests`, in which everything is
written down as JSON data the way the Kubernetes API takes it. One file here for each file of a
unit, and pure functions only: the same plan gives equal objects, each freshly built.

It decides nothing, invents no name or address, judges nothing (`verify` does) and knows no YAML
(`synth` does). What numbers it holds are shapes of Kubernetes itself, each with its reason.
"""

from modelops.manifests import Manifests
from modelops.planned import Plan
from modelops.render.units import environment

__all__ = ["render"]


def render(plan: Plan) -> Manifests:
    """The objects of every environment of the plan, in the plan's order."""
    return Manifests(tuple(environment(planned) for planned in plan.environments))
