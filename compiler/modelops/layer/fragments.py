"""Part of stage `layer`: the trees that files hold, each as one layer.

Documents come in. Their own specs leave, and the partial specs of other kinds inside Defaults,
Profiles and environments' `defaults`: each once, both to be merged and to be valid by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelops.documents import UNIT_FOLDERS, Document, Documents, Kind, LayeredSpec
from modelops.layer.merge import Layer, as_written
from modelops.provenance import DataPath, Origins

FILE = "file"
DEFAULTS = "defaults"
OVERRIDES = "overrides"
"""Where a Profile, and below `defaults` an Environment, holds its partial specs by kind."""


def key_of(kind: Kind) -> str:
    """The key that a kind's partial specs have: `workspace`."""
    return kind.value.lower()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A partial spec: what kind of object it is a layer of, and what that layer is called."""

    document: Document
    path: DataPath
    kind: Kind
    layer: str


Fragments = Mapping[tuple[str, DataPath], Layer]
"""The layer of every partial spec, by its file and its path below `spec`."""


def profile_layer(profile: str, owner: str | None, part: str) -> str:
    """What a profile's layer is called; `owner` is the environment whose own profile it is."""
    whose = f"{owner}'s " if owner else ""
    return f"{part} of {whose}profile {profile}"


def fragments_of(documents: Documents) -> list[Fragment]:
    """Every partial spec that is a map; one that is null or no map says nothing."""
    return [held for held in _places(documents) if isinstance(_tree(held), dict)]


def layers_of(fragments: list[Fragment]) -> Fragments:
    """Each partial spec as a layer."""
    return {
        (held.document.file, held.path): Layer(
            held.layer, _tree(held), held.document.marks, ("spec", *held.path)
        )
        for held in fragments
    }


def whole(document: Document, *, but: str = "") -> Layer:
    """A file's own `spec` as a layer, without the key `but`."""
    tree = {key: value for key, value in document.spec.items() if key != but}
    return Layer(FILE, tree, document.marks, ("spec",))


def alone(document: Document) -> LayeredSpec:
    """A file's own `spec`, merged with nothing."""
    return _spec(document.kind, document.name, document.file, whole(document))


def loose(documents: Documents, layers: Fragments, fragments: list[Fragment]) -> list[LayeredSpec]:
    """All that is to be valid by itself: what holds partial specs, and the partial specs.

    Of an environment that is its `defaults`, which are no part of its merged tree.
    """
    base = documents.base
    holders = [_spec(base.kind, base.file, base.file, whole(base))] if base else []
    holders += [
        _spec(document.kind, document.file, document.file, _only_defaults(document))
        for document in (held.environment for held in documents.environments.values())
        if "defaults" in document.spec
    ]
    parts = [
        _spec(held.kind, file, file, layers[file, held.path])
        for held in fragments
        for file in (held.document.file,)
    ]
    return holders + parts


def _only_defaults(document: Document) -> Layer:
    tree = {"defaults": document.spec["defaults"]}
    return Layer(FILE, tree, document.marks, ("spec",))


def _spec(kind: Kind, name: str, file: str, said: Layer) -> LayeredSpec:
    """One layer as it was written."""
    merged = as_written(said)
    origins = Origins(file, merged.trails, merged.deleted, merged.overriding)
    return LayeredSpec(kind, name, file, merged.tree, origins, (said.name,))


def _tree(held: Fragment) -> Any:  # noqa: ANN401 -- whatever a person wrote there
    """What stands at a fragment's place; None where nothing does."""
    tree: Any = held.document.spec
    for key in held.path:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _places(documents: Documents) -> Iterator[Fragment]:
    """Every place for a partial spec."""
    if documents.base:
        for kind in (Kind.ENVIRONMENT, *UNIT_FOLDERS.values()):
            yield Fragment(documents.base, (key_of(kind),), kind, "base")
    yield from _places_in_profiles(documents.profiles, None)
    for environment in documents.environments.values():
        for kind in UNIT_FOLDERS.values():
            yield Fragment(environment.environment, (DEFAULTS, key_of(kind)), kind, "environment")
        yield from _places_in_profiles(environment.profiles, environment.name)


def _places_in_profiles(profiles: Mapping[str, Document], owner: str | None) -> Iterator[Fragment]:
    for name, document in profiles.items():
        for part in (DEFAULTS, OVERRIDES):
            called = profile_layer(name, owner, part)
            for kind in UNIT_FOLDERS.values():
                yield Fragment(document, (part, key_of(kind)), kind, called)
