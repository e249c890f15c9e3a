"""Stage `schema`: what editors are told, and that it is what the compiler says."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml
from tests.unit.cloud_answers import FACTS, facts

from modelops.diagnostics.rulebook import RULES
from modelops.documents import Kind, Preview
from modelops.layer import layer
from modelops.load import load
from modelops.model import MODELS
from modelops.schema import schemas
from modelops.validate import validate
from modelops.validate.shape import fields

SCHEMAS = {name: json.loads(content) for name, content in schemas().items()}
PLACES = {
    Kind.DEFAULTS: "environments/base.yaml",
    Kind.PROFILE: "environments/profiles/debug.yaml",
    Kind.IMAGES: "environments/images.yaml",
    Kind.ENVIRONMENT: "environments/dev/environment.yaml",
    Kind.CLOUD: "environments/dev/cloud.yaml",
    Kind.WORKSPACE: "environments/dev/workspaces/malaria.yaml",
    Kind.RUN: "environments/dev/runs/sir.yaml",
    Kind.SERVICE: "environments/dev/services/mlflow.yaml",
}
ENVIRONMENT = "{cluster: {}, flux: {url: https://example.org/models}}"
ONE_LAYER = (Kind.IMAGES, Kind.CLOUD)
NAMES_OF_SCHEMAS = ("properties", "definitions", "patternProperties")


def schema_of(kind: Kind) -> dict[str, Any]:
    schema: dict[str, Any] = SCHEMAS[f"{kind.value.lower()}.json"]
    return schema


def every(schema: Any, keyword: str = "") -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- any JSON
    """Every schema inside a schema; not the maps from names to schemas, defaults or examples."""
    if isinstance(schema, list):
        for item in schema:
            yield from every(item)
    elif isinstance(schema, dict) and keyword not in ("default", "examples"):
        if keyword not in NAMES_OF_SCHEMAS:
            yield schema
        for key, value in schema.items():
            yield from every(value, "" if keyword in NAMES_OF_SCHEMAS else key)


def description(schema: dict[str, Any], setting: dict[str, Any]) -> str:
    """What is said of a setting: there, else at the definition that it refers to."""
    for each in (setting, *every(setting)):
        said = schema["definitions"].get(each.get("$ref", "").removeprefix("#/definitions/"), each)
        if said.get("description"):
            return str(said["description"])
    return ""


def text(kind: Kind, spec: str) -> str:
    return f"apiVersion: modelops.io/v1\nkind: {kind.value}\nspec: {spec}\n"


def is_fine_for_editors(kind: Kind, content: str) -> bool:
    return jsonschema.Draft7Validator(schema_of(kind)).is_valid(yaml.safe_load(content))


def is_fine_for_us(kind: Kind, content: str) -> bool:
    """The compiler's verdict, in a tree that lacks nothing else."""
    sources = {PLACES[Kind.ENVIRONMENT]: text(Kind.ENVIRONMENT, ENVIRONMENT)} | {
        PLACES[kind]: content
    }
    documents = load({file: source.encode() for file, source in sources.items()})
    if documents.value is None:
        return False
    layered = layer(documents.value, Preview())
    return bool(layered.value) and not validate(layered.value).failed if layered.value else False


# --- form ----------------------------------------------------------------------------------------


def test_there_is_one_file_a_kind() -> None:
    assert list(SCHEMAS) == [
        "cloudfacts.json",
        "defaults.json",
        "environment.json",
        "images.json",
        "infra-inputs.json",
        "profile.json",
        "run.json",
        "service.json",
        "workspace.json",
    ]


def test_the_bytes_are_sorted_and_always_the_same() -> None:
    for name, content in schemas().items():
        again = json.dumps(SCHEMAS[name], indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        assert content.decode() == again
    assert schemas() == schemas()


@pytest.mark.parametrize("kind", Kind)
def test_a_schema_is_draft_07_with_a_title(kind: Kind) -> None:
    schema = schema_of(kind)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["title"] == f"ModelOps {kind.value}"
    assert schema["description"] == MODELS[kind].__doc__


@pytest.mark.parametrize("kind", Kind)
def test_every_reference_stands_alone_and_leads_somewhere(kind: Kind) -> None:
    schema = schema_of(kind)
    referring = [each for each in every(schema) if "$ref" in each]
    assert referring
    for each in referring:
        assert list(each) == ["$ref"]
        assert each["$ref"].removeprefix("#/definitions/") in schema["definitions"]


@pytest.mark.parametrize("kind", Kind)
def test_every_definition_is_used(kind: Kind) -> None:
    schema = schema_of(kind)
    used = {each["$ref"].removeprefix("#/definitions/") for each in every(schema) if "$ref" in each}
    assert used == set(schema["definitions"])


@pytest.mark.parametrize("kind", Kind)
def test_only_words_of_the_draft_are_used(kind: Kind) -> None:
    known = {"$schema", "$ref", "title", "description", "default", "examples", "definitions"} | {
        *("type", "enum", "const", "anyOf", "allOf", "not", "pattern", "minLength", "maxLength"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "items", "minItems"),
        *("properties", "additionalProperties", "propertyNames", "required"),
    }
    assert {keyword for each in every(schema_of(kind)) for keyword in each} <= known


# --- content -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_every_setting_is_described(kind: Kind) -> None:
    schema = schema_of(kind)
    for each in every(schema):
        for key, setting in each.get("properties", {}).items():
            assert description(schema, setting), key


@pytest.mark.parametrize("kind", Kind)
def test_a_setting_says_what_its_model_says(kind: Kind) -> None:
    schema = schema_of(kind)
    said = schema["definitions"][MODELS[kind].__name__]["properties"]
    assert set(said) == set(fields(MODELS[kind]))
    for key, slot in fields(MODELS[kind]).items():
        assert description(schema, said[key]) == slot.description


def test_defaults_come_through_as_a_person_would_write_them() -> None:
    definitions = schema_of(Kind.WORKSPACE)["definitions"]
    assert definitions["WorkerResources"]["properties"]["memory"]["default"] == "8Gi"
    assert definitions["SchedulerResources"]["properties"]["cpu"]["default"] == "500m"
    assert definitions["Executor"]["properties"]["timeout"]["default"] == "30m"
    assert definitions["Workers"]["properties"]["saturation"]["default"] == 1.1
    assert definitions["Executor"]["properties"]["type"]["default"] == "isolated_warm"


def test_nothing_has_null_for_a_default() -> None:
    assert not [
        each for kind in Kind for each in every(schema_of(kind)) if each.get("default", 0) is None
    ]


def test_what_has_few_values_lists_them() -> None:
    definitions = schema_of(Kind.ENVIRONMENT)["definitions"]
    assert definitions["Tier"]["enum"] == ["development", "staging", "production"]
    assert definitions["ExecutorType"]["enum"] == ["isolated_warm", "direct", "cold"]
    assert schema_of(Kind.IMAGES)["properties"]["kind"]["const"] == "Images"


def test_what_can_be_accepted_is_every_warning() -> None:
    accept = schema_of(Kind.WORKSPACE)["definitions"]["WorkspaceSpec"]["properties"]["accept"]
    warnings = [code for code, rule in RULES.items() if rule.acceptable]
    assert "DSK008" in warnings
    assert accept["anyOf"][0]["propertyNames"]["enum"] == warnings


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in ONE_LAYER])
def test_below_spec_a_layered_kind_requires_nothing(kind: Kind) -> None:
    schema = schema_of(kind)
    assert [each["required"] for each in every(schema) if "required" in each] == [
        ["apiVersion", "kind", "spec"]
    ]


def test_what_is_one_layer_requires_what_it_needs() -> None:
    assert schema_of(Kind.IMAGES)["definitions"]["Image"]["required"] == ["repository"]
    required = schema_of(Kind.CLOUD)["definitions"]["CloudFactsSpec"]["required"]
    assert "tenantId" in required
    assert "blobEndpoint" not in required


@pytest.mark.parametrize("kind", [Kind.DEFAULTS, Kind.PROFILE, Kind.ENVIRONMENT])
def test_a_layer_lacks_what_is_a_file_s_alone(kind: Kind) -> None:
    whole = schema_of(Kind.WORKSPACE)["definitions"]["WorkspaceSpec"]["properties"]
    partial = schema_of(kind)["definitions"]["PartialWorkspace"]["properties"]
    assert set(whole) - set(partial) == {"profile", "accept"}
    assert {key: whole[key] for key in partial} == partial


# --- verdicts ------------------------------------------------------------------------------------

FINE = [
    (Kind.WORKSPACE, "{}"),
    (Kind.WORKSPACE, "{profile: [], labels: {team: malaria, a.b/c: ''}}"),
    (Kind.WORKSPACE, "{workers: {resources: {cpu: 2, memory: 8Gi}}}"),
    (Kind.WORKSPACE, "{workers: {resources: {cpu: {request: 500m, limit: 1.5}, memory: 9e9}}}"),
    (Kind.WORKSPACE, "{workers: {resources: {memory: 2147483648, gpu: null}, spill: null}}"),
    (Kind.WORKSPACE, "{workers: {resources: null, replicas: null, env: {A: null}}}"),
    (Kind.WORKSPACE, "{workers: {env: {A: x, B: 1, C: 1.5, D: true}}}"),
    (Kind.WORKSPACE, "{workers: {saturation: inf}, scheduler: {pool: a-b}}"),
    (Kind.WORKSPACE, "{workers: {saturation: .inf, drain: 1h30m}}"),
    (Kind.WORKSPACE, "{results: {kind: volume, size: 5Gi}}"),
    (Kind.WORKSPACE, "{results: {kind: ephemeral}, description: null}"),
    (Kind.WORKSPACE, "{secrets: {a: {existing: true}, b: {generate: [p]}, c: null}}"),
    (Kind.WORKSPACE, "{network: {egress: {a: {cidr: 10.0.0.0/8, ports: [443]}}}}"),
    (Kind.ENVIRONMENT, ENVIRONMENT),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", tier: staging, defaults: {workspace: null}}"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", defaults: {workspace: {results: {size: 5Gi}}}}"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", registry: null, profiles: []}"),
    (
        Kind.ENVIRONMENT,
        "{cluster: {pools: {gpu: {taints: {a/b: {}}}, x: null}}, flux: {url: 'ssh://a/b'}}",
    ),
    (Kind.DEFAULTS, "{}"),
    (
        Kind.DEFAULTS,
        "{environment: {tier: staging, cluster: {provider: generic}}, workspace: null}",
    ),
    (Kind.DEFAULTS, "{workspace: {workers: {secretEnv: {A: {key: b}}, threads: null}}}"),
    (Kind.PROFILE, "{description: For you., tiers: [development]}"),
    (
        Kind.PROFILE,
        "{defaults: {workspace: {labels: null}}, overrides: {workspace: {workers: null}}}",
    ),
    (Kind.PROFILE, "{overrides: {workspace: {workers: {resources: {memory: {limit: 4Gi}}}}}}"),
    (Kind.IMAGES, "{images: {a: {repository: ghcr.io/a/b, tag: v1, executors: [cold]}}}"),
    (Kind.IMAGES, "{registry: ghcr.io/a, images: {a: {repository: b, packages: {dask: '1'}}}}"),
    (Kind.CLOUD, json.dumps(FACTS)),
    (Kind.CLOUD, json.dumps(facts(storageAccount=None, blobEndpoint=None, identities={}))),
]
WRONG = [
    (Kind.WORKSPACE, "{worker: {}}"),
    (Kind.WORKSPACE, "{workers: {replica: 2}}"),
    (Kind.WORKSPACE, "{workers: {replicas: '2'}}"),
    (Kind.WORKSPACE, "{workers: {replicas: -1}}"),
    (Kind.WORKSPACE, "{workers: {replicas: 2.5}}"),
    (Kind.WORKSPACE, "{workers: {threads: true}}"),
    (Kind.WORKSPACE, "{workers: {memory: {headroom: 1}}}"),
    (Kind.WORKSPACE, "{workers: {saturation: 0}}"),
    (Kind.WORKSPACE, "{workers: {saturation: much}}"),
    (Kind.WORKSPACE, "{workers: {drain: 90}}"),
    (Kind.WORKSPACE, "{workers: {drain: 1d}}"),
    (Kind.WORKSPACE, "{workers: {spill: 500m}}"),
    (Kind.WORKSPACE, "{workers: {spill: 8GB}}"),
    (Kind.WORKSPACE, "{workers: {spill: []}}"),
    (Kind.WORKSPACE, "{workers: {resources: {cpu: {request: 1, limits: 2}}}}"),
    (Kind.WORKSPACE, "{workers: {resources: {cpu: two}}}"),
    (Kind.WORKSPACE, "{workers: {env: {1A: x}}}"),
    (Kind.WORKSPACE, "{workers: {env: {A: {}}}}"),
    (Kind.WORKSPACE, "{workers: {env: []}}"),
    (Kind.WORKSPACE, "{workers: {pool: GPU}}"),
    (Kind.WORKSPACE, "{labels: {-a: b}}"),
    (Kind.WORKSPACE, "{labels: {a: 1}}"),
    (Kind.WORKSPACE, "{labels: {a: b c}}"),
    (Kind.WORKSPACE, "{executor: {type: warm}}"),
    (Kind.WORKSPACE, "{results: {kind: nfs}}"),
    (Kind.WORKSPACE, "{results: {kind: volume, sizes: 5Gi}}"),
    (Kind.WORKSPACE, "{secrets: {a: {existing: false}}}"),
    (Kind.WORKSPACE, "{secrets: {A_b: {existing: true}}}"),
    (Kind.WORKSPACE, "{network: {egress: {a: {cidr: 10.0.0.0}}}}"),
    (Kind.WORKSPACE, "{network: {egress: {a: {cidr: 10.0.0.0/8, ports: [null]}}}}"),
    (Kind.WORKSPACE, "{network: {egress: {a: {cidr: 10.0.0.0/8, ports: []}}}}"),
    (Kind.WORKSPACE, "{profile: 3}"),
    (Kind.WORKSPACE, "{profile: ['']}"),
    (Kind.WORKSPACE, "{accept: {XYZ001: because}}"),
    (Kind.WORKSPACE, "[]"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", tier: prod}"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", profiles: debug}"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", defaults: {workspace: {profile: debug}}}"),
    (Kind.ENVIRONMENT, ENVIRONMENT[:-1] + ", defaults: {workspace: {workers: {a: 1}}}}"),
    (Kind.ENVIRONMENT, "{cluster: {kubernetesVersion: 1.35}, flux: {url: 'https://a/b'}}"),
    (Kind.ENVIRONMENT, "{cluster: {pools: {Cpu: {}}}, flux: {url: 'https://a/b'}}"),
    (Kind.ENVIRONMENT, "{cluster: {pools: {cpu: {vm_size: x}}}, flux: {url: 'https://a/b'}}"),
    (Kind.ENVIRONMENT, "{cluster: {}, flux: {url: 'git@a:b'}}"),
    (Kind.DEFAULTS, "{worksapce: {}}"),
    (Kind.DEFAULTS, "{workspace: {profile: debug}}"),
    (Kind.DEFAULTS, "{workspace: {accept: {}}}"),
    (Kind.DEFAULTS, "{workspace: 3}"),
    (Kind.DEFAULTS, "{environment: {tier: prod}}"),
    (Kind.PROFILE, "{tiers: [prod]}"),
    (Kind.PROFILE, "{tiers: development}"),
    (Kind.PROFILE, "{default: {}}"),
    (Kind.PROFILE, "{overrides: {workspace: {workers: {processes: one}}}}"),
    (Kind.PROFILE, "{overrides: {workspace: {accept: {}}}}"),
    (Kind.IMAGES, "{images: {a: {}}}"),
    (Kind.IMAGES, "{images: {a: {repository: A b}}}"),
    (Kind.IMAGES, "{images: {a: {repository: a, user: 0}}}"),
    (Kind.IMAGES, "{images: {a: {repository: a, digest: 'sha256:1'}}}"),
    (Kind.IMAGES, "{images: {a: {repository: a, executors: [hot]}}}"),
    (Kind.IMAGES, "{images: {a: {repository: a, python: 3.12}}}"),
    (Kind.CLOUD, json.dumps(facts(tenantId=None))),
    (Kind.CLOUD, json.dumps(facts(tenantId="the one of ours"))),
    (Kind.CLOUD, json.dumps(facts(blobEndpoint="http://data.blob.core.windows.net/"))),
    (Kind.CLOUD, json.dumps(facts(environment="dev"))),
    (Kind.CLOUD, json.dumps(facts(identities={"a b": {}}))),
]


@pytest.mark.parametrize(("kind", "spec"), FINE)
def test_editors_and_compiler_take_the_same(kind: Kind, spec: str) -> None:
    assert is_fine_for_us(kind, text(kind, spec))
    assert is_fine_for_editors(kind, text(kind, spec))


@pytest.mark.parametrize(("kind", "spec"), WRONG)
def test_editors_and_compiler_refuse_the_same(kind: Kind, spec: str) -> None:
    assert not is_fine_for_us(kind, text(kind, spec))
    assert not is_fine_for_editors(kind, text(kind, spec))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("apiVersion: modelops.io/v1", "apiVersion: modelops.io/v2"),
        ("kind: Workspace", "kind: Workspaces"),
        ("kind: Workspace\n", ""),
        ("spec: {}", "specs: {}"),
        ("spec: {}", "spec: {}\nmetadata: {labels: {}}"),
        ("spec: {}", "spec:"),
    ],
)
def test_the_envelope_is_part_of_the_schema(old: str, new: str) -> None:
    right = text(Kind.WORKSPACE, "{}") + "metadata: {name: malaria}\n"
    assert is_fine_for_us(Kind.WORKSPACE, right)
    assert is_fine_for_editors(Kind.WORKSPACE, right)
    wrong = text(Kind.WORKSPACE, "{}").replace(old, new)
    assert not is_fine_for_us(Kind.WORKSPACE, wrong)
    assert not is_fine_for_editors(Kind.WORKSPACE, wrong)
