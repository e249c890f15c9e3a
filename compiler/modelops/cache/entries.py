"""What is kept and under which keys: values become bytes, and bytes values again or None.

Part of `cache`. A key is a hash of everything its content follows from. Pure; a content that has
another shape than ours is None, as if it were not there.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from modelops.manifests import Artefact, EnvironmentArtefacts, Unit

Sources = Mapping[str, bytes]

MISSHAPEN = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What reading JSON of another shape can raise."""


@dataclass(frozen=True, slots=True)
class KeptEnvironment:
    """One environment of a compile that found nothing wrong.

    Attributes:
        units: the keys of its units.
        inventory: the content of its inventory.
    """

    name: str
    units: tuple[str, ...]
    inventory: Artefact


@dataclass(frozen=True, slots=True)
class Last:
    """The last compile of a project that succeeded.

    Attributes:
        run: the key of that compile.
        compiler: the fingerprint of the compiler that did it.
    """

    run: str
    compiler: str
    sources: Sources


# --- keys ----------------------------------------------------------------------------------------


def unit_key(compiler: str, unit: Unit) -> str:
    """Of all that `synth` makes a unit's files from."""
    files = [[each.file, [dict(body) for body in each.objects]] for each in unit.components]
    parts = ["unit", compiler, unit.name, unit.source, unit.indexed, files]
    return sha256(json.dumps(parts).encode()).hexdigest()


def run_key(compiler: str, sources: Sources, earlier: Sources) -> str:
    """Of all that a compile without a preview follows from, and what it tells."""
    digest = sha256(f"run {compiler}\n".encode())
    for files in (sources, earlier):
        digest.update(f"{len(files)}\n".encode())
        for path, content in sorted(files.items()):
            name = path.encode("utf-8", "surrogateescape")
            digest.update(f"{len(name)} {len(content)}\n".encode() + name)
            digest.update(content)
    return digest.hexdigest()


def last_key(project: str) -> str:
    """Of the last compile of a project, whatever compiled it."""
    return sha256(f"last {project}".encode("utf-8", "surrogateescape")).hexdigest()


# --- contents ------------------------------------------------------------------------------------


def unit_content(files: Iterable[Artefact]) -> bytes:
    """The files of one unit, at least one."""
    found = tuple(files)
    return _json([found[0].unit, {file.path: file.content.decode() for file in found}])


def read_unit(content: bytes) -> tuple[Artefact, ...] | None:
    """The files that `unit_content` was given."""
    try:
        unit, files = json.loads(content)
        return tuple(Artefact(path, str(unit), text.encode()) for path, text in files.items())
    except MISSHAPEN:
        return None


def run_content(environments: Iterable[KeptEnvironment]) -> bytes:
    """What a whole compile was made of."""
    return _json(
        [
            [each.name, each.units, each.inventory.path, each.inventory.content.decode()]
            for each in environments
        ]
    )


def read_run(content: bytes) -> tuple[KeptEnvironment, ...] | None:
    """The environments that `run_content` was given."""
    try:
        return tuple(
            KeptEnvironment(str(name), tuple(map(str, keys)), Artefact(path, name, text.encode()))
            for name, keys, path, text in json.loads(content)
        )
    except MISSHAPEN:
        return None


def last_content(last: Last) -> bytes:
    """The key of the run stands first, so that it can be told without reading the rest."""
    sources = {path: content.decode("latin-1") for path, content in last.sources.items()}
    return f"{last.run}\n".encode() + _json([last.compiler, sources])


def read_last(content: bytes) -> Last | None:
    """The compile that `last_content` was given."""
    run, _, rest = content.partition(b"\n")
    try:
        compiler, sources = json.loads(rest)
        texts = {str(path): text.encode("latin-1") for path, text in sources.items()}
        return Last(run.decode(), str(compiler), texts)
    except MISSHAPEN:
        return None


def environment(
    kept: KeptEnvironment, units: Mapping[str, tuple[Artefact, ...]]
) -> EnvironmentArtefacts:
    """An environment from the files of its units, by key."""
    files = (file for key in kept.units for file in units[key])
    ordered = tuple(sorted(files, key=lambda file: file.path))
    return EnvironmentArtefacts(kept.name, ordered, kept.inventory)


def _json(value: Any) -> bytes:  # noqa: ANN401 -- whatever JSON can hold
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
