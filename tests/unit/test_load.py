"""What stands where, what every file begins with, and the settings of a preview."""

import pytest

from modelops.diagnostics import Diagnostic
from modelops.documents import Documents, Kind, Setting
from modelops.load import load, load_settings
from modelops.provenance import Mark, Span


def written(kind: str, spec: str = " {}") -> bytes:
    return f"apiVersion: modelops.io/v1\nkind: {kind}\nspec:{spec}\n".encode()


TREE = {
    "environments/base.yaml": written("Defaults"),
    "environments/images.yaml": written("Images"),
    "environments/profiles/gpu.yaml": written("Profile"),
    "environments/profiles/debug.yaml": written("Profile"),
    "environments/prod/environment.yaml": written("Environment"),
    "environments/dev/environment.yaml": written("Environment", "\n  tier: development"),
    "environments/dev/cloud.yaml": written("CloudFacts"),
    "environments/dev/profiles/debug.yaml": written("Profile"),
    "environments/dev/workspaces/malaria.yaml": written("Workspace"),
    "environments/dev/workspaces/dengue.yaml": written("Workspace"),
}


def loaded(sources: dict[str, bytes]) -> Documents:
    outcome = load(sources)
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def refused(sources: dict[str, bytes]) -> list[Diagnostic]:
    outcome = load(sources)
    assert outcome.value is None
    assert outcome.diagnostics
    assert all(diagnostic.help for diagnostic in outcome.diagnostics)
    return list(outcome.diagnostics)


def told(sources: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Code, place and message of everything found."""
    return [(found.rule.code, str(found.at), found.message) for found in refused(sources)]


def test_every_file_is_what_its_place_says() -> None:
    documents = loaded(TREE)
    dev = documents.environments["dev"]
    everything = [
        documents.base,
        documents.images,
        *documents.profiles.values(),
        dev.environment,
        dev.cloud,
        *dev.profiles.values(),
        *dev.all_units(),
        documents.environments["prod"].environment,
    ]
    assert [(d.file[13:], d.kind, d.name) for d in everything if d] == [
        ("base.yaml", Kind.DEFAULTS, "base"),
        ("images.yaml", Kind.IMAGES, "images"),
        ("profiles/debug.yaml", Kind.PROFILE, "debug"),
        ("profiles/gpu.yaml", Kind.PROFILE, "gpu"),
        ("dev/environment.yaml", Kind.ENVIRONMENT, "dev"),
        ("dev/cloud.yaml", Kind.CLOUD, "dev"),
        ("dev/profiles/debug.yaml", Kind.PROFILE, "debug"),
        ("dev/workspaces/dengue.yaml", Kind.WORKSPACE, "dengue"),
        ("dev/workspaces/malaria.yaml", Kind.WORKSPACE, "malaria"),
        ("prod/environment.yaml", Kind.ENVIRONMENT, "prod"),
    ]
    assert list(documents.environments) == ["dev", "prod"]


def test_a_document_has_its_tree_and_marks() -> None:
    document = loaded(TREE)
    environment = document.environments["dev"].environment
    assert environment.spec == {"tier": "development"}
    mark = environment.marks["spec", "tier"]
    assert str(mark.value) == "environments/dev/environment.yaml:4:9"


def test_the_order_of_the_sources_is_no_matter() -> None:
    assert repr(loaded(TREE)) == repr(loaded(dict(reversed(TREE.items()))))


def test_names_are_sorted_as_names() -> None:
    """As files, `a-b.yaml` comes before `a.yaml`."""
    sources = {f"environments/profiles/{name}.yaml": written("Profile") for name in ("a-b", "a")}
    assert list(loaded(sources).profiles) == ["a", "a-b"]


def test_nothing_is_fine() -> None:
    assert loaded({}) == Documents(None, None, {}, {})


@pytest.mark.parametrize(
    "file",
    ["README.md", "dev/README.md", ".gitkeep", "dev/workspaces/.x.yaml.swp", "dev/.idea/a.xml"],
)
def test_notes_and_hidden_files_are_ignored(file: str) -> None:
    assert loaded(TREE | {f"environments/{file}": b"\xff"}) == loaded(TREE)


@pytest.mark.parametrize(
    ("file", "help_line"),
    [
        ("bases.yaml", "did you mean `base`?"),
        ("base.yml", "rename it to `base.yaml`"),
        ("images.json", "rename it to `images.yaml`"),
        ("dev/environment.yml", "rename it to `environment.yaml`"),
        ("dev/clouds.yaml", "did you mean `cloud`?"),
        ("dev/workspaces/malaria.yml", "rename it to `malaria.yaml`"),
        ("dev/workspaces/malaria", "rename it to `malaria.yaml`"),
        ("profiles/debug.YAML", "rename it to `debug.yaml`"),
        ("dev/enviroment.yaml", "did you mean `environment`?"),
        ("dev/workspace/malaria.yaml", "did you mean `workspaces`?"),
        ("dev/run/fit.yaml", "did you mean `runs`?"),
        ("profiles/workspaces/big.yaml", "what may stand here: base.yaml"),
        ("profiles/gpu/big.yaml", "what may stand here: base.yaml"),
        ("dev/workspaces/a/b.yaml", "what may stand here: base.yaml"),
        ("dev/workspaces/malaria.yaml.bak", "what may stand here: base.yaml"),
        ("quota.yaml", "what may stand here: base.yaml"),
    ],
)
def test_a_file_where_none_may_stand(file: str, help_line: str) -> None:
    name = f"environments/{file}"
    (diagnostic,) = refused(TREE | {name: written("Workspace")})
    assert diagnostic.rule.code == "CFG002"
    assert diagnostic.at == Span(name, 1, 1, 1, 1)
    assert diagnostic.help.startswith(help_line)


def test_an_environment_needs_its_file() -> None:
    sources = TREE | {
        "environments/lab/workspaces/b.yaml": written("Workspace"),
        "environments/lab/profiles/a.yaml": written("Profile"),
    }
    message = "the folder `environments/lab` has no environment.yaml"
    assert told(sources) == [("CFG002", "environments/lab/profiles/a.yaml:1:1", message)]


def test_names_must_fit_what_is_made_of_them() -> None:
    sources = TREE | {
        "environments/my-lab/environment.yaml": written("Environment"),
        "environments/my-lab/workspaces/a.yaml": written("Workspace"),
        "environments/dev/workspaces/Big_One.yaml": written("Workspace"),
        "environments/profiles/x-.yaml": written("Profile"),
    }
    assert told(sources) == [
        (
            "NAM001",
            "environments/dev/workspaces/Big_One.yaml:1:1",
            "`Big_One` cannot name a workspace",
        ),
        (
            "NAM001",
            "environments/my-lab/environment.yaml:1:1",
            "`my-lab` cannot name an environment",
        ),
        ("NAM001", "environments/profiles/x-.yaml:1:1", "`x-` cannot name a profile"),
    ]


def in_envelope(text: str) -> list[tuple[str, str, str]]:
    """What is found in a workspace's file; places below the file's name."""
    file = "environments/dev/workspaces/malaria.yaml"
    return [
        (code, at.removeprefix(file), message)
        for code, at, message in told(TREE | {file: text.encode()})
    ]


HEAD = "apiVersion: modelops.io/v1\nkind: Workspace\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[]", ("CFG002", ":1:1", "the file is not a map")),
        ("~", ("CFG002", ":1:1", "the file is not a map")),
        ("---\n", ("CFG002", ":2:1", "the file is not a map")),
        (HEAD, ("CFG002", ":1:1", "`spec` is missing")),
        (HEAD + "spec:", ("CFG002", ":3:6", "`spec` is not a map")),
        (HEAD + "spec: 3", ("CFG002", ":3:7", "`spec` is not a map")),
        (HEAD + "spec: {}\nmetadata: x", ("CFG002", ":4:11", "`metadata` is not a map")),
        ("kind: Workspace\nspec: {}", ("CFG002", ":1:1", "`apiVersion` is missing")),
        ("apiVersion: modelops.io/v1\nspec: {}", ("CFG002", ":1:1", "`kind` is missing")),
        (
            "apiVersion: v1\nkind: Workspace\nspec: {}",
            ("CFG002", ":1:13", "`apiVersion` is `v1`; a file at this place has `modelops.io/v1`"),
        ),
        (
            "apiVersion: modelops.io/v1\nkind: Run\nspec: {}",
            ("CFG002", ":2:7", "`kind` is `Run`; a file at this place has `Workspace`"),
        ),
        (
            "apiVersion: modelops.io/v1\nkind: [Workspace]\nspec: {}",
            ("CFG002", ":2:7", "`kind` is something else; a file at this place has `Workspace`"),
        ),
        (
            HEAD + "metadata: {name: dengue}\nspec: {}",
            ("CFG002", ":3:18", "the name is `dengue`, and its place says `malaria`"),
        ),
        (HEAD + "specs: 1\nspec: {}", ("CFG001", ":3:1", "no key `specs` here")),
        (HEAD + "metadata: {nam: a}\nspec: {}", ("CFG001", ":3:12", "no key `nam` here")),
        (HEAD + "spec: {a: 1, a: 2}", ("CFG010", ":3:14", "the key `a` stands twice in this map")),
    ],
)
def test_what_is_wrong_with_an_envelope(text: str, expected: tuple[str, str, str]) -> None:
    assert in_envelope(text) == [expected]


def test_an_unknown_key_has_its_nearest() -> None:
    file = "environments/base.yaml"
    sources = {file: b"apiVersion: modelops.io/v1\nkind: Defaults\nspecs: {}\nspec: {}\n"}
    (diagnostic,) = refused(sources)
    assert diagnostic.help == "did you mean `spec`?"


def test_the_name_may_be_written() -> None:
    text = "apiVersion: modelops.io/v1\nkind: {}\nmetadata: {{name: {}}}\nspec: {{}}\n"
    sources = {
        "environments/dev/environment.yaml": text.format("Environment", "dev").encode(),
        "environments/dev/workspaces/a.yaml": text.format("Workspace", "a").encode(),
    }
    assert list(loaded(sources).environments["dev"].units["workspaces"]) == ["a"]


def test_all_files_are_judged() -> None:
    sources = TREE | {
        "environments/base.yaml": b"kind: Images\nspec: 1\nextra: 1\n",
        "environments/dev/workspaces/malaria.yaml": b"a: [",
        "environments/profiles/gpu.yaml": b"",
        "environments/dev/notes.txt": b"",
    }
    assert [(code, at) for code, at, _ in told(sources)] == [
        ("CFG002", "environments/base.yaml:1:1"),
        ("CFG002", "environments/base.yaml:1:7"),
        ("CFG002", "environments/base.yaml:2:7"),
        ("CFG001", "environments/base.yaml:3:1"),
        ("CFG002", "environments/dev/notes.txt:1:1"),
        ("CFG010", "environments/dev/workspaces/malaria.yaml:1:5"),
        ("CFG010", "environments/profiles/gpu.yaml:1:1"),
    ]


def settings(*arguments: str) -> tuple[Setting, ...]:
    outcome = load_settings(arguments)
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def test_a_setting_has_target_path_value_and_place() -> None:
    argument = "workspaces/malaria:workers.replicas=3"
    file = f"--set {argument}"
    mark = Mark(Span(file, 1, 20, 1, 36), Span(file, 1, 37, 1, 38), "3")
    assert settings(argument) == (Setting("workspaces/malaria", ("workers", "replicas"), 3, mark),)


@pytest.mark.parametrize(
    ("argument", "path", "value"),
    [
        ("environment:tier=production", ("tier",), "production"),
        ("workspaces/a:x=null", ("x",), None),
        ('workspaces/a:x=""', ("x",), ""),
        ("workspaces/a:x=no", ("x",), "no"),
        ("workspaces/a:x=a=b:c", ("x",), "a=b:c"),
        ("workspaces/a:x=[1, {y: 2}]", ("x",), [1, {"y": 2}]),
        ("workspaces/a:x={}", ("x",), {}),
        ('workspaces/a:workers.env."a.b=c d".e=1', ("workers", "env", "a.b=c d", "e"), 1),
        ("workspaces/a:x= 1 # why", ("x",), 1),
    ],
)
def test_what_can_be_set(argument: str, path: tuple[str, ...], value: object) -> None:
    (setting,) = settings(argument)
    assert (setting.path, setting.value) == (path, value)


def test_a_map_is_set_leaf_by_leaf() -> None:
    given = settings("workspaces/a:env={B: {C: 012}, A: 1e3, D: [1]}")
    assert [(s.path, s.value, s.mark.text, s.mark.value.column) for s in given] == [
        (("env", "B", "C"), "012", "012", 26),
        (("env", "A"), 1000.0, "1e3", 35),
        (("env", "D"), [1], None, 43),
    ]
    assert [s.mark.key and s.mark.key.column for s in given] == [23, 32, 40]


def test_settings_keep_their_order() -> None:
    given = settings("environment:b=1", "workspaces/a:a=2", "environment:b=3")
    assert [setting.value for setting in given] == [1, 2, 3]
    assert settings() == ()


@pytest.mark.parametrize(
    ("argument", "column", "message"),
    [
        ("replicas=3", 1, "the setting has no target"),
        ("", 1, "the setting has no target"),
        ("enviroment:a=1", 1, "`enviroment` is no target of a setting"),
        ("workspaces/:a=1", 1, "`workspaces/` is no target of a setting"),
        ("workspaces/A:a=1", 1, "`workspaces/A` is no target of a setting"),
        ("environment:", 13, "here the path of a setting should go on, or end with `=`"),
        ("environment:=1", 13, "here the path of a setting should go on, or end with `=`"),
        ("environment:a..b=1", 15, "here the path of a setting should go on, or end with `=`"),
        ("environment:a.b", 16, "here the path of a setting should go on, or end with `=`"),
        ('environment:a"b"=1', 14, "here the path of a setting should go on, or end with `=`"),
        ('environment:a."b=1', 15, "here the path of a setting should go on, or end with `=`"),
        ("environment:a b=1", 14, "here the path of a setting should go on, or end with `=`"),
        ("environment:a=", 15, "the setting has no value"),
        ("environment:a=  ", 15, "the setting has no value"),
        ("environment:a=[1,\n2]", 15, "the value has more than one line"),
        ("environment:defaults.workspace.a=1", 13, "`defaults` cannot be set here"),
        ("workspaces/a:profile=debug", 14, "`profile` cannot be set here"),
        ("environment:" + "a." * 100 + "a=1", 13, "the path has 101 keys; at most 100 are read"),
    ],
)
def test_a_setting_of_the_wrong_form(argument: str, column: int, message: str) -> None:
    outcome = load_settings([argument])
    (diagnostic,) = outcome.diagnostics
    assert outcome.value is None
    assert diagnostic.rule.code == "CFG011"
    assert (diagnostic.at.file, diagnostic.at.column) == (f"--set {argument}", column)
    assert diagnostic.message == message
    assert diagnostic.help


@pytest.mark.parametrize(
    ("argument", "column"),
    [
        ("environment:a=[1", 17),
        ("environment:a={b: 1, b: 2}", 22),
        ("environment:a=*x", 15),
        ("environment:a=#", 1),
        ("environment:a=\udcff", 15),
    ],
)
def test_a_value_is_read_as_strictly_as_a_file(argument: str, column: int) -> None:
    (diagnostic,) = load_settings([argument]).diagnostics
    assert diagnostic.rule.code == "CFG010"
    assert diagnostic.at.column == column


def test_all_settings_are_judged() -> None:
    assert len(load_settings(["a", "environment:a=1", "b"]).diagnostics) == 2


def test_a_list_in_the_place_of_a_profile_is_no_business_of_load() -> None:
    sources = TREE | {
        "environments/dev/workspaces/malaria.yaml": written("Workspace", "\n  profile: [1]")
    }
    assert loaded(sources).environments["dev"].units["workspaces"]["malaria"].spec == {
        "profile": [1]
    }
