"""`modelops explain` for a setting of an environment or a unit of it: the text, and the JSON.

A target and a path into what is in effect there come in; for each setting leave its value, the line
that won, and what every layer said; and what is computed where nobody wrote it. Nothing else is
planned: how a setting ends up in a manifest is explained from the manifest's side.
"""

import json
import math
import sys
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path

import click

from modelops.cli import settings_text
from modelops.cli.excerpt import excerpt
from modelops.cli.explained import (
    ABSENT,
    MODELS,
    Explanation,
    Role,
    Scene,
    Statement,
    Unknown,
    at,
    explained,
    leaves,
    resolved,
)
from modelops.cli.explained_layers import layers_of
from modelops.cli.objects import ELSEWHERE, Chosen, choose, configured, effective, name_of
from modelops.cli.paths import keys_of
from modelops.cli.stages import Sources
from modelops.cli.terminal import styled
from modelops.diagnostics import did_you_mean
from modelops.documents import Preview
from modelops.layer import layer
from modelops.load import load
from modelops.model import MODELS as MODEL_OF_KIND
from modelops.model import WorkspaceSpec
from modelops.plan.computed import computed
from modelops.provenance import DataPath
from modelops.validate.fault import dotted, is_near
from modelops.validate.shape import ANY, homes

WIDTH = 80
NOTHING = "-"
"""What a layer says that says nothing."""

WINNER = "→"


class Form(Enum):
    """How an explanation is told."""

    TEXT = "text"
    JSON = "json"


def explain(root: Path, target: str, path: str, preview: Preview, form: Form) -> str:
    """Why each setting at and below a path has its value.

    Args:
        root: of the project.
        target: `ENV`, `ENV/environment`, a unit such as `ENV/workspaces/NAME`, or the file.
        path: into what is in effect there; a map means each setting in it.
        preview: what the command line adds.
        form: how it is told.

    Raises:
        click.UsageError: there is no such object, or nothing has this path.
        click.exceptions.Exit: the input is wrong; it has been told.
    """
    parts = _parts(path)
    chosen = choose(root, target)
    scene = _scene(chosen, preview)
    found = _path(scene, parts)
    all_of_it = [explained(scene, leaf) for leaf in leaves(scene, found)]
    if form is Form.JSON:
        return json.dumps(_document(scene, found, all_of_it), indent=2, allow_nan=False)
    return "\n\n".join("\n".join(_text(one, scene, chosen.sources)) for one in all_of_it)


def _scene(chosen: Chosen, preview: Preview) -> Scene:
    """The object: valid, its layers merged, and each layer by itself."""
    shown = configured(chosen, preview)
    documents = load(chosen.sources).value
    layered = layer(documents, preview).value if documents else None
    if documents is None or layered is None:
        raise AssertionError(f"{chosen.file} was valid a moment ago")
    (held,), (merged,) = documents.environments.values(), layered.environments
    specs = {spec.source: spec for spec in (merged.spec, merged.cloud, *merged.units) if spec}
    files = (held.environment, held.cloud, *held.all_units())
    own = {document.file: document for document in files if document}
    spec = specs[chosen.file]
    layers = tuple(layers_of(spec, own[chosen.file], layered.fragments, preview.settings))
    of_nobody = computed(shown.spec) if isinstance(shown.spec, WorkspaceSpec) else {}
    return Scene(spec, layers, MODEL_OF_KIND[spec.kind], effective(shown), of_nobody)


# --- the path ------------------------------------------------------------------------------------


def _parts(path: str) -> tuple[str, ...]:
    """The keys and indices of a path as it was typed; `spec.` before them may be left out."""
    parts = keys_of(path)
    return parts[1:] if parts[0] == "spec" and parts[1:] else parts


def _path(scene: Scene, parts: tuple[str, ...]) -> DataPath:
    """The path that the parts mean.

    Raises:
        click.UsageError: nothing has this path.
    """
    found = resolved(scene, parts)
    if not isinstance(found, Unknown):
        return found
    typed = dotted((*found.known, found.part))
    remedy = _remedy(scene, found)
    there = f"{name_of(scene.layered.source)} has no setting `{typed}`"
    raise click.UsageError(f"{there}: {remedy}" if remedy else f"{there}.")


def _remedy(scene: Scene, unknown: Unknown) -> str:
    """The setting that was meant; else where the key is at home; else what there is."""
    if not unknown.known and unknown.part in ELSEWHERE:
        return "it is a layer of the units, explain it there."
    near = did_you_mean(unknown.part, unknown.instead)
    if is_near(near):
        meant = next(key for key in unknown.instead if near == f"did you mean `{key}`?")
        return f"did you mean `{dotted((*unknown.known, meant))}`?"
    places = homes(scene.model).get(unknown.part, ())
    shown = [f"`{'.'.join('NAME' if key == ANY else key for key in place)}`" for place in places]
    return f"`{unknown.part}` belongs under {' or '.join(shown)}." if shown else near


# --- text ----------------------------------------------------------------------------------------


def _text(one: Explanation, scene: Scene, sources: Sources) -> Iterator[str]:
    """One setting."""
    head, *more = _wrapped(_head(one, scene), "    ")
    yield styled(head, sys.stdout, bold=True)
    yield from more
    if one.description:
        yield from (_dim(line) for line in _wrapped(f"  {one.description}", "  "))
    yield ""
    yield from _cause(one, sources)
    yield "  layers, the lowest first:"
    yield from _rows(one)


def _head(one: Explanation, scene: Scene) -> str:
    name = dotted(one.path)
    if one.value is not ABSENT:
        meant = _computed(one, scene)
        return f"{name} = {settings_text.flow(one.value)}" + (meant and f", computed: {meant}")
    around = next(
        path
        for path in (one.path[:length] for length in range(len(one.path) - 1, -1, -1))
        if at(scene.effective, path) is not ABSENT
    )
    value = at(scene.effective, around)
    why = "" if isinstance(value, Mapping) else f": {dotted(around)} is {settings_text.flow(value)}"
    return f"{name} is not in effect{why}"


def _computed(one: Explanation, scene: Scene) -> str:
    """What the compiler takes for a setting that is null; empty where it has a value."""
    return scene.computed.get(one.path, "") if one.value is None else ""


def _cause(one: Explanation, sources: Sources) -> Iterator[str]:
    """The line that decided: it won, or its null took away what was there."""
    won, deleting = one.first(Role.WINS), one.first(Role.DELETES)
    for verb, said in (("deleted by", deleting), ("won by", won)):
        if said and said.origin:
            yield f"  {verb} {settings_text.placed(said.origin)}"
            lines = excerpt(said.origin.mark.value, sources, WIDTH - 4)
            yield from (f"    {line}" for line in lines)
    if won and won.origin is None:
        yield f"  {'which leaves' if deleting else 'won by'} the models' default"
    if won or deleting:
        yield ""


def _rows(one: Explanation) -> Iterator[str]:
    """What each layer said, and where."""
    rows = [(said, _said(one.path, said), _place(said)) for said in one.statements]
    layers = max(len(said.layer) for said, _, _ in rows)
    column = max((len(text) for _, text, place in rows if place), default=0)
    beside = 4 + layers + 2 + column + 2
    apart = any(place and beside + len(place) > WIDTH for _, _, place in rows)
    for said, text, place in rows:
        marker = WINNER if said.role is Role.WINS else " "
        line = f"  {marker} {said.layer.ljust(layers)}  {text.ljust(column)}"
        shown = [line.rstrip(), *([f"{'':8}{place}"] if place else [])]
        for out in shown if apart else [f"{line}  {place}".rstrip()]:
            yield _in_colour(out, said.role)


def _said(path: DataPath, said: Statement) -> str:
    """What a layer said, and of what, where that is a map around the setting."""
    if said.role is Role.SILENT:
        return NOTHING
    text = settings_text.typed(said.origin) if said.origin else _short(said.value)
    around = "" if said.path == path else f" for {dotted(said.path)}"
    idle = ", nothing to delete" if said.role is Role.IDLE else ""
    return f"{text}{around}{idle}"


def _short(value: object) -> str:
    """A default as a person would type it."""
    text = value if value and isinstance(value, str) else settings_text.flow(value)
    longest = settings_text.LONGEST_SHOWN
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _place(said: Statement) -> str:
    return settings_text.place(said.origin) if said.origin else ""


def _in_colour(line: str, role: Role) -> str:
    match role:
        case Role.WINS:
            return styled(line, sys.stdout, fg="green", bold=True)
        case Role.SILENT:
            return _dim(line)
    return line


def _dim(text: str) -> str:
    return styled(text, sys.stdout, fg="bright_black")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False) or [text]


# --- JSON ----------------------------------------------------------------------------------------


def _document(scene: Scene, path: DataPath, found: list[Explanation]) -> dict[str, object]:
    """All of it as plain data."""
    layered = scene.layered
    return {
        "object": name_of(layered.source),
        "file": layered.source,
        "profiles": list(layered.profiles),
        "path": dotted(path),
        "layers": [MODELS, *layered.layers],
        "settings": [_setting(one, scene) for one in found],
    }


def _setting(one: Explanation, scene: Scene) -> dict[str, object]:
    won = one.first(Role.WINS)
    in_effect = one.value is not ABSENT
    meant = _computed(one, scene)
    return {
        "path": dotted(one.path),
        "keys": list(one.path),
        "description": one.description,
        "inEffect": in_effect,
        **({"value": one.value} if in_effect else {}),
        **({"computed": meant} if meant else {}),
        "wonBy": won.layer if won else None,
        "layers": [_layer(said) for said in one.statements],
    }


def _layer(said: Statement) -> dict[str, object]:
    """One row; a layer that said nothing has no more than its name and role."""
    row: dict[str, object] = {"layer": said.layer, "role": said.role.value}
    if said.role is Role.SILENT:
        return row
    row |= {"path": dotted(said.path), "value": _plain(said.value)}
    if said.origin is None:
        return row
    span = said.origin.mark.value
    place = {"file": span.file, "line": span.line, "column": span.column}
    return row | {"typed": said.origin.mark.text, "at": place}


def _plain(value: object) -> object:
    """A value that JSON has; of numbers it lacks the infinite ones."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value
