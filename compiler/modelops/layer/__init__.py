"""Stage `layer`: from Documents to one merged tree an object, with the origin of every value.

Documents and what a preview adds come in; for every environment and unit the merge of all its
layers leaves, and beside each tree the trails of its values. Defaults of the models are no layer
here, and no key is judged: both are the business of `validate`. Nothing that comes in is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from modelops.diagnostics import Diagnostic, Outcome, worst_first
from modelops.diagnostics.rulebook import cfg
from modelops.documents import (
    Document,
    Documents,
    EnvironmentDocuments,
    Kind,
    Layered,
    LayeredEnvironment,
    LayeredSpec,
    Preview,
    unit_target,
)
from modelops.layer.fragments import (
    DEFAULTS,
    FILE,
    OVERRIDES,
    Fragments,
    alone,
    fragments_of,
    key_of,
    layers_of,
    loose,
    profile_layer,
    whole,
)
from modelops.layer.merge import Layer, merge
from modelops.layer.profiles import (
    Choice,
    chosen_by_environment,
    chosen_by_file,
    chosen_by_preview,
    known,
    unknown,
)
from modelops.layer.settings import (
    ENVIRONMENT_TARGET,
    SETTING,
    layers_by_target,
    without_target,
)
from modelops.provenance import Origins

__all__ = ["layer"]

Looked = list[tuple[str, Layer | None]]
"""The layers that are looked at, lowest first; None for one that says nothing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the layering of every object looks at."""

    documents: Documents
    fragments: Fragments
    settings: dict[str, list[Layer]]
    preview: Choice


def layer(documents: Documents, preview: Preview) -> Outcome[Layered]:
    """Merge all layers of every object.

    Found are unknown profiles (CFG003), settings on targets that do not exist (CFG011) and
    `defaults` that no layer would read (CFG001). The value is there also then, merged without
    them, so that a single run can find what else is wrong.
    """
    fragments = fragments_of(documents)
    layers = layers_of(fragments)
    settings = dict(layers_by_target(preview.settings))
    scene = Scene(documents, layers, settings, chosen_by_preview(preview.profiles))
    outcomes = [_environment(scene, environment) for environment in documents.environments.values()]
    layered = Layered(
        images=_only_file(documents.images),
        profiles=tuple(alone(document) for document in _profiles(documents)),
        environments=tuple(outcome.value for outcome in outcomes if outcome.value),
        fragments=tuple(loose(documents, layers, fragments)),
    )
    found = [
        *without_target(preview.settings, documents),
        *_idle_defaults(documents),
        *(diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics),
    ]
    return Outcome(layered, worst_first(found))


def _profiles(documents: Documents) -> Iterator[Document]:
    """The profiles of all environments, then each environment's own."""
    yield from documents.profiles.values()
    for environment in documents.environments.values():
        yield from environment.profiles.values()


def _environment(scene: Scene, environment: EnvironmentDocuments) -> Outcome[LayeredEnvironment]:
    """One environment and its units."""
    looked: Looked = [
        *_in_base(scene, Kind.ENVIRONMENT),
        (FILE, whole(environment.environment, but="defaults")),
        *_set_on(scene, ENVIRONMENT_TARGET),
    ]
    spec = _merged(environment.environment, looked)
    names = sorted({*scene.documents.profiles, *environment.profiles})
    default = chosen_by_environment(spec)
    choices = [
        (document, _choice(scene, document, default)) for document in environment.all_units()
    ]
    chosen = [(document, known(choice, names)) for document, choice in choices]
    units = tuple(_unit(scene, environment, document, profiles) for document, profiles in chosen)
    overridden = tuple(
        alone(document)
        for document, profiles in chosen
        if any(said for _, said in _overrides(scene, environment, document.kind, profiles))
    )
    found = [
        diagnostic
        for choice in (default, *(choice for _, choice in choices))
        for diagnostic in unknown(choice, names, environment)
    ]
    cloud = _only_file(environment.cloud)
    return Outcome(LayeredEnvironment(spec, units, cloud, overridden), tuple(found))


def _choice(scene: Scene, document: Document, default: Choice) -> Choice:
    """A unit's profiles: the preview's, else the file's, else its environment's."""
    if scene.preview:
        return scene.preview
    return default if document.spec.get("profile") is None else chosen_by_file(document)


def _unit(
    scene: Scene,
    environment: EnvironmentDocuments,
    document: Document,
    profiles: tuple[str, ...],
) -> LayeredSpec:
    """One workspace, run or service."""
    key, own = key_of(document.kind), environment.environment.file
    looked: Looked = [
        *_in_base(scene, document.kind),
        ("environment", scene.fragments.get((own, (DEFAULTS, key)))),
        *_in_profiles(scene, environment, profiles, (DEFAULTS, key)),
        (FILE, whole(document)),
        *_overrides(scene, environment, document.kind, profiles),
        *_set_on(scene, unit_target(document.kind, document.name)),
    ]
    return _merged(document, looked, profiles)


def _merged(document: Document, looked: Looked, profiles: tuple[str, ...] = ()) -> LayeredSpec:
    """The object that a file is named after, from all its layers."""
    merged = merge([said for _, said in looked if said])
    return LayeredSpec(
        kind=document.kind,
        name=document.name,
        source=document.file,
        tree=merged.tree,
        origins=Origins(document.file, merged.trails, merged.deleted, merged.overriding),
        layers=tuple(dict.fromkeys(name for name, _ in looked)),
        profiles=profiles,
    )


def _only_file(document: Document | None) -> LayeredSpec | None:
    """What no layer reaches: images, and what Azure answered."""
    return _merged(document, [(FILE, whole(document))]) if document else None


def _in_base(scene: Scene, kind: Kind) -> Looked:
    """The layer of `base.yaml`, where there is such a file."""
    base = scene.documents.base
    return [("base", scene.fragments.get((base.file, (key_of(kind),))))] if base else []


def _in_profiles(
    scene: Scene, environment: EnvironmentDocuments, names: tuple[str, ...], path: tuple[str, str]
) -> Looked:
    """The layers of profiles in order; of each, the shared file lies below the environment's."""
    shelves = ((scene.documents.profiles, None), (environment.profiles, environment.name))
    return [
        (profile_layer(name, owner, path[0]), scene.fragments.get((shelf[name].file, path)))
        for name in names
        for shelf, owner in shelves
        if name in shelf
    ]


def _overrides(
    scene: Scene, environment: EnvironmentDocuments, kind: Kind, names: tuple[str, ...]
) -> Looked:
    """What the profiles put above a unit's file."""
    return _in_profiles(scene, environment, names, (OVERRIDES, key_of(kind)))


def _set_on(scene: Scene, target: str) -> Looked:
    """The layers of the settings on a target."""
    return [(SETTING, said) for said in scene.settings.get(target, [])]


def _idle_defaults(documents: Documents) -> Iterator[Diagnostic]:
    """`defaults` in the environments' part of `base.yaml`: no layer would read them."""
    base = documents.base
    fragment = base.spec.get("environment") if base else None
    if base and isinstance(fragment, dict) and "defaults" in fragment:
        mark = base.marks["spec", "environment", "defaults"]
        message = "`defaults` in `base.yaml` would reach nothing"
        remedy = "write what is in it directly below the `spec` of `base.yaml`"
        yield Diagnostic(cfg.CFG001, message, mark.key or mark.value, help=remedy)
