"""Part of the stage `verify`: the Flux Kustomizations of an environment, and the order they give.

A unit is applied after another when its Kustomization depends on the other's, or when the object
of its Kustomization is itself part of the other. Ordering within a unit is Flux's own: namespaces
first.
"""

from collections.abc import Iterator, Mapping

from modelops.manifests import Identity
from modelops.verify.paths import maps_at, text_at
from modelops.verify.placement import Placed, PlacedEnvironment

GROUP = "kustomize.toolkit.fluxcd.io"
ROOT = "./generated/"
"""What the path of a Flux Kustomization begins with; the unit's name follows."""

PRUNE = f"{GROUP}/prune"
"""The annotation of objects that Flux does not remove with their files: `disabled`."""


def kustomizations(environment: PlacedEnvironment) -> Iterator[Placed]:
    """The Flux Kustomizations of an environment."""
    return environment.of((GROUP, "Kustomization"))


def unit_of(kustomization: Placed) -> str:
    """The name of the unit that a Flux Kustomization applies."""
    return text_at(kustomization.body, "spec", "path").removeprefix(ROOT)


def dependency(kustomization: Placed, entry: Mapping[str, object]) -> Identity:
    """The Flux Kustomization that one entry of `dependsOn` names."""
    namespace = text_at(entry, "namespace") or kustomization.identity.namespace
    return Identity(GROUP, "Kustomization", namespace, text_at(entry, "name"))


def earlier_units(environment: PlacedEnvironment) -> Mapping[str, frozenset[str]]:
    """For every unit that Flux applies, itself and those that are there before it."""
    direct = _direct(environment)
    return {unit: _closure(unit, direct) for unit in direct}


def _direct(environment: PlacedEnvironment) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for placed in kustomizations(environment):
        named = (
            dependency(placed, entry) for _, entry in maps_at(placed.body, "spec", "dependsOn")
        )
        before = (environment.by_identity.get(identity) for identity in named)
        units = (placed.unit.name, *(unit_of(other) for other in before if other))
        found[unit_of(placed)] = (*found.get(unit_of(placed), ()), *units)
    return found


def _closure(unit: str, direct: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [unit]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(direct.get(name, ()))
    return frozenset(found)
