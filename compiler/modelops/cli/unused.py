"""What people wrote that changes nothing: settings that win nowhere, files and names nobody uses.

All objects with their layers merged, and the valid configuration, come in; findings leave. Judged
are the layers that objects share, each by all objects that look at it; what a unit's own file
repeats is for rule CFG004. A null is never idle: it guards against what a lower layer may say one
day. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from modelops.disk import SHARED_FOLDER
from modelops.documents import UNIT_FOLDERS, Kind, Layered, LayeredEnvironment, LayeredSpec
from modelops.layer.fragments import FILE
from modelops.model import Configuration
from modelops.plan.bootstrap_image import bootstrap_image
from modelops.plan.pull_secret import shell_image
from modelops.plan.scope import unit_scopes
from modelops.provenance import DataPath, Origin, Span, Trail, start_of
from modelops.validate.fault import dotted


class Why(StrEnum):
    """Why something changes nothing."""

    OVERRIDDEN = "overridden"
    """Every object that looks at the layer takes another one's value."""
    REPEATED = "repeated"
    """An environment says what the layer below it says."""
    PROFILE = "profile"
    """No unit uses the profile."""
    IMAGE = "image"
    """No unit uses the image."""


@dataclass(frozen=True, slots=True, order=True)
class Idle:
    """Something that changes nothing.

    Attributes:
        at: where it was written.
        why: what makes it idle.
        what: the setting's path, or the name of the profile or image.
        message: the same for people.
    """

    at: Span
    why: Why
    what: str
    message: str


class _Effect(Enum):
    """What one value does for one object."""

    WINS = "wins"
    REPEATS = "repeats"
    HIDDEN = "hidden"


def unused(layered: Layered, configuration: Configuration) -> tuple[Idle, ...]:
    """All that changes nothing, by place."""
    found = [*_settings(layered), *_profiles(layered), *_images(configuration)]
    return tuple(sorted(found))


# --- settings ------------------------------------------------------------------------------------


def _settings(layered: Layered) -> Iterator[Idle]:
    """The settings of shared layers, and those of environments, that change nothing."""
    for part in layered.fragments:
        objects = [spec for spec in _objects(layered, part.kind) if _looks_at(spec, part)]
        if objects and part.layers != (FILE,):
            for path, origin in _leaves(part):
                effects = [_effect(spec, path, origin) for spec in objects]
                yield from _idle(path, origin, effects, part.kind)
    for environment in layered.environments:
        for path, trail in environment.spec.origins.trails.items():
            if trail.winner.layer == FILE and _is_leaf(path, trail):
                effect = _effect(environment.spec, path, trail.winner)
                yield from _idle(path, trail.winner, [effect], Kind.ENVIRONMENT)


def _objects(layered: Layered, kind: Kind) -> Iterator[LayeredSpec]:
    for environment in layered.environments:
        yield from _of_kind(environment, kind)


def _of_kind(environment: LayeredEnvironment, kind: Kind) -> tuple[LayeredSpec, ...]:
    match kind:
        case Kind.ENVIRONMENT:
            return (environment.spec,)
    return environment.of(kind)


def _looks_at(spec: LayeredSpec, part: LayeredSpec) -> bool:
    """Whether a partial spec is a layer of an object."""
    owner = _owner(part.source)
    return part.layers[0] in spec.layers and owner in {None, _owner(spec.source)}


def _owner(file: str) -> str | None:
    """The environment in whose folder a file is; None for one of all environments."""
    match file.split("/"):
        case [_, environment, _, *_] if environment != SHARED_FOLDER:
            return environment
    return None


def _leaves(part: LayeredSpec) -> Iterator[tuple[DataPath, Origin]]:
    """The values of a layer that are no maps; a list is one."""
    for path, trail in part.origins.trails.items():
        if _is_leaf(path, trail):
            yield path, trail.winner


def _is_leaf(path: DataPath, trail: Trail) -> bool:
    in_list = any(isinstance(part, int) for part in path)
    return (
        not in_list and trail.winner.value is not None and not isinstance(trail.winner.value, dict)
    )


def _effect(spec: LayeredSpec, path: DataPath, origin: Origin) -> _Effect:
    """What a value does for an object; one that higher layers only repeat does what they do."""
    trail = spec.origins.trails.get(path)
    said = (trail.winner, *trail.overridden) if trail else ()
    if origin not in said:
        return _Effect.HIDDEN
    index = said.index(origin)
    if any(_letters(higher) != _letters(origin) for higher in said[:index]):
        return _Effect.HIDDEN
    below = said[index + 1 :]
    repeats = below and _letters(below[0]) == _letters(origin)
    return _Effect.REPEATS if repeats else _Effect.WINS


def _letters(origin: Origin) -> tuple[type, object, str | None]:
    """What was written: `1` is not `true`, and `8Gi` is not `8192Mi`."""
    return type(origin.value), origin.value, origin.mark.text


def _idle(path: DataPath, origin: Origin, effects: list[_Effect], kind: Kind) -> Iterator[Idle]:
    """A finding, where a value has no effect on any of the objects that look at it."""
    at, name = origin.mark.value, dotted(path)
    if all(effect is _Effect.HIDDEN for effect in effects):
        message = f"`{name}` never wins: {_all(len(effects), kind)} it"
        yield Idle(at, Why.OVERRIDDEN, name, message)
    elif _Effect.WINS not in effects and _owner(at.file) and at.file.endswith("/environment.yaml"):
        yield Idle(at, Why.REPEATED, name, f"`{name}` repeats what the layer below says")


def _all(count: int, kind: Kind) -> str:
    noun = kind.value.lower()
    if count == 1:
        return f"the only {noun} that looks here overrides"
    return f"all {count} {noun}s that look here override"


# --- profiles and images -------------------------------------------------------------------------


def _profiles(layered: Layered) -> Iterator[Idle]:
    """Profiles that no unit uses; an environment's own are for its units alone."""
    for profile in layered.profiles:
        owner = _owner(profile.source)
        used = {
            name
            for kind in UNIT_FOLDERS.values()
            for spec in _objects(layered, kind)
            if owner in {None, _owner(spec.source)}
            for name in spec.profiles
        }
        if profile.name not in used:
            where = f"of {owner} " if owner else ""
            message = f"no unit {where}uses the profile `{profile.name}`"
            yield Idle(start_of(profile.source), Why.PROFILE, profile.name, message)


def _images(configuration: Configuration) -> Iterator[Idle]:
    """Images of images.yaml that no unit uses."""
    used = {
        name
        for scope in unit_scopes(configuration)
        for name in (
            *(part.image for part in scope.parts),
            shell_image(scope),
            bootstrap_image(scope),
        )
    }
    for name in configuration.images.spec.images:
        if name not in used:
            at = configuration.images.at_key("images", name)
            yield Idle(at, Why.IMAGE, name, f"no unit uses the image `{name}`")
