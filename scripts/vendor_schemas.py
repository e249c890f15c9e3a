"""A maintainer's program: makes the schemas that `verify` holds rendered objects against.

Run from the root of the repository, with Go on PATH and its module proxy within reach:

    uv run python scripts/vendor_schemas.py            write compiler/modelops/verify/schemas/
    uv run python scripts/vendor_schemas.py --check    compare what is there; needs no Go

What comes in: the strict Kubernetes schemas inside the development dependency
`kubernetes-validate`, and the CustomResourceDefinitions inside the Go modules named in
`CUSTOM_RESOURCES` (Go's checksum database proves that they are the published ones). What leaves:
one compressed file a minor, one for all custom resources, a notice and the licence. The compiler
itself never runs this and never fetches anything; `--check` leaves the custom resources out.

What is changed on the way: descriptions, defaults and formats go; `null` is no value (it would be
lost on the way to YAML); numbers of format int32 get their bounds, quantities their pattern; the
schemas of custom resources are closed, so that an unknown field is refused.
"""

import argparse
import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

Schema = dict[str, Any]

TARGET = Path(__file__).parent.parent / "compiler" / "modelops" / "verify" / "schemas"
MINORS = ("1.33", "1.34", "1.35", "1.36", "1.37")
TAKEN = "2026-11-20"
"""The day on which the versions below were chosen; no clock is read."""


@dataclass(frozen=True, slots=True)
class CustomResource:
    """Where one kind's CustomResourceDefinition lies.

    Attributes:
        module: the Go module.
        release: its version.
        path: the definition's file in the module.
        served: the API version to take.
        why: why this release.
    """

    module: str
    release: str
    path: str
    served: str
    why: str


CUSTOM_RESOURCES = (
    CustomResource(
        "github.com/fluxcd/kustomize-controller",
        "v1.7.3",
        "config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml",
        "v1",
        "the release in Flux 2.7.5, which the AKS extension microsoft.flux 1.24.1 installs",
    ),
    CustomResource(
        "github.com/fluxcd/source-controller",
        "v1.7.3",
        "config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml",
        "v1",
        "Flux 2.7.5 has v1.7.4, which the module proxy does not hold; the Go types of GitRepository"
        " (module source-controller/api) are the same in both",
    ),
    CustomResource(
        "github.com/kedacore/keda/v2",
        "v2.19.0",
        "config/crd/bases/keda.sh_scaledobjects.yaml",
        "v1alpha1",
        "the minor of the AKS add-on on Kubernetes 1.36",
    ),
    CustomResource(
        "github.com/cilium/cilium",
        "v1.18.4",
        "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml",
        "v2",
        "the minor of AKS on Kubernetes 1.36",
    ),
    CustomResource(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "config/crds/bases/external-secrets.io_externalsecrets.yaml",
        "v1",
        "the newest release that the module proxy holds; older than 2.x, so it allows no more",
    ),
    CustomResource(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "config/crds/bases/external-secrets.io_clustersecretstores.yaml",
        "v1",
        "as ExternalSecret",
    ),
    CustomResource(
        "github.com/external-secrets/external-secrets",
        "v1.3.2",
        "config/crds/bases/generators.external-secrets.io_passwords.yaml",
        "v1alpha1",
        "as ExternalSecret",
    ),
    CustomResource(
        "github.com/cloudnative-pg/cloudnative-pg",
        "v1.30.0",
        "config/crd/bases/postgresql.cnpg.io_clusters.yaml",
        "v1",
        "the release that supports PostgreSQL 15 to 18 on Kubernetes 1.34 to 1.36",
    ),
    CustomResource(
        "sigs.k8s.io/gateway-api",
        "v1.4.1",
        "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
        "v1",
        "the newest standard channel; of its fields only those of the first release are written",
    ),
    CustomResource(
        "github.com/openshift/api",
        "v0.0.0-20251015095338-264e80a2b6e7",
        "route/v1/zz_generated.crd-manifests/routes.crd.yaml",
        "v1",
        "the project tags no releases any more; Routes have not changed in years",
    ),
)

KEPT = frozenset(
    {
        "$ref",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
        "uniqueItems",
    }
)
QUANTITY = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$"
"""The grammar of k8s.io/apimachinery/pkg/api/resource.ParseQuantity."""

REPLACED: Mapping[str, Schema] = {
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "type": ["string", "number"],
        "pattern": QUANTITY,
    },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {"type": ["string", "integer"]},
}
"""Definitions whose own `oneOf` gives messages that say nothing."""


def cleaned(schema: Schema) -> Schema:
    """The schema with what decides kept and what explains dropped."""
    kept: Schema = {key: value for key, value in schema.items() if key in KEPT}
    if isinstance(kept.get("type"), list):
        named = [name for name in kept["type"] if name != "null"]
        kept["type"] = named[0] if len(named) == 1 else named
    if schema.get("format") == "int32":
        kept = {"minimum": -(2**31), "maximum": 2**31 - 1} | kept
    if "properties" in schema:
        kept["properties"] = {name: cleaned(value) for name, value in schema["properties"].items()}
    for key in ("items", "additionalProperties", "not"):
        if key in schema:
            value = schema[key]
            kept[key] = cleaned(value) if isinstance(value, dict) else value
    for key in ("allOf", "anyOf", "oneOf"):
        if schema.get(key):  # one definition has an empty one
            kept[key] = [cleaned(value) for value in schema[key]]
    return kept


def definitions(minor: str) -> dict[str, Schema]:
    """All definitions of one minor, as `kubernetes-validate` has them."""
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{minor}.0-local-strict"
    found: dict[str, Schema] = json.loads((folder / "_definitions.json").read_bytes())["$defs"]
    return found


def is_object(schema: Schema) -> bool:
    """Whether a definition is a kind with one version that has metadata of its own."""
    return len(schema.get("x-kubernetes-group-version-kind", ())) == 1 and {
        "apiVersion",
        "kind",
        "metadata",
    } <= set(schema.get("properties", ()))


def references(node: object) -> Iterator[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def kubernetes_schemas(minor: str) -> Schema:
    """`$defs` of one minor: every kind, and what the kinds are made of."""
    raw = definitions(minor)
    kept: dict[str, Schema] = {}
    waiting = [name for name in sorted(raw) if is_object(raw[name])]
    while waiting:
        name = waiting.pop()
        if name in kept:
            continue
        kept[name] = dict(REPLACED.get(name) or cleaned(raw[name]))
        if is_object(raw[name]):
            kept[name]["x-kubernetes-group-version-kind"] = raw[name][
                "x-kubernetes-group-version-kind"
            ]
        waiting.extend(references(kept[name]))
    return {"$defs": kept}


def module_folder(resource: CustomResource) -> Path:
    """Where Go keeps the module, after it fetched and proved it."""
    command = ["go", "mod", "download", "-json", f"{resource.module}@{resource.release}"]
    answer = subprocess.run(command, check=True, capture_output=True, cwd="/")  # noqa: S603 -- fixed words
    return Path(json.loads(answer.stdout)["Dir"])


def closed(schema: Schema) -> Schema:
    """A structural schema that refuses what it does not name, as the API server would prune it."""
    kept = cleaned(schema)
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["string", "integer"]} | {
            key: kept[key] for key in ("pattern",) if key in kept
        }
    if "properties" in schema:
        kept["properties"] = {name: closed(value) for name, value in schema["properties"].items()}
        defaulted = {name for name, value in schema["properties"].items() if "default" in value}
        required = [name for name in kept.pop("required", ()) if name not in defaulted]
        kept |= {"required": required} if required else {}
    if isinstance(schema.get("items"), dict):
        kept["items"] = closed(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        kept["additionalProperties"] = closed(schema["additionalProperties"])
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or kept.get("type") != "object"
    return kept if is_open else {"additionalProperties": False} | kept


def inlined(schema: Any, known: Mapping[str, Schema]) -> Any:  # noqa: ANN401 -- any JSON
    """The schema with every reference replaced by what it refers to; there are no circles."""
    if isinstance(schema, list):
        return [inlined(value, known) for value in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return inlined(known[schema["$ref"].rpartition("/")[2]], known)
    return {key: inlined(value, known) for key, value in schema.items()}


def custom_resource(resource: CustomResource, metadata: Schema) -> tuple[str, Schema]:
    """`group/version/Kind`, and its scope and closed schema."""
    file = module_folder(resource) / resource.path
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))["spec"]
    (taken,) = (entry for entry in spec["versions"] if entry["name"] == resource.served)
    api_version, kind = f"{spec['group']}/{resource.served}", spec["names"]["kind"]
    schema = closed(taken["schema"]["openAPIV3Schema"])
    schema["properties"] |= {
        "apiVersion": {"type": "string", "enum": [api_version]},
        "kind": {"type": "string", "enum": [kind]},
        "metadata": metadata,
    }
    schema["required"] = sorted({*schema.get("required", ()), "apiVersion", "kind", "spec"})
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return f"{api_version}/{kind}", {"scope": spec["scope"], "schema": schema}


def custom_resource_schemas() -> Schema:
    """Every custom resource by `group/version/Kind`; metadata is that of the oldest minor."""
    known = kubernetes_schemas(MINORS[0])["$defs"]
    metadata = inlined(known["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"], known)
    return dict(custom_resource(resource, metadata) for resource in CUSTOM_RESOURCES)


NOTICE = """\
# Whose schemas these are

Written by `scripts/vendor_schemas.py`, which says how it is run and what it changes: descriptions,
defaults and formats are dropped, unknown fields refused. Do not edit. All are under the Apache
License 2.0 (`LICENSE-APACHE-2.0.txt`). The versions were chosen on {taken}.

`kubernetes-<minor>.json.gz`: Kubernetes, The Kubernetes Authors, from the Python distribution
kubernetes-validate {validate}.

`custom-resources.json.gz`, each from the named file of a Go module, by that project's authors:

{rows}
"""


def notice() -> str:
    """What lies in the folder, whose it is, and how it was changed."""
    rows = (
        f"- `{resource.path.rpartition('/')[2]}`, {resource.served}: {resource.module}"
        f" {resource.release} ({resource.why})"
        for resource in CUSTOM_RESOURCES
    )
    return NOTICE.format(taken=TAKEN, validate=version("kubernetes-validate"), rows="\n".join(rows))


def packed(content: Schema) -> bytes:
    """Compact JSON with sorted keys, compressed without a date or a name."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def write() -> None:
    """Write every file of the folder."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for minor in MINORS:
        (TARGET / f"kubernetes-{minor}.json.gz").write_bytes(packed(kubernetes_schemas(minor)))
    (TARGET / "custom-resources.json.gz").write_bytes(packed(custom_resource_schemas()))
    (TARGET / "NOTICE.md").write_text(notice(), encoding="utf-8")
    licence = TARGET / "LICENSE-APACHE-2.0.txt"
    shutil.copyfile(module_folder(CUSTOM_RESOURCES[0]) / "LICENSE", licence)
    licence.chmod(0o644)
    print(f"written: {TARGET}")


def stale() -> list[str]:
    """The files that differ from what would be written, without asking Go."""
    found = [
        f"kubernetes-{minor}.json.gz"
        for minor in MINORS
        if json.loads(gzip.decompress((TARGET / f"kubernetes-{minor}.json.gz").read_bytes()))
        != kubernetes_schemas(minor)
    ]
    current = (TARGET / "NOTICE.md").read_text(encoding="utf-8") == notice()
    return found if current else [*found, "NOTICE.md"]


def main() -> int:
    """Write, or with `--check` compare; 1 where something differs."""
    parser = argparse.ArgumentParser(description="Vendor the schemas that verify uses.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    if not parser.parse_args().check:
        write()
        return 0
    found = stale()
    for name in found:
        print(f"{name} is not current: run uv run python scripts/vendor_schemas.py")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
