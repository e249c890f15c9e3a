"""GIT005: what only the cluster has, in a unit that Flux removes when its files are gone.

A volume claim and a value that is made once cannot come back from git. Flux leaves alone what
carries an annotation; the claims that a StatefulSet makes carry none, and stay unless it says
otherwise. A claim also ends with its namespace, which needs the annotation as well. Left out
is what carries another annotation of ours, which says that its data may go.
"""

from collections.abc import Iterator

from modelops.diagnostics import Diagnostic
from modelops.diagnostics.rulebook import git
from modelops.verify.flux import PRUNE, kustomizations, unit_of
from modelops.verify.paths import map_at, text_at, value_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding

HELP = f"annotate it {PRUNE}: disabled"
RETAIN = "modelops.io/retain"
CLAIM = ("", "PersistentVolumeClaim")
STATEFUL_SET = ("apps", "StatefulSet")
EXTERNAL_SECRET = ("external-secrets.io", "ExternalSecret")


def unprotected_data(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every object that Flux may remove together with data."""
    for environment in placement.environments:
        pruned = _pruned(environment)
        for placed, text in _holders(environment):
            annotations = map_at(placed.body, "metadata", "annotations")
            if placed.unit.name in pruned and annotations.get(PRUNE) != "disabled":
                path = ("metadata", "annotations", PRUNE)
                yield finding(git.GIT005, placed, path, text, HELP)


def _pruned(environment: PlacedEnvironment) -> frozenset[str]:
    """The units whose objects go when their files do."""
    return frozenset(
        unit_of(placed)
        for placed in kustomizations(environment)
        if value_at(placed.body, "spec", "prune") is True
    )


def _holders(environment: PlacedEnvironment) -> Iterator[tuple[Placed, str]]:
    """The objects whose end is the end of data, and why."""
    homes: dict[str, Placed] = {}
    for placed in environment.objects:
        if map_at(placed.body, "metadata", "annotations").get(RETAIN) == "false":
            continue
        kind, claims = placed.kind, _has_claims(placed)
        if kind == CLAIM or (claims and _removes_claims(placed)):
            yield placed, "must be disabled: the data on its volumes would go with it"
        elif kind == EXTERNAL_SECRET and _made_once(placed):
            yield placed, "must be disabled: its values are made once, and nobody else has them"
        if kind == CLAIM or claims:
            homes.setdefault(placed.identity.namespace, placed)
    for namespace, claim in homes.items():
        home = environment.namespaces.get(namespace)
        if home is not None:
            yield home, f"must be disabled: {claim.identity.kind} {claim.identity.name} is in it"


def _has_claims(placed: Placed) -> bool:
    return placed.kind == STATEFUL_SET and bool(
        value_at(placed.body, "spec", "volumeClaimTemplates")
    )


def _removes_claims(placed: Placed) -> bool:
    policy = map_at(placed.body, "spec", "persistentVolumeClaimRetentionPolicy")
    return policy.get("whenDeleted") == "Delete"


def _made_once(placed: Placed) -> bool:
    return text_at(placed.body, "spec", "refreshPolicy") == "CreatedOnce"
