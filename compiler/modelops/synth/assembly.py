"""What is asked of the Node child and what its answers become; part of the stage `synth`.

Manifests come in, artefacts leave. Every answer is held against what was asked for, so that no
object and no file can be lost on the way. How an object's YAML looks is decided in the child alone,
in `yaml.cjs`.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from modelops.listing import index, inventory, listed
from modelops.manifests import (
    Artefact,
    Artefacts,
    Body,
    EnvironmentArtefacts,
    EnvironmentManifests,
    Manifests,
    Unit,
    header,
    identity,
)
from modelops.synth.child import Answer, converse
from modelops.synth.documents import document


def synth(manifests: Manifests) -> Artefacts:
    """The files of every environment, as bytes: same manifests, same bytes, on any machine.

    Raises:
        SynthesisFailed: Node or the cdk8s library cannot be found or run, or the child failed.
        RuntimeError: an object did not come back as it was sent; a bug of ours.
    """
    units = tuple(unit for each in manifests.environments for unit in each.units)
    asked = tuple(unit for unit in units if unit.components)
    files: dict[str, list[Artefact]] = {}
    if asked:
        with closing(converse(_request(unit) for unit in asked)) as answers:
            files = _artefacts(asked, answers)
    return Artefacts(tuple(_environment(each, files) for each in manifests.environments))


def _request(unit: Unit) -> bytes:
    """One line of JSON: the unit, its files, and the objects in each."""
    files: list[dict[str, Any]] = [
        {"file": component.file, "objects": [dict(body) for body in component.objects]}
        for component in unit.components
    ]
    request = {"unit": unit.name, "files": files}
    # Unescaped, so that half a surrogate pair fails here, where UTF-8 has no bytes for it.
    return json.dumps(request, ensure_ascii=False, allow_nan=False).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class _Expected:
    """A file that must come back.

    Attributes:
        objects: what identifies each object in it.
    """

    unit: str
    path: str
    source: str
    objects: list[list[str]]

    def is_in(self, answer: Answer) -> bool:
        """Whether the answer is this file with its objects."""
        return self.path == answer.path and self.objects == answer.objects


def _expected(units: Iterable[Unit]) -> Iterator[_Expected]:
    """Each file, in the order of the requests."""
    for unit in units:
        for component in unit.components:
            objects = [_named(body) for body in component.objects]
            path = f"{unit.name}/{component.file}"
            yield _Expected(unit.name, path, component.source or unit.source, objects)


def _named(body: Body) -> list[str]:
    made = identity(body)
    return [body["apiVersion"], made.kind, made.namespace, made.name]


def _artefacts(units: Iterable[Unit], answers: Iterable[Answer]) -> dict[str, list[Artefact]]:
    """The answers as files, by unit; all are heard out, for the child may tell what is wrong."""
    made: dict[str, list[Artefact]] = {}
    amiss: list[tuple[_Expected | None, Answer | None]] = []
    for file, answer in zip_longest(_expected(units), answers):
        if file and answer and file.is_in(answer):
            content = header(file.source).encode() + answer.content
            artefact = Artefact(file.path, file.unit, content, file.source)
            made.setdefault(file.unit, []).append(artefact)
        else:
            amiss.append((file, answer))
    if amiss:
        raise RuntimeError(_discrepancy(amiss, sum(map(len, made.values()))))
    return made


def _discrepancy(amiss: list[tuple[_Expected | None, Answer | None]], right: int) -> str:
    """The first place where the answers are not what was asked for."""
    file, answer = amiss[0]
    if file and answer:
        return f"{file.path}: sent {file.objects}, got {answer.objects} for {answer.path}"
    asked, given = (
        right + sum(each is not None for each in side) for side in zip(*amiss, strict=True)
    )
    return f"asked for {asked} files, got {given}"


def _environment(
    environment: EnvironmentManifests, files: dict[str, list[Artefact]]
) -> EnvironmentArtefacts:
    own = [file for unit in environment.units for file in files.get(unit.name, ())]
    own += [
        index(unit.name, unit.source, [component.file for component in unit.components])
        for unit in environment.units
        if unit.indexed
    ]
    own += [document(each) for each in environment.documents]
    by_path = {file.path: file for file in own}
    if len(by_path) < len(own):
        twice = sorted({file.path for file in own if by_path[file.path] is not file})
        raise RuntimeError(f"two components for one file: {', '.join(twice)}")
    named = {path: listed(file) for path, file in by_path.items()}
    ordered = tuple(by_path[path] for path in sorted(by_path))
    return EnvironmentArtefacts(environment.name, ordered, inventory(environment.name, named))
