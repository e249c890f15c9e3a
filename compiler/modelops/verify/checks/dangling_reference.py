"""VER002: a name that nothing answers to.

What resolves: the environment's own objects, what its inputs declare as given, what Kubernetes
makes in every cluster, and the Secrets that its ExternalSecrets will make. Keys are checked where
it can be known which there are.
"""

from collections.abc import Iterator, Mapping

from modelops.diagnostics import Diagnostic, did_you_mean
from modelops.diagnostics.rulebook import ver
from modelops.manifests import Identity
from modelops.verify.paths import map_at, maps_at, text_at
from modelops.verify.placement import Placed, PlacedEnvironment, Placement, finding
from modelops.verify.references import Reference, references_of
from modelops.verify.scopes import is_built_in

EXTERNAL_SECRET = ("external-secrets.io", "ExternalSecret")
KEYED = (("", "ConfigMap"), ("", "Secret"))
Made = Mapping[Identity, frozenset[str] | None]
"""What a reference may name; its keys where they are known."""


def dangling_reference(placement: Placement) -> Iterator[Diagnostic]:
    """Yield every reference to what is not there."""
    for environment in placement.environments:
        made = _made(environment)
        pods = {id(pod.owner): pod for pods in environment.pods.values() for pod in pods}
        for placed in environment.objects:
            for reference in references_of(placed, pods.get(id(placed))):
                yield from _resolve(placed, reference, made)


def _made(environment: PlacedEnvironment) -> Made:
    made: dict[Identity, frozenset[str] | None] = dict.fromkeys(environment.given.identities)
    for identity, placed in environment.by_identity.items():
        made[identity] = _keys(placed) if placed.kind in KEYED else None
        if placed.kind == EXTERNAL_SECRET:
            name = text_at(placed.body, "spec", "target", "name") or identity.name
            made[Identity("", "Secret", identity.namespace, name)] = _secret_keys(placed)
    return made


def _keys(placed: Placed) -> frozenset[str]:
    sections = ("data", "binaryData", "stringData")
    return frozenset(key for section in sections for key in map_at(placed.body, section))


def _secret_keys(placed: Placed) -> frozenset[str] | None:
    """The keys of the Secret to be made; None where a generator or a template decides them."""
    spec = map_at(placed.body, "spec")
    if spec.get("dataFrom") or map_at(spec, "target").get("template"):
        return None
    return frozenset(text_at(entry, "secretKey") for _, entry in maps_at(spec, "data"))


def _resolve(placed: Placed, reference: Reference, made: Made) -> Iterator[Diagnostic]:
    target = reference.target
    if target not in made:
        if not is_built_in(target):
            text = f"there is no {target}"
            yield finding(ver.VER002, placed, reference.path, text, _near(target, made))
        return
    keys = made[target]
    if reference.key and keys is not None and reference.key not in keys:
        text = f"{target} has no key `{reference.key}`"
        yield finding(ver.VER002, placed, reference.path, text, did_you_mean(reference.key, keys))


def _near(target: Identity, made: Made) -> str:
    """The names of the same kind in the same namespace, and what else may be done."""
    alike = [
        other.name
        for other in made
        if (other.group, other.kind, other.namespace)
        == (target.group, target.kind, target.namespace)
    ]
    declare = "declare it as existing, if someone else makes it"
    return "\n".join(filter(None, (did_you_mean(target.name, alike), declare)))
