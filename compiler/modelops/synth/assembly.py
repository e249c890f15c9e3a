"""From manifests to artefacts: what is asked of the child, and what is made of its answers.

Each component becomes a file with a header that names its source, each indexed unit gets a
`kustomization.yaml`, and each environment an inventory. What comes back is held against what was
sent, so that a lost or swapped object is a traceback and never a commit. YAML is written by the
child alone, in `yaml.cjs`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from modelops.manifests import (
    INVENTORY,
    Artefact,
    Artefacts,
    Body,
    EnvironmentArtefacts,
    EnvironmentManifests,
    Manifests,
    Unit,
    header,
    identity,
    inventory_content,
    inventory_entry,
)
from modelops.synth.child import Answer, converse

INDEX = "kustomization.yaml"


Kept = Mapping[str, tuple[Artefact, ...]]
"""The files of units that are known already, by the unit's name."""

NOTHING: Kept = MappingProxyType({})


def synth(manifests: Manifests, kept: Kept = NOTHING) -> Artefacts:
    """The files of every environment, as bytes: same manifests, same bytes, on any machine.

    Units that are `kept` are not made again; where that is all of them, no Node starts. Files that
    are not those of their unit are as good as none.

    Raises:
        SynthesisFailed: Node or the cdk8s library cannot be found or run, or the child failed.
        RuntimeError: an object did not come back as it was sent; a bug of ours.
    """
    units = tuple(unit for each in manifests.environments for unit in each.units)
    known = {unit.name: kept[unit.name] for unit in units if _is_whole(unit, kept)}
    asked = tuple(unit for unit in units if unit.name not in known)
    answers = converse(_request(unit) for unit in asked) if asked else ()
    files = (*_artefacts(asked, answers), *(file for each in known.values() for file in each))
    return Artefacts(tuple(_environment(each, files) for each in manifests.environments))


def _is_whole(unit: Unit, kept: Kept) -> bool:
    """Whether the kept files of a unit are just the files that it has."""
    paths = sorted((unit.name, path) for path, _ in _expected(unit))
    return sorted((file.unit, file.path) for file in kept.get(unit.name, ())) == paths


def _request(unit: Unit) -> bytes:
    """One line of JSON: the unit, its files, and the objects in each."""
    files: list[dict[str, Any]] = [
        {"file": component.file, "objects": [dict(body) for body in component.objects]}
        for component in unit.components
    ]
    if unit.indexed:
        files.append({"file": INDEX, "index": _index(unit)})
    request = {"unit": unit.name, "files": files}
    # Unescaped, so that half a surrogate pair fails here, where UTF-8 has no bytes for it.
    return json.dumps(request, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _index(unit: Unit) -> Body:
    """What `kubectl apply -k` and Flux read first: a client's file, no object of the cluster."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": sorted(component.file for component in unit.components),
    }


def _expected(unit: Unit) -> Iterator[tuple[str, list[list[str]]]]:
    """The path of each file that must come back, and what identifies the objects in it."""
    for component in unit.components:
        yield f"{unit.name}/{component.file}", [_named(body) for body in component.objects]
    if unit.indexed:
        yield f"{unit.name}/{INDEX}", []


def _named(body: Body) -> list[str]:
    made = identity(body)
    return [body["apiVersion"], made.kind, made.namespace, made.name]


def _artefacts(units: Iterable[Unit], answers: Iterable[Answer]) -> tuple[Artefact, ...]:
    """The answers as files, in the order they were asked for."""
    expected = [(unit, path, objects) for unit in units for path, objects in _expected(unit)]
    given = tuple(answers)
    wanted = [(path, objects) for _, path, objects in expected]
    if wanted != [(answer.path, answer.objects) for answer in given]:
        raise RuntimeError(_discrepancy(wanted, given))
    return tuple(
        Artefact(path, unit.name, header(unit.source).encode() + answer.content)
        for (unit, path, _), answer in zip(expected, given, strict=True)
    )


def _discrepancy(wanted: list[tuple[str, list[list[str]]]], given: tuple[Answer, ...]) -> str:
    """The first place where the answers are not what was asked for."""
    for (path, objects), answer in zip(wanted, given, strict=False):
        if (path, objects) != (answer.path, answer.objects):
            return f"{path}: sent {objects}, got {answer.objects} for {answer.path}"
    return f"asked for {len(wanted)} files, got {len(given)}"


def _environment(
    environment: EnvironmentManifests, files: tuple[Artefact, ...]
) -> EnvironmentArtefacts:
    names = {unit.name for unit in environment.units}
    own = tuple(sorted((file for file in files if file.unit in names), key=lambda file: file.path))
    paths = [file.path for file in own]
    if len(set(paths)) != len(paths):
        twice = sorted({path for path in paths if paths.count(path) > 1})
        raise RuntimeError(f"two components for one file: {', '.join(twice)}")
    return EnvironmentArtefacts(environment.name, own, _inventory(environment.name, own))


def _inventory(environment: str, files: tuple[Artefact, ...]) -> Artefact:
    """Every file below the environment's folder with its hash and unit, itself left out."""
    entries = {file.path.removeprefix(f"{environment}/"): inventory_entry(file) for file in files}
    return Artefact(f"{environment}/{INVENTORY}", environment, inventory_content(entries))
