"""Stage `validate`: from layered trees to what the models make of them.

Every object comes in with all its layers merged, every layer's part of an object as it was written,
and the object's own file where a layer above may hide some of it.
Frozen models leave with the places of their values, or everything that is wrong, each mistake once
and at the line that made it. One field is judged at a time: what holds between fields and files is
judged by `plan`.
"""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import ValidationError

from modelops.diagnostics import Diagnostic, Outcome
from modelops.diagnostics.rulebook import cfg
from modelops.documents import UNIT_FOLDERS, Kind, Layered, LayeredEnvironment, LayeredSpec
from modelops.model import (
    MODELS,
    CloudFactsSpec,
    Configuration,
    Configured,
    ConfiguredEnvironment,
    EnvironmentSpec,
    ImagesSpec,
    ProfileSpec,
    RunSpec,
    ServiceSpec,
    Spec,
    WorkspaceSpec,
)
from modelops.model.layers import FILE_ONLY
from modelops.provenance import Origins
from modelops.validate.findings import Extent, findings, once, placed
from modelops.validate.shape import source_texts
from modelops.validate.target import Target
from modelops.validate.trees import with_source_texts, without_nulls
from modelops.validate.words import Words

__all__ = ["configured", "validate"]

S = TypeVar("S", bound=Spec)

NO_IMAGES = LayeredSpec(
    Kind.IMAGES,
    "images",
    "environments/images.yaml",
    {},
    Origins("environments/images.yaml", {}, {}),
    (),
)
"""What stands for the images file where there is none."""


def validate(layered: Layered) -> Outcome[Configuration]:
    """Every object as its model, or all that is wrong with objects and layers."""
    images = configured(layered.images or NO_IMAGES, ImagesSpec)
    profiles = {_profile_key(spec): configured(spec, ProfileSpec) for spec in layered.profiles}
    environments = [_environment(each) for each in layered.environments]
    objects = [
        images.diagnostics,
        *(profile.diagnostics for profile in profiles.values()),
        *(environment.diagnostics for environment in environments),
    ]
    layers = [_layer(part) for part in layered.fragments]
    files = [_part(file) for each in layered.environments for file in each.overridden]
    found = once(diagnostic for group in (*objects, *layers, *files) for diagnostic in group)
    if found or images.value is None:
        return Outcome(None, found)
    return Outcome(
        Configuration(
            images.value,
            {key: profile.value for key, profile in profiles.items() if profile.value},
            tuple(environment.value for environment in environments if environment.value),
        )
    )


def _environment(layered: LayeredEnvironment) -> Outcome[ConfiguredEnvironment]:
    environment = configured(layered.spec, EnvironmentSpec)
    workspaces = _units(layered, Kind.WORKSPACE, WorkspaceSpec)
    runs = _units(layered, Kind.RUN, RunSpec)
    services = _units(layered, Kind.SERVICE, ServiceSpec)
    cloud = _cloud(layered.cloud)
    found = tuple(
        diagnostic
        for outcome in (environment, cloud, services, workspaces, runs)
        for diagnostic in outcome.diagnostics
    )
    if found or environment.value is None:
        return Outcome(None, found)
    units = (workspaces.value or (), runs.value or (), services.value or ())
    return Outcome(ConfiguredEnvironment(environment.value, *units, cloud=cloud.value))


def _cloud(layered: LayeredSpec | None) -> Outcome[Configured[CloudFactsSpec] | None]:
    if layered is None:
        return Outcome(None)
    facts = configured(layered, CloudFactsSpec)
    return Outcome(facts.value, facts.diagnostics)


def _units(
    layered: LayeredEnvironment, kind: Kind, model: type[S]
) -> Outcome[tuple[Configured[S], ...]]:
    """The units of one kind, or all that is wrong with them."""
    outcomes = [configured(spec, model) for spec in layered.of(kind)]
    found = tuple(diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics)
    return Outcome(tuple(outcome.value for outcome in outcomes if outcome.value), found)


def configured(layered: LayeredSpec, model: type[S]) -> Outcome[Configured[S]]:
    """One object as its model."""
    try:
        spec = model.model_validate(with_source_texts(layered, source_texts(model)))
    except ValidationError as error:
        return Outcome(None, tuple(findings(layered, model, error, Extent.WHOLE)))
    return Outcome(
        Configured(
            layered.name, layered.source, spec, layered.origins, layered.layers, layered.profiles
        )
    )


def _layer(layered: LayeredSpec) -> Iterable[Diagnostic]:
    """What is wrong with a layer's part of an object; some keys are no layer's."""
    if layered.kind in UNIT_FOLDERS.values():
        yield from (_not_in_a_layer(layered, key) for key in FILE_ONLY if key in layered.tree)
    yield from _part(layered)


def _part(layered: LayeredSpec) -> Iterable[Diagnostic]:
    """What is wrong with a part of an object, wherever the rest of it may come from."""
    model = MODELS[layered.kind]
    try:
        model.model_validate(without_nulls(with_source_texts(layered, source_texts(model))))
    except ValidationError as error:
        yield from findings(layered, model, error, Extent.PART)


def _not_in_a_layer(layered: LayeredSpec, key: str) -> Diagnostic:
    message = f"`{key}` {FILE_ONLY[key]}"
    remedy = f"move `{key}` into the files of the {layered.kind.lower()}s that need it"
    return placed(layered, Target((key,), None), Words(cfg.CFG001, message, remedy))


def _profile_key(layered: LayeredSpec) -> str:
    """`debug` for a profile of all environments, `dev/debug` for one of an environment's own."""
    match layered.source.split("/"):
        case ["environments", environment, "profiles", _]:
            return f"{environment}/{layered.name}"
    return layered.name
