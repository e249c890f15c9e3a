"""Stage `validate`, fed by the stages before it: what people write, and what they are told."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, get_args, get_origin

import pytest
from pydantic import StringConstraints

from modelops.diagnostics import Diagnostic, Outcome
from modelops.documents import UNIT_FOLDERS, Kind, Layered, Preview
from modelops.layer import layer
from modelops.load import load
from modelops.model import MODELS, Configuration
from modelops.validate import validate
from modelops.validate.shape import ANY, Slot
from modelops.validate.target import target
from modelops.validate.values import SPOKEN

DEV = "environments/dev/environment.yaml"
CLOUD = "environments/dev/cloud.yaml"
MALARIA = "environments/dev/workspaces/malaria.yaml"
MEASLES = "environments/dev/workspaces/measles.yaml"
SIR = "environments/dev/runs/sir.yaml"
MLFLOW = "environments/dev/services/mlflow.yaml"
BASE = "environments/base.yaml"
DEBUG = "environments/profiles/debug.yaml"
IMAGES = "environments/images.yaml"
ENVIRONMENT = "cluster: {pools: {cpu: {}}}\nflux: {url: https://example.org/models}"


def kind_of(file: str) -> Kind:
    """The kind that a file's place asks for."""
    names = {DEV: Kind.ENVIRONMENT, CLOUD: Kind.CLOUD, BASE: Kind.DEFAULTS, IMAGES: Kind.IMAGES}
    return names.get(file, UNIT_FOLDERS.get(file.split("/")[-2], Kind.PROFILE))


def layered(specs: dict[str, str]) -> Layered:
    """What the stages before make of specs by file; a valid environment is added.

    A spec begins in line 4, column 3 of its file.
    """
    sources = {}
    for file, spec in ({DEV: ENVIRONMENT} | specs).items():
        kind = kind_of(file)
        body = "".join(f"  {line}\n" for line in spec.splitlines())
        sources[file] = f"apiVersion: modelops.io/v1\nkind: {kind.value}\nspec:\n{body}".encode()
    documents = load(sources)
    assert documents.value is not None, documents.diagnostics
    merged = layer(documents.value, Preview())
    assert merged.value is not None
    return merged.value


def judged(specs: dict[str, str]) -> Outcome[Configuration]:
    return validate(layered(specs))


def configuration(specs: dict[str, str]) -> Configuration:
    outcome = judged(specs)
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def the_only(specs: dict[str, str]) -> Diagnostic:
    outcome = judged(specs)
    assert outcome.value is None
    (diagnostic,) = outcome.diagnostics
    return diagnostic


def place(diagnostic: Diagnostic) -> tuple[str, int, int]:
    return diagnostic.at.file, diagnostic.at.line, diagnostic.at.column


# --- what is right -------------------------------------------------------------------------------


def test_every_object_becomes_its_model_with_the_places_of_its_values() -> None:
    made = configuration(
        {
            BASE: "workspace: {workers: {threads: 2}}",
            MALARIA: "profile: debug\nworkers:\n  replicas: 3",
            DEBUG: "overrides: {workspace: {workers: {processes: 1}}}",
            IMAGES: "images: {dask-worker: {repository: worker}}",
        }
    )
    (environment,) = made.environments
    (workspace,) = environment.workspaces
    assert (environment.name, workspace.name, workspace.source) == ("dev", "malaria", MALARIA)
    assert (workspace.spec.workers.replicas, workspace.spec.workers.threads) == (3, 2)
    assert workspace.spec.workers.processes == 1
    assert str(workspace.at("workers", "processes")).startswith(DEBUG)
    assert workspace.layer("workers", "threads") == "base"
    assert workspace.profiles == ("debug",)
    assert workspace.layers == (
        "base",
        "environment",
        "defaults of profile debug",
        "file",
        "overrides of profile debug",
    )
    assert made.images.spec.images["dask-worker"].repository == "worker"


def test_without_an_images_file_there_are_no_images() -> None:
    images = configuration({MALARIA: "{}"}).images
    assert (images.name, images.source, dict(images.spec.images)) == ("images", IMAGES, {})
    assert images.at("images").file == IMAGES


def test_profiles_of_one_name_are_told_apart_by_their_environment() -> None:
    own = "environments/dev/profiles/debug.yaml"
    profiles = configuration({DEBUG: "description: all", own: "description: own"}).profiles
    assert {key: each.spec.description for key, each in profiles.items()} == {
        "debug": "all",
        "dev/debug": "own",
    }


def test_values_of_env_stay_what_was_typed_in_whatever_layer() -> None:
    typed = {"A": "no", "B": "012", "C": "1e3", "D": "1:20", "E": "true", "F": "1.50", "G": "0x1F"}
    flow = ", ".join(f"{key}: {text}" for key, text in typed.items())
    quoted = "H: '  x '\nI: |\n  two\n  lines\nJ: ''"
    specs = {
        BASE: f"workspace: {{workers: {{env: {{{flow}}}}}}}",
        MALARIA: "scheduler:\n  env:\n" + "".join(f"    {line}\n" for line in quoted.splitlines()),
    }
    (workspace,) = configuration(specs).environments[0].workspaces
    assert dict(workspace.spec.workers.env) == typed
    assert dict(workspace.spec.scheduler.env) == {"H": "  x ", "I": "two\nlines\n", "J": ""}


def test_layered_trees_are_left_as_they_are() -> None:
    given = layered({BASE: "workspace: {workers: {env: {A: 1e3}}}", MALARIA: "{}"})
    specs = [*given.environments[0].units, *given.fragments]
    before = deepcopy([spec.tree for spec in specs])
    validate(given)
    assert [spec.tree for spec in specs] == before
    assert type(specs[0].tree["workers"]["env"]["A"]) is float


# --- what is wrong -------------------------------------------------------------------------------

MISTAKES = [
    # file, spec, place, code, message, help
    (
        MALARIA,
        "workres: {}",
        (4, 3),
        "CFG001",
        "no key `workres` in `spec`",
        "did you mean `workers`?",
    ),
    (
        MALARIA,
        "replicas: 3",
        (4, 3),
        "CFG001",
        "no key `replicas` in `spec`",
        "`replicas` belongs under `workers`",
    ),
    (
        MALARIA,
        "results: {kind: blob, container: results, size: 5Gi}",
        (4, 45),
        "CFG001",
        "no key `size` in `results`",
        (
            "another kind of `results` has it: remove it,\n"
            "or write `size: null` over what a lower layer says"
        ),
    ),
    (
        MALARIA,
        "resources: {}",
        (4, 3),
        "CFG001",
        "no key `resources` in `spec`",
        "did you mean `results`?\n`resources` belongs under `scheduler` or `workers`",
    ),
    (
        MALARIA,
        "results:\n  kind: volume\n  sizes: 1Gi",
        (6, 5),
        "CFG001",
        "no key `sizes` in `results`",
        "did you mean `size`?",
    ),
    (
        MALARIA,
        "network: {egress: {api: {zone: 1, cidr: 10.0.0.0/8}}}",
        (4, 28),
        "CFG001",
        "no key `zone` in `network.egress.api`",
        "one of: cidr, ports",
    ),
    (
        DEV,
        ENVIRONMENT + "\nregistry: {vmSize: x}",
        (6, 14),
        "CFG001",
        "no key `vmSize` in `registry`",
        "`vmSize` belongs under `cluster.pools.NAME`",
    ),
    (
        DEV,
        "flux: {url: https://x/y}",
        (3, 1),
        "CFG011",
        "`cluster` is missing",
        "add `cluster:`\nwhat belongs there: The cluster it lives on.",
    ),
    (
        DEV,
        ENVIRONMENT + "\nregistry:\n  pullSecret: {name: ghcr}",
        (7, 17),
        "CFG011",
        "nothing says how the pull secret `ghcr` comes to be",
        "keep one of `existing: true` and `external: {key: …}`",
    ),
    (
        MALARIA,
        "workers:\n  resources:\n    memory: {limit: 8Gi}",
        (6, 7),
        "CFG011",
        "`workers.resources.memory.request` is missing",
        "add `request:`\nwrite it like 512Mi or 8Gi\n",
    ),
    (
        MALARIA,
        "results: {size: 5Gi}",
        (4, 3),
        "CFG011",
        "`results.kind` is missing",
        "add `kind:` with one of: volume, ephemeral",
    ),
    (
        MALARIA,
        "results: {kind: volum}",
        (4, 19),
        "CFG011",
        "`results.kind` cannot be `volum`",
        "did you mean `volume`?\none of: volume, ephemeral",
    ),
    (
        MALARIA,
        "executor: {type: isolated-warm}",
        (4, 20),
        "CFG011",
        "`executor.type` cannot be `isolated-warm`",
        "did you mean `isolated_warm`?\none of: isolated_warm, direct, cold",
    ),
    (
        MALARIA,
        "executor: {type: []}",
        (4, 20),
        "CFG011",
        "`executor.type` is a list",
        "write one of: isolated_warm, direct, cold",
    ),
    (
        MALARIA,
        "secrets: {a: {existing: false}}",
        (4, 27),
        "CFG011",
        "`secrets.a.existing` cannot be `false`",
        "write true, or leave it out",
    ),
    (
        MALARIA,
        'workers: {replicas: "3"}',
        (4, 23),
        "CFG011",
        '`workers.replicas` is text ("3"), and a whole number is needed',
        "write it without quotes: 3",
    ),
    (
        MALARIA,
        "workers: {replicas: 3.0}",
        (4, 23),
        "CFG011",
        "`workers.replicas` is a number (3.0), and a whole number is needed",
        "write 3",
    ),
    (
        MALARIA,
        "workers: {replicas: true}",
        (4, 23),
        "CFG011",
        "`workers.replicas` is a boolean (true), and a whole number is needed",
        "what belongs there: How many pods",
    ),
    (
        MALARIA,
        "workers: {memory: {pause: '0.9'}}",
        (4, 29),
        "CFG011",
        '`workers.memory.pause` is text ("0.9"), and a number is needed',
        "write it without quotes: 0.9",
    ),
    (
        MALARIA,
        "executor: {freshVenv: yes}",
        (4, 25),
        "CFG011",
        '`executor.freshVenv` is text ("yes"), and true or false is needed',
        "write true, without quotes",
    ),
    (
        DEV,
        ENVIRONMENT.replace("{pools", "{kubernetesVersion: 1.30, pools"),
        (4, 32),
        "CFG011",
        "`cluster.kubernetesVersion` is a number (1.30), and text is needed",
        'quote it: "1.30"',
    ),
    (
        DEV,
        ENVIRONMENT.replace("{pools", "{kubernetesVersion: '1', pools"),
        (4, 32),
        "CFG011",
        "`cluster.kubernetesVersion` cannot be `1`",
        'write a minor such as "1.35", or an exact patch such as "1.35.2"',
    ),
    (
        DEV,
        ENVIRONMENT + "\nprofiles: debug",
        (6, 13),
        "CFG011",
        '`profiles` is text ("debug"), and a list is needed',
        "write a list: [debug]",
    ),
    (
        MALARIA,
        "workers: 3",
        (4, 12),
        "CFG011",
        "`workers` is a number (3), and a map is needed",
        "what belongs there: The Dask workers.",
    ),
    (
        MALARIA,
        "labels: []",
        (4, 11),
        "CFG011",
        "`labels` is a list, and a map is needed",
        "what belongs there: Added to the namespace",
    ),
    (
        MALARIA,
        "quota: {cpu: {limit: 3}}",
        (4, 16),
        "CFG011",
        "`quota.cpu` is a map, and one value is needed",
        "write it like 500m or 2\n",
    ),
    (
        MALARIA,
        "workers: {env: {A: {b: c}}}",
        (4, 22),
        "CFG011",
        "`workers.env.A` is a map, and text is needed",
        "what belongs there: Environment variables.",
    ),
    (
        MALARIA,
        "workers: {autoscaling: {max: 0}}",
        (4, 32),
        "CFG011",
        "`workers.autoscaling.max` is 0, and must be at least 1",
        "write at least 1",
    ),
    (
        MALARIA,
        "network: {egress: {a: {cidr: 10.0.0.0/8, ports: [443, 70000]}}}",
        (4, 57),
        "CFG011",
        "`network.egress.a.ports[1]` is 70000, and must be at most 65535",
        "write at most 65535",
    ),
    (
        MALARIA,
        "network: {egress: {a: {cidr: 10.0.0.0/8, ports: [x]}}}",
        (4, 52),
        "CFG011",
        '`network.egress.a.ports[0]` is text ("x"), and a whole number is needed',
        "what belongs there: Its TCP ports.",
    ),
    (
        MALARIA,
        "network: {egress: {a: {cidr: 10.0.0.0/8, ports: []}}}",
        (4, 51),
        "CFG011",
        "`network.egress.a.ports` is an empty list",
        "what belongs there: Its TCP ports.",
    ),
    (
        MALARIA,
        "workers: {memory: {target: .nan}}",
        (4, 30),
        "CFG011",
        "`workers.memory.target` is .nan, and must be a finite number",
        "write a number",
    ),
    (
        MALARIA,
        "workers: {image: ''}",
        (4, 20),
        "CFG011",
        "`workers.image` is empty",
        "what belongs there: A name in images.yaml",
    ),
    (
        MALARIA,
        f"description: {'x' * 4097}",
        (4, 16),
        "CFG011",
        "`description` has 4097 characters",
        "shorten it to 4096",
    ),
    (
        MALARIA,
        "workers: {resources: {cpu: 1.5.0}}",
        (4, 30),
        "CFG011",
        "`1.5.0` is not a Kubernetes quantity",
        'write it like "2" or 500m',
    ),
    (
        MALARIA,
        "workers: {resources: {memory: {request: 8Gi, limit: 9GB}}}",
        (4, 55),
        "DSK002",
        "`9GB` is not a Kubernetes quantity",
        "write it like 8Gi",
    ),
    *(
        (
            MALARIA,
            f"bundles: {{registry: 'registry.local:{port}/x'}}",
            (4, 23),
            "CFG011",
            f"`bundles.registry` cannot be `registry.local:{port}/x`",
            "write a registry's host without https://, such as ghcr.io or ghcr.io/team; its port",
        )
        for port in (0, 65_536, 99_999, 100_000)
    ),
    (
        DEV,
        ENVIRONMENT + "\nregistry: {prefix: 'registry.local:0/x'}",
        (6, 22),
        "CFG011",
        "`registry.prefix` cannot be `registry.local:0/x`",
        "write an image's name without tag and digest",
    ),
    (
        IMAGES,
        "registry: registry.local:65536/x",
        (4, 13),
        "CFG011",
        "`registry` cannot be `registry.local:65536/x`",
        "write an image's name without tag and digest",
    ),
    (
        MALARIA,
        "workers: {drain: true}",
        (4, 20),
        "CFG011",
        "`true` is not a duration",
        "write it like 90s",
    ),
    (
        MALARIA,
        "labels: {team: x, -team: x}",
        (4, 21),
        "NAM007",
        "`-team` is no label key that Kubernetes takes",
        "use [prefix/]name",
    ),
    (
        MALARIA,
        "secrets: {a: {generate: [p], existing: true}}",
        (4, 16),
        "CFG011",
        "a secret comes to be in exactly one way, and this one has 2",
        "keep one of",
    ),
    (
        MALARIA,
        "accept: {XYZ001: because}",
        (4, 12),
        "CFG011",
        "`XYZ001` is no rule",
        "list the rules with `modelops rule`",
    ),
    (
        DEV,
        ENVIRONMENT.replace("cpu: {}", 'cpu: {taints: {"a.b/c": {value: 1}}}'),
        (4, 53),
        "CFG011",
        '`cluster.pools.cpu.taints["a.b/c"].value` is a number (1), and text is needed',
        'quote it: "1"',
    ),
    (
        IMAGES,
        "images:\n  worker: {user: 0, repository: w}",
        (5, 20),
        "CFG011",
        "`images.worker.user` is 0, and must be at least 1",
        "write at least 1",
    ),
    (
        IMAGES,
        "images:\n  worker: {}",
        (5, 5),
        "CFG011",
        "`images.worker.repository` is missing",
        "add `repository:`",
    ),
    (
        DEBUG,
        "tiers: [prod]",
        (4, 11),
        "CFG011",
        "`tiers[0]` cannot be `prod`",
        "did you mean `production`?\none of: development, staging, production",
    ),
    (
        DEBUG,
        "default: {}",
        (4, 3),
        "CFG001",
        "no key `default` in `spec`",
        "did you mean `defaults`?",
    ),
    (BASE, "worksapce: {}", (4, 3), "CFG001", "no key `worksapce` in `spec`", "did you mean"),
]


@pytest.mark.parametrize(("file", "spec", "at", "code", "message", "remedy"), MISTAKES)
def test_a_mistake_is_told_in_plain_words_at_its_place(
    file: str, spec: str, at: tuple[int, int], code: str, message: str, remedy: str
) -> None:
    found = the_only({file: spec})
    assert (place(found), found.rule.code, found.message) == ((file, *at), code, message)
    assert found.help.startswith(remedy)
    assert found.label == ""
    assert found.notes == ()


@pytest.mark.parametrize(
    ("written", "at", "message"),
    [
        ("3", (4, 12), "`profile` is a number (3), and text is needed"),
        ("[debug, 3]", (4, 20), "`profile[1]` is a number (3), and text is needed"),
        ("''", (4, 12), "`profile` is empty"),
        ("['']", (4, 13), "`profile[0]` is empty"),
    ],
)
def test_of_several_forms_the_one_that_was_meant_is_judged(
    written: str, at: tuple[int, int], message: str
) -> None:
    found = the_only({MALARIA: f"profile: {written}", DEBUG: "{}"})
    assert (place(found)[1:], found.message) == (at, message)


def test_every_mistake_is_found() -> None:
    outcome = judged({MALARIA: "workers: {a: 1, threads: 0}", IMAGES: "b: 1", DEBUG: "c: 1"})
    assert [(found.at.file, found.rule.code) for found in outcome.diagnostics] == [
        (MALARIA, "CFG001"),
        (MALARIA, "CFG011"),
        (IMAGES, "CFG001"),
        (DEBUG, "CFG001"),
    ]


def test_a_long_value_is_cut() -> None:
    found = the_only({MALARIA: f"quota: {{cpu: {'s3cret' * 20}}}"})
    assert found.message == f"`{('s3cret' * 20)[:59]}…` is not a Kubernetes quantity"
    found = the_only({MALARIA: f"bundles: {{registry: 'x y{'z' * 90}'}}"})
    assert "z" * 58 not in found.message + found.help


# --- layers --------------------------------------------------------------------------------------


def test_a_mistake_in_a_profile_is_told_there_with_the_object_that_it_hits() -> None:
    found = the_only(
        {
            DEBUG: "overrides:\n  workspace: {workers: {processes: one}}",
            MALARIA: "profile: debug\nworkers: {processes: 2}",
        }
    )
    assert place(found) == (DEBUG, 5, 38)
    assert found.label == "from overrides of profile debug"
    (note,) = found.notes
    assert (str(note.at), note.message) == (
        f"{MALARIA}:1:1",
        f"in the effective configuration of {MALARIA}",
    )


@pytest.mark.parametrize(
    ("file", "overrides", "message"),
    [
        ("workers: {processes: one}", "workers: {processes: 1}", "`workers.processes`"),
        ("workers: {tread: 1}", "workers: {tread: null}", "no key `tread` in `workers`"),
        ("results: {kind: ephemeral, size: x}", "results: {kind: volume}", "`x` is not a"),
    ],
)
def test_a_mistake_in_a_file_is_told_though_an_override_hides_it(
    file: str, overrides: str, message: str
) -> None:
    hidden = {DEBUG: f"overrides: {{workspace: {{{overrides}}}}}"}
    found = the_only(hidden | {MALARIA: f"profile: debug\n{file}"})
    assert (found.at.file, found.at.line, found.notes) == (MALARIA, 5, ())
    assert message in found.message


def test_a_mistake_in_a_file_that_no_override_hides_is_told_once() -> None:
    override = {DEBUG: "overrides: {workspace: {workers: {threads: 1}}}"}
    found = the_only(override | {MALARIA: "profile: debug\nworkers: {processes: one}"})
    assert place(found) == (MALARIA, 5, 24)


@pytest.mark.parametrize(
    "part",
    [
        "results: {size: 5Gi}",
        "accept: {DSK005: measured}",
        "workers: {replicas: null, env: {A: null}}",
        "workers: {resources: {memory: {limit: 9Gi}}}",
        "secrets: {a: {external: null}}",
    ],
)
def test_a_file_below_an_override_need_not_be_whole(part: str) -> None:
    rest = "results: {kind: ephemeral}"
    workers = "resources: {memory: {request: 1Gi, limit: 2Gi}}"
    override = {
        BASE: f"workspace: {{{rest}, workers: {{{workers}}}, secrets: {{a: {{existing: true}}}}}}",
        DEBUG: "overrides: {workspace: {workers: {threads: 1}}}",
    }
    assert judged(override | {MALARIA: f"profile: debug\n{part}"}).diagnostics == ()


def test_a_mistake_in_the_base_is_told_once_however_many_objects_have_it() -> None:
    others = {f"environments/dev/workspaces/w{n}.yaml": "{}" for n in range(9)}
    found = the_only({BASE: "workspace: {workers: {treads: 2}}", MALARIA: "{}"} | others)
    assert place(found) == (BASE, 4, 25)
    assert (found.message, found.label) == ("no key `treads` in `workers`", "from base")
    assert [note.message for note in found.notes] == [
        f"in the effective configuration of {MALARIA}, and 9 more"
    ]


def test_what_a_layer_leaves_out_is_missed_at_the_object_not_in_the_layer() -> None:
    layers = {BASE: "workspace: {workers: {autoscaling: {min: 1}}}"}
    assert judged(layers).diagnostics == ()
    complete = layers | {MALARIA: "workers: {autoscaling: {max: 3}}"}
    assert judged(complete).diagnostics == ()
    found = the_only(complete | {MEASLES: "{}"})
    assert (place(found), found.label) == ((BASE, 4, 25), "from base")
    assert found.message == "`workers.autoscaling.max` is missing"
    assert [str(note.at) for note in found.notes] == [f"{MEASLES}:1:1"]


def test_a_layer_that_nothing_uses_is_judged_too() -> None:
    found = the_only({DEBUG: "defaults: {workspace: {workers: {threads: many}}}"})
    assert (place(found), found.label, found.notes) == ((DEBUG, 4, 45), "", ())


@pytest.mark.parametrize(
    "part",
    [
        "results: {size: 5Gi}",
        "workers: {secretEnv: {A: {key: b}}, resources: {memory: {limit: 9Gi}}}",
        "secrets: {a: {external: null}}",
        "secrets: null",
        "workers: {env: {A: null}, replicas: null}",
    ],
)
def test_a_part_of_an_object_need_not_be_whole(part: str) -> None:
    assert judged({DEBUG: f"defaults: {{workspace: {{{part}}}}}"}).diagnostics == ()


def test_an_environment_s_defaults_are_a_part_too() -> None:
    found = the_only({DEV: ENVIRONMENT + "\ndefaults: {workspace: {workers: {thread: 1}}}"})
    assert (place(found), found.message) == ((DEV, 6, 36), "no key `thread` in `workers`")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("profile", "debug", "`profile` is chosen by a file, not by a layer"),
        ("accept", "{}", "`accept` stands in the file that a warning is about, not in a layer"),
    ],
)
@pytest.mark.parametrize("outside", [BASE, DEBUG, DEV])
def test_what_belongs_to_a_file_is_refused_in_a_layer(
    outside: str, key: str, value: str, message: str
) -> None:
    part = f"workspace: {{{key}: {value}}}"
    spec = {
        BASE: part,
        DEBUG: f"overrides: {{{part}}}",
        DEV: f"{ENVIRONMENT}\ndefaults: {{{part}}}",
    }[outside]
    found = the_only({outside: spec, MALARIA: "{}"})
    assert (found.rule.code, found.message) == ("CFG001", message)
    assert found.at.file == outside
    assert found.at.end_column - found.at.column == len(key)
    assert found.help == f"move `{key}` into the files of the workspaces that need it"


def test_null_in_a_list_is_called_null() -> None:
    found = the_only({MALARIA: "network: {egress: {a: {cidr: 10.0.0.0/8, ports: [null]}}}"})
    assert found.message == "`network.egress.a.ports[0]` is null, and a whole number is needed"


# --- pydantic's places ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "loc", "path", "on_key"),
    [
        (Kind.WORKSPACE, ("workers", "threads"), ("workers", "threads"), False),
        (Kind.WORKSPACE, ("results", "volume", "size"), ("results", "size"), False),
        (Kind.WORKSPACE, ("results", "ephemeral", "volume"), ("results", "volume"), False),
        (Kind.WORKSPACE, ("results",), ("results",), False),
        (Kind.WORKSPACE, ("labels", "-x", "[key]"), ("labels", "-x"), True),
        (Kind.WORKSPACE, ("profile", "constrained-str"), ("profile",), False),
        (Kind.WORKSPACE, ("profile", "tuple[constrained-str, ...]", 1), ("profile", 1), False),
        (Kind.WORKSPACE, ("nowhere",), ("nowhere",), False),
        (
            Kind.WORKSPACE,
            ("workers", "autoscaling", "max"),
            ("workers", "autoscaling", "max"),
            False,
        ),
        (
            Kind.ENVIRONMENT,
            ("cluster", "pools", "a", "max"),
            ("cluster", "pools", "a", "max"),
            False,
        ),
        (Kind.IMAGES, ("images", "a", "executors", 0), ("images", "a", "executors", 0), False),
    ],
)
def test_pydantic_s_place_is_turned_into_what_was_written(
    kind: Kind,
    loc: tuple[str | int, ...],
    path: tuple[str | int, ...],
    on_key: bool,  # noqa: FBT001 -- a column
) -> None:
    found = target(MODELS[kind], loc)
    assert (found.path, found.on_key) == (path, on_key)


# --- every place of every model ------------------------------------------------------------------

FILES = {
    Kind.WORKSPACE: MALARIA,
    Kind.ENVIRONMENT: DEV,
    Kind.CLOUD: CLOUD,
    Kind.IMAGES: IMAGES,
    Kind.PROFILE: DEBUG,
    Kind.RUN: SIR,
    Kind.SERVICE: MLFLOW,
}
ODD: tuple[Any, ...] = (True, -1, 1.5, 10**12, "", "~!", "x" * 5000, [], [[]], {}, {"x": {}})
JARGON = ("Input should", "does not fit", "dict", "tuple", "Mapping", "constrained", "None", "True")


def settings(slot: Slot, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Slot]]:
    for key, inner in slot.below():
        yield (*path, key), inner
        yield from settings(inner, (*path, key))


def nested(path: tuple[str, ...], value: object) -> Any:  # noqa: ANN401 -- any YAML
    """A spec with a value at a path."""
    if not path:
        return value
    key, *rest = path
    if key == ANY and not rest:
        return [value]
    tag = {"kind": "volume"} if key == "results" and rest and rest[0] != "kind" else {}
    inner = nested(tuple(rest), value)
    if key == "parameters" and rest[1:] and rest[1] != "type":
        kind = "categorical" if rest[1] == "choices" else "float"
        inner = {"a": {"type": kind} | inner["a"]}
    return {"a" if key == ANY else key: tag | inner if tag else inner}


PLACES = [
    (kind, path)
    for kind in FILES
    for path in sorted({path for path, _ in settings(Slot(MODELS[kind]))})
]


@pytest.mark.parametrize(("kind", "path"), PLACES, ids=lambda part: ".".join(part) or None)
def test_there_are_plain_words_for_odd_values_anywhere(kind: Kind, path: tuple[str, ...]) -> None:
    for odd in ODD:
        spec = nested(path, odd)
        outcome = judged({DEV: ENVIRONMENT} | {FILES[kind]: json.dumps(spec)})
        for found in outcome.diagnostics:
            text = f"{found.message}\n{found.help}"
            assert not any(word in text for word in JARGON), text
            assert "x" * 61 not in text
            assert found.help, text
            assert found.at.line <= 4


def said_of_keys(slot: Slot) -> tuple[Any, ...]:
    """What a map's type says of its keys."""
    if get_origin(slot.annotation) is not Mapping:
        return ()
    key, _ = get_args(slot.annotation)
    return get_args(key)[1:]


def test_every_pattern_of_the_models_has_words() -> None:
    slots = [slot for model in MODELS.values() for _, slot in settings(Slot(model))]
    said = [said for slot in slots for each in (slot, *slot.choices()) for said in each.said]
    said += [each for slot in slots for choice in slot.choices() for each in said_of_keys(choice)]
    patterns = {str(each.pattern) for each in said if isinstance(each, StringConstraints)}
    assert patterns - {"None"} == set(SPOKEN)
