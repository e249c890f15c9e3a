"""Part of the stage `verify`: the vendored schemas, and validators made from them once a process.

The files lie in `schemas/` beside this module; `schemas/NOTICE.md` says whose they are and
`scripts/vendor_schemas.py` makes them. Nothing is fetched.
"""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, reduce
from importlib.resources import files
from typing import Any

from jsonschema_rs import Draft202012Validator, Registry, Validator

from modelops.verify.placement import group_of

MASK = "\x00"
"""Stands for the value in a validator's messages: the value may be a whole document."""

URI = "kubernetes:///definitions"
KINDS = "x-kubernetes-group-version-kind"
"""Where a definition says of which kinds it is."""

Definitions = Mapping[str, Mapping[str, Any]]
"""One minor's schemas by name."""


class Minor(StrEnum):
    """The minors of Kubernetes whose schemas are vendored, oldest first."""

    V1_33 = "1.33"
    V1_34 = "1.34"
    V1_35 = "1.35"
    V1_36 = "1.36"
    V1_37 = "1.37"


@dataclass(frozen=True, slots=True)
class Scheme:
    """The kinds of one minor, or of several alike.

    Attributes:
        registry: the definitions, for references.
        names: the name of each kind's definition, by apiVersion and kind.
    """

    registry: Registry
    names: Mapping[tuple[str, str], str]


def minors_around(minor: str) -> tuple[Minor, ...]:
    """The minor and its neighbours, as far as they are vendored; empty where it is not itself."""
    vendored = tuple(Minor)
    if minor not in vendored:
        return ()
    index = vendored.index(Minor(minor))
    return vendored[max(index - 1, 0) : index + 2]


@cache
def validator(minor: Minor, api_version: str, kind: str) -> Validator | None:
    """What holds objects of a kind against one minor's schema; None where it has no such kind."""
    return _validator(_scheme(minor), api_version, kind)


@cache
def common_validator(minors: tuple[Minor, ...], api_version: str, kind: str) -> Validator | None:
    """What accepts only objects that all of the minors accept; not all of those, though.

    To ask it spares most objects one walk through their values for each minor.
    """
    return _validator(_common_scheme(minors), api_version, kind)


def _validator(scheme: Scheme, api_version: str, kind: str) -> Validator | None:
    name = scheme.names.get((api_version, kind))
    if name is None:
        return None
    return Draft202012Validator(
        {"$ref": f"{URI}#/$defs/{name}"}, registry=scheme.registry, mask=MASK, offline=True
    )


@cache
def custom_validator(api_version: str, kind: str) -> Validator | None:
    """What holds custom resources of a kind against their schema; None for an unknown kind."""
    definition = _custom_resources().get(f"{api_version}/{kind}")
    return definition and Draft202012Validator(definition["schema"], mask=MASK, offline=True)


@cache
def custom_scopes() -> Mapping[tuple[str, str], str]:
    """`Namespaced` or `Cluster` for every custom resource, by group and kind."""
    parts = ((key.rpartition("/"), value["scope"]) for key, value in _custom_resources().items())
    return {(group_of(api_version), kind): scope for (api_version, _, kind), scope in parts}


@cache
def _scheme(minor: Minor) -> Scheme:
    return _scheme_of(_definitions(minor))


@cache
def _common_scheme(minors: tuple[Minor, ...]) -> Scheme:
    return _scheme_of(reduce(common_definitions, map(_definitions, minors)))


def _scheme_of(definitions: Definitions) -> Scheme:
    names = {
        (f"{kind['group']}/{kind['version']}".removeprefix("/"), kind["kind"]): name
        for name, schema in definitions.items()
        for kind in schema.get(KINDS, ())
    }
    return Scheme(Registry([(URI, {"$defs": definitions})]), names)


def common_definitions(one: Definitions, other: Definitions) -> Definitions:
    """Definitions that accept nothing which either of two minors refuses."""
    return {name: _common(one[name], other[name]) for name in one if name in other}


def _common(one: Mapping[str, Any], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of two versions of a closed map the fields that both have; of what else differs, nothing."""
    if one == other:
        return one
    rest, others = ({**each, "properties": {}, "required": []} for each in (one, other))
    if rest != others or one.get("additionalProperties") is not False:
        return {KINDS: one.get(KINDS, ()), "not": {}}
    fields, theirs = one.get("properties", {}), other.get("properties", {})
    shared = {key: schema for key, schema in fields.items() if theirs.get(key) == schema}
    required = sorted({*one.get("required", ()), *other.get("required", ())})
    return {**one, "properties": shared, "required": required}


@cache
def _definitions(minor: Minor) -> Definitions:
    definitions: Definitions = _read(f"kubernetes-{minor}.json.gz")["$defs"]
    return definitions


@cache
def _custom_resources() -> Mapping[str, Any]:
    return _read("custom-resources.json.gz")


def _read(name: str) -> dict[str, Any]:
    packed = (files("modelops.verify") / "schemas" / name).read_bytes()
    content: dict[str, Any] = json.loads(gzip.decompress(packed))
    return content
