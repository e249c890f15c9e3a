"""Kustomize: a base for each family, an overlay for each workspace, a build for each overlay.

An overlay has its namespace, its labels, and patches for all else that differs. A build for each is
what Flux does; as many run at once as there are cores. All overlays under one root take longer.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tests.bench.factoring import Body, Family, Hole, Parameters, Template, Text, filled
from tests.bench.peers.peer import Peer, Prepared, clearing, go_program, put
from tests.bench.runs import Command

PACKAGE = "sigs.k8s.io/kustomize/kustomize/v5@v5.8.1"
BUILD = 'ls overlays | xargs -P {cores} -I@ "{program}" build overlays/@ -o out/@.yaml'
Pointer = tuple[str, ...]


def _holes(template: Template, at: Pointer = ()) -> Iterator[tuple[Pointer, Template]]:
    """Every place that a parameter fills."""
    match template:
        case Hole() | Text():
            yield at, template
        case dict() | list():
            inner = template.items() if isinstance(template, dict) else enumerate(template)
            for key, value in inner:
                yield from _holes(value, (*at, str(key)))


def _labels(family: Family) -> dict[str, Template]:
    """The labels that differ between workspaces, in every object alike."""
    labels: dict[str, Template] = family.objects[0]["metadata"]["labels"]
    return {key: value for key, value in labels.items() if isinstance(value, Hole | Text)}


def _is_patched(at: Pointer, labels: dict[str, Template]) -> bool:
    return at != ("metadata", "namespace") and not (
        at[:2] == ("metadata", "labels") and at[2] in labels
    )


def _operation(at: Pointer, value: object) -> dict[str, object]:
    path = "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in at)
    return {"op": "replace", "path": path, "value": value}


def _patch(base: Body, operations: list[dict[str, object]]) -> dict[str, Any]:
    target = {"kind": base["kind"], "name": f"^{base['metadata']['name']}$"}
    return {"target": target, "patch": json.dumps(operations)}


def _overlay(family: Family, bases: list[Body], parameters: Parameters) -> str:
    labels = _labels(family)
    patches = []
    for template, base in zip(family.objects, bases, strict=True):
        operations = [
            _operation(at, filled(value, parameters))
            for at, value in _holes(template)
            if _is_patched(at, labels)
        ]
        patches += [_patch(base, operations)] if operations else []
    content = {
        "resources": [f"../../base/{family.name}"],
        "namespace": _namespace(family, parameters),
        "labels": [{"pairs": filled(labels, parameters)}],
        "patches": patches,
    }
    return yaml.safe_dump(content)


def _namespace(family: Family, parameters: Parameters) -> str:
    spaces = (each["metadata"].get("namespace") for each in family.objects)
    found: str = filled(next(each for each in spaces if each), parameters)
    return found


def _prepare(program: Path, folder: Path, families: tuple[Family, ...]) -> Prepared:
    for family in families:
        first = next(iter(family.workspaces.values()))
        bases = [filled(each, first) for each in family.objects]
        base = folder / "base" / family.name
        put(base / "objects.yaml", yaml.safe_dump_all(bases))
        put(base / "kustomization.yaml", yaml.safe_dump({"resources": ["objects.yaml"]}))
        for workspace, parameters in family.workspaces.items():
            overlay = folder / "overlays" / workspace / "kustomization.yaml"
            put(overlay, _overlay(family, bases, parameters))
    out = folder / "out"
    build = BUILD.format(cores=os.cpu_count(), program=program)
    return Prepared(Command(("sh", "-c", build), folder, clearing(out)), out)


KUSTOMIZE = Peer(
    "kustomize 5.8.1, a build each",
    lambda: go_program(PACKAGE, "kustomize"),
    _prepare,
    slow=True,
)
