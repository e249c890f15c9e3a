"""Stage `schema`: from the models to one JSON Schema a kind, for editors and other programs.

The models come in, draft-07 files leave, because that is the draft that editors' YAML plugins read.
Every file is only one layer, so below `spec` of a layered kind nothing is required and everything
may be null, which deletes; what a merged object lacks is told by `validate`. Nothing is described
here that the models do not say.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from modelops.documents import UNIT_FOLDERS, Kind
from modelops.model import MODELS
from modelops.model.layers import FILE_ONLY, PARTIAL
from modelops.names import API_VERSION, camel
from modelops.planned.azure import InfraInputs

Schema = dict[str, Any]

DRAFT = "http://json-schema.org/draft-07/schema#"
LAYERED = (Kind.ENVIRONMENT, *UNIT_FOLDERS.values())
"""The kinds whose files are merged with others."""

_REFERENCE = "#/definitions/{model}"
_NULL: Schema = {"type": "null"}
_OTHER_KIND = _NULL | {"description": "Of another kind: null removes what a lower layer says."}
_ANNOTATIONS = ("default", "description", "examples")
_NOISE = ("title", "discriminator")
"""Pydantic's titles repeat the keys; `discriminator` is OpenAPI's."""


def schemas() -> dict[str, bytes]:
    """The content of each file of `schemas/`, by name, sorted."""
    files = {f"{kind.value.lower()}.json": _written(_of_file(kind)) for kind in Kind}
    files["infra-inputs.json"] = _written(_of_inputs())
    return dict(sorted(files.items()))


def _of_inputs() -> Schema:
    """The schema of what the program in `infra/` reads: nobody writes that by hand."""
    root = TypeAdapter(InfraInputs).json_schema(ref_template=_REFERENCE)
    definitions = _each(root.pop("$defs"), _written_out)
    return {"$schema": DRAFT, "title": "ModelOps InfraInputs", **_written_out(_draft07(root))} | {
        "definitions": definitions
    }


def _written_out(schema: Schema) -> Schema:
    """An object as it stands in the file: all keys in camelCase, all there, and no others."""
    said = _draft07(schema)
    if "properties" not in said:
        return said
    properties = {camel(name): of for name, of in said["properties"].items()}
    return said | {
        "properties": properties,
        "required": sorted(properties),
        "additionalProperties": False,
    }


def _written(schema: Schema) -> bytes:
    return (json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _of_file(kind: Kind) -> Schema:
    """The schema of a whole file of one kind."""
    return {
        "$schema": DRAFT,
        "title": f"ModelOps {kind.value}",
        "description": MODELS[kind].__doc__,
        "type": "object",
        "additionalProperties": False,
        "required": ["apiVersion", "kind", "spec"],
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "The version of this language."},
            "kind": {"const": kind.value, "description": "What the file describes."},
            "metadata": {
                "type": "object",
                "description": "May be left out.",
                "additionalProperties": False,
                "properties": {"name": {"type": "string", "description": "The file's own name."}},
            },
            "spec": {"$ref": _REFERENCE.format(model=MODELS[kind].__name__)},
        },
        "definitions": _definitions(kind),
    }


def _definitions(kind: Kind) -> Schema:
    """Every definition that a kind's file needs, those of partial specs among them."""
    own = _generated(kind)
    definitions = _layers(own) if kind in LAYERED else own
    for partial in _partials(own):
        definitions = _partial(partial) | definitions
    return definitions


def _generated(kind: Kind) -> Schema:
    """What pydantic says of a kind's `spec`, as draft-07 definitions by the models' names."""
    root = MODELS[kind].model_json_schema(ref_template=_REFERENCE)
    nested = root.pop("$defs", {})
    return _each(nested | {MODELS[kind].__name__: root}, _draft07)


def _partials(definitions: Schema) -> list[Kind]:
    """The kinds of which the definitions refer to a part, directly or through another part."""
    text = json.dumps(definitions)
    direct = [kind for kind in LAYERED if f'"{_partial_reference(kind)}"' in text]
    through = [kind for part in direct for kind in _partials(_generated(part))]
    return list(dict.fromkeys(direct + through))


def _partial(kind: Kind) -> Schema:
    """The definitions of a layer of one kind: all that its file may say but what is the file's."""
    definitions = _layers(_generated(kind))
    root = definitions.pop(MODELS[kind].__name__)
    allowed = {key: said for key, said in root["properties"].items() if key not in FILE_ONLY}
    return definitions | {f"Partial{kind.value}": root | {"properties": allowed}}


def _layers(definitions: Schema) -> Schema:
    """The same for one layer: in part, and with nulls that delete."""
    layered = _each(definitions, _layered)
    for models in _alternatives(definitions):
        keys = {key for model in models for key in definitions[model]["properties"]}
        for model in models:
            own = layered[model]["properties"]
            others = dict.fromkeys(sorted(keys - {*own}), _OTHER_KIND)
            layered[model] = layered[model] | {"properties": own | others}
    return layered


def _alternatives(schema: object) -> Iterator[tuple[str, ...]]:
    """The models that one value may be: what a lower layer says of another, a null takes away."""
    match schema:
        case {"anyOf": [{"$ref": str()}, {"$ref": str()}, *_] as models}:
            yield tuple(_model(one["$ref"]) for one in models if "$ref" in one)
        case dict():
            for value in schema.values():
                yield from _alternatives(value)
        case list():
            for value in schema:
                yield from _alternatives(value)


def _model(reference: str) -> str:
    return reference.rpartition("/")[2]


def _partial_reference(kind: str) -> str:
    return _REFERENCE.format(model=f"Partial{kind}")


# --- rewriting -----------------------------------------------------------------------------------


def _each(schemas: Mapping[str, Any], change: Callable[[Schema], Schema]) -> Schema:
    return {name: _rewritten(schema, change) for name, schema in schemas.items()}


def _rewritten(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """A schema with every schema in it changed, the inner ones first."""

    def inner(keyword: str, value: Any) -> Any:  # noqa: ANN401 -- any JSON
        match keyword, value:
            case "properties" | "patternProperties", dict():
                return _each(value, change)
            case "additionalProperties" | "propertyNames" | "items" | "not", dict():
                return _rewritten(value, change)
            case "anyOf" | "allOf" | "oneOf", list():
                return [_rewritten(branch, change) for branch in value]
        return value

    return change({keyword: inner(keyword, value) for keyword, value in schema.items()})


def _draft07(schema: Schema) -> Schema:
    """One schema of pydantic's in the words of draft-07."""
    said = {key: value for key, value in schema.items() if key not in _NOISE}
    if said.get("default", ...) is None:
        del said["default"]
    if PARTIAL in said:
        said["$ref"] = _partial_reference(said.pop(PARTIAL))
    if "oneOf" in said:
        said["anyOf"] = said.pop("oneOf")
    return _closed(said) if "patternProperties" in said else _alone(said)


def _closed(schema: Schema) -> Schema:
    """A map whose keys have a pattern, refusing the keys that do not: pydantic lets them pass."""
    ((pattern, values),) = schema["patternProperties"].items()
    rest = {key: value for key, value in schema.items() if key != "patternProperties"}
    keys = rest.get("propertyNames", {"type": "string"}) | {"pattern": pattern}
    return rest | {"propertyNames": keys, "additionalProperties": values}


def _alone(schema: Schema) -> Schema:
    """A `$ref` by itself: what stands beside one is ignored in draft-07."""
    if "$ref" not in schema or len(schema) == 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "$ref"}
    return rest | {"allOf": [{"$ref": schema["$ref"]}]}


def _layered(schema: Schema) -> Schema:
    """A map as one layer may write it: in part, and with nulls that delete."""
    said = {key: value for key, value in schema.items() if key != "required"}
    if "properties" in said:
        said["properties"] = {key: _nullable(value) for key, value in said["properties"].items()}
    if isinstance(said.get("additionalProperties"), dict):
        said["additionalProperties"] = _nullable(said["additionalProperties"])
    return said


def _nullable(schema: Schema) -> Schema:
    """The same or null; what is said of it stays on the outside, where editors look."""
    if _NULL in schema.get("anyOf", []):
        return schema
    outside = {key: value for key, value in schema.items() if key in _ANNOTATIONS}
    inside = {key: value for key, value in schema.items() if key not in _ANNOTATIONS}
    match inside:
        case {"anyOf": list(branches), **rest} if not rest:
            return outside | {"anyOf": [*branches, _NULL]}
        case {"allOf": [reference], **rest} if not rest:
            return outside | {"anyOf": [reference, _NULL]}
    return outside | {"anyOf": [inside, _NULL]}
