"""The layers of every object, their order, who wins, and what is said of profiles and settings."""

from typing import Any

import pytest

from modelops.diagnostics import Diagnostic
from modelops.documents import Documents, Kind, Layered, LayeredSpec, Preview
from modelops.layer import layer
from modelops.layer.merge import Layer, merge
from modelops.load import load, load_settings
from modelops.provenance import DataPath, Mark, Origin, Span

KINDS = {
    "base": "Defaults",
    "images": "Images",
    "environment": "Environment",
    "profiles": "Profile",
    "workspaces": "Workspace",
}


def documents(files: dict[str, str]) -> Documents:
    """Documents with these specs: flow maps, by path below `environments` without `.yaml`.

    In every file the spec begins at line 3, column 7.
    """
    sources = {}
    for file, spec in {"dev/environment": "{}", **files}.items():
        folder, _, name = file.rpartition("/")
        kind = KINDS.get(folder.rpartition("/")[2]) or KINDS[name]
        text = f"apiVersion: modelops.io/v1\nkind: {kind}\nspec: {spec}\n"
        sources[f"environments/{file}.yaml"] = text.encode()
    outcome = load(sources)
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def preview(*arguments: str, profiles: tuple[str, ...] = ()) -> Preview:
    settings = load_settings(arguments)
    assert settings.diagnostics == ()
    return Preview(settings.value or (), profiles)


def layered(files: dict[str, str], given: Preview | None = None) -> Layered:
    outcome = layer(documents(files), given or Preview())
    assert outcome.diagnostics == ()
    assert outcome.value is not None
    return outcome.value


def found(files: dict[str, str], given: Preview | None = None) -> list[Diagnostic]:
    outcome = layer(documents(files), given or Preview())
    assert outcome.value is not None
    return list(outcome.diagnostics)


def workspace(files: dict[str, str], given: Preview | None = None) -> LayeredSpec:
    """The workspace `a` of the environment `dev`."""
    (environment,) = layered(files, given).environments
    (only,) = [spec for spec in environment.units if spec.name == "a"]
    return only


def said(spec: LayeredSpec, *path: str | int) -> list[tuple[str, object]]:
    """Layer and value of everything said at a path, the winner first."""
    trail = spec.origins.trails[path]
    return [(origin.layer, origin.value) for origin in (trail.winner, *trail.overridden)]


EVERY_LAYER = {
    "base": "{workspace: {x: 1}, environment: {y: 1}}",
    "dev/environment": "{y: 3, defaults: {workspace: {x: 2}}}",
    "profiles/p": "{defaults: {workspace: {x: 3}}, overrides: {workspace: {x: 8}}}",
    "dev/profiles/p": "{defaults: {workspace: {x: 4}}, overrides: {workspace: {x: 9}}}",
    "profiles/q": "{defaults: {workspace: {x: 5}}, overrides: {workspace: {x: 10}}}",
    "dev/profiles/q": "{defaults: {workspace: {x: 6}}, overrides: {workspace: {x: 11}}}",
    "dev/workspaces/a": "{profile: [p, q], x: 7}",
}


def test_all_layers_of_a_workspace_in_order() -> None:
    spec = workspace(EVERY_LAYER, preview("workspaces/a:x=12", "workspaces/a:x=13"))
    assert said(spec, "x") == [
        ("--set", 13),
        ("--set", 12),
        ("overrides of dev's profile q", 11),
        ("overrides of profile q", 10),
        ("overrides of dev's profile p", 9),
        ("overrides of profile p", 8),
        ("file", 7),
        ("defaults of dev's profile q", 6),
        ("defaults of profile q", 5),
        ("defaults of dev's profile p", 4),
        ("defaults of profile p", 3),
        ("environment", 2),
        ("base", 1),
    ]
    assert list(spec.layers) == [
        "base",
        "environment",
        "defaults of profile p",
        "defaults of dev's profile p",
        "defaults of profile q",
        "defaults of dev's profile q",
        "file",
        "overrides of profile p",
        "overrides of dev's profile p",
        "overrides of profile q",
        "overrides of dev's profile q",
        "--set",
    ]
    assert spec.tree == {"x": 13, "profile": ["p", "q"]}
    assert spec.profiles == ("p", "q")
    assert (spec.kind, spec.name) == (Kind.WORKSPACE, "a")
    assert spec.source == spec.origins.source == "environments/dev/workspaces/a.yaml"


def test_all_layers_of_an_environment_in_order() -> None:
    (environment,) = layered(EVERY_LAYER, preview("environment:y=4")).environments
    assert said(environment.spec, "y") == [("--set", 4), ("file", 3), ("base", 1)]
    assert environment.spec.tree == {"y": 4}
    assert environment.spec.layers == ("base", "file", "--set")
    assert environment.spec.kind is Kind.ENVIRONMENT
    assert environment.spec.name == "dev"


def test_a_layer_that_says_nothing_was_looked_at() -> None:
    files = {"base": "{}", "profiles/p": "{}", "dev/workspaces/a": "{profile: p}"}
    assert list(workspace(files).layers) == [
        "base",
        "environment",
        "defaults of profile p",
        "file",
        "overrides of profile p",
    ]
    assert workspace({"dev/workspaces/a": "{}"}).layers == ("environment", "file")


def test_origins_stand_in_the_file_that_wrote_them() -> None:
    files = {
        "base": "{workspace: {env: {A: 012, B: b}}}",
        "dev/workspaces/a": "{env: {B: no}, l: [x]}",
    }
    origins = workspace(files).origins
    base, own = "environments/base.yaml", "environments/dev/workspaces/a.yaml"
    assert origins.origin(("env", "A")) == Origin(
        "base", Mark(Span(base, 3, 26, 3, 27), Span(base, 3, 29, 3, 32), "012"), "012"
    )
    assert origins.span(("env", "B")) == Span(own, 3, 17, 3, 19)
    assert origins.key_span(("env", "B")) == Span(own, 3, 14, 3, 15)
    assert origins.span(("l", 0)) == Span(own, 3, 26, 3, 27)
    assert origins.span(()) == Span(own, 3, 7, 3, 29)
    assert origins.span(("missing",)) == Span(own, 3, 1, 3, 5)


def test_a_map_is_won_by_the_highest_layer_that_wrote_to_it() -> None:
    files = {
        "base": "{workspace: {m: {a: 1}}}",
        "dev/environment": "{defaults: {workspace: {m: {b: 1}}}}",
        "dev/workspaces/a": "{}",
    }
    spec = workspace(files)
    assert said(spec, "m") == [("environment", {}), ("base", {})]
    assert spec.tree == {"m": {"a": 1, "b": 1}}


def test_what_stood_in_a_replaced_map_has_no_trail() -> None:
    files = {
        "base": "{workspace: {m: {a: {b: 1}}, n: {a: 1}, o: [{a: 1}]}}",
        "dev/environment": "{defaults: {workspace: {m: 3, n: [1], o: {b: 2}}}}",
        "dev/workspaces/a": "{m: {c: 2}}",
    }
    spec = workspace(files)
    assert spec.tree == {"m": {"c": 2}, "n": [1], "o": {"b": 2}}
    assert said(spec, "m") == [("file", {}), ("environment", 3), ("base", {})]
    assert said(spec, "o") == [("environment", {}), ("base", [{"a": 1}])]
    assert set(spec.origins.trails) == {
        (),
        ("m",),
        ("m", "c"),
        ("n",),
        ("n", 0),
        ("o",),
        ("o", "b"),
    }
    for gone in [("m", "a"), ("m", "a", "b"), ("n", "a"), ("o", 0), ("o", 0, "a"), ("m", 0)]:
        assert gone not in spec.origins.trails
        assert spec.origins.origin(gone) is None


def test_an_item_of_a_list_has_the_trail_of_its_own_line() -> None:
    files = {
        "base": "{workspace: {l: [0, 0, 0]}}",
        "dev/workspaces/a": "{l: [{k: null}, [2]]}",
    }
    spec = workspace(files)
    assert said(spec, "l") == [("file", [{"k": None}, [2]]), ("base", [0, 0, 0])]
    assert said(spec, "l", 0) == [("file", {})]
    assert said(spec, "l", 0, "k") == [("file", None)]
    assert said(spec, "l", 1, 0) == [("file", 2)]
    assert spec.origins.span(("l", 1, 0)).column == 24
    assert ("l", 2) not in spec.origins.trails
    assert ("l", -1) not in spec.origins.trails
    assert len(spec.origins.trails) == len(list(spec.origins.trails)) == 6


def test_null_deletes_and_is_remembered() -> None:
    files = {
        "base": "{workspace: {m: {a: 1, b: 1}, n: {a: 1}, again: 1}}",
        "dev/environment": "{defaults: {workspace: {m: {a: 2}, again: null}}}",
        "dev/workspaces/a": "{m: {a: null}, n: null, again: 3, idle: null, l: [null]}",
    }
    spec = workspace(files)
    assert spec.tree == {"m": {"b": 1}, "again": 3, "l": [None]}
    assert said(spec, "again") == [("file", 3), ("environment", None), ("base", 1)]
    deleted = {
        path: [(origin.layer, origin.value) for origin in (trail.winner, *trail.overridden)]
        for path, trail in spec.origins.deleted.items()
    }
    assert deleted == {
        ("m", "a"): [("file", None), ("environment", 2), ("base", 1)],
        ("n",): [("file", None), ("base", {})],
    }
    assert ("m", "a") not in spec.origins.trails
    assert ("idle",) not in spec.origins.trails


@pytest.mark.parametrize(
    ("environment", "file", "given", "expected"),
    [
        ("{}", "{}", (), ()),
        ("{profiles: [p]}", "{}", (), ("p",)),
        ("{profiles: [p, q]}", "{profile: null}", (), ("p", "q")),
        ("{profiles: [p]}", "{profile: q}", (), ("q",)),
        ("{profiles: [p]}", "{profile: [q, p]}", (), ("q", "p")),
        ("{profiles: [p]}", "{profile: []}", (), ()),
        ("{profiles: [p]}", "{profile: 3}", (), ()),
        ("{profiles: [p]}", "{profile: {p: 1}}", (), ()),
        ("{profiles: [p]}", "{profile: [1, q]}", (), ("q",)),
        ("{profiles: p}", "{}", (), ()),
        ("{profiles: [p]}", "{profile: q}", ("own", "q"), ("own", "q")),
    ],
)
def test_who_chooses_the_profiles(
    environment: str, file: str, given: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    files = {
        "profiles/p": "{}",
        "profiles/q": "{}",
        "dev/profiles/own": "{}",
        "dev/environment": environment,
        "dev/workspaces/a": file,
    }
    assert workspace(files, preview(profiles=given)).profiles == expected


def test_the_profiles_of_an_environment_are_its_merged_ones() -> None:
    files = {"base": "{environment: {profiles: [p]}}", "profiles/p": "{}", "profiles/q": "{}"}
    files["dev/workspaces/a"] = "{}"
    assert workspace(files).profiles == ("p",)
    assert workspace(files, preview("environment:profiles=[q]")).profiles == ("q",)


@pytest.mark.parametrize(
    ("files", "given", "at", "remedy"),
    [
        (
            {"dev/workspaces/a": "{profile: debgu}"},
            Preview(),
            "environments/dev/workspaces/a.yaml:3:17",
            "did you mean `debug`?",
        ),
        (
            {"dev/workspaces/a": "{profile: [debug, x, mine]}"},
            Preview(),
            "environments/dev/workspaces/a.yaml:3:25",
            "one of: debug, mine",
        ),
        (
            {"dev/environment": "{profiles: [debug, y]}"},
            Preview(),
            "environments/dev/environment.yaml:3:26",
            "one of: debug, mine",
        ),
        (
            {"base": "{environment: {profiles: [y]}}", "dev/workspaces/b": "{}"},
            Preview(),
            "environments/base.yaml:3:33",
            "one of: debug, mine",
        ),
        ({}, Preview(profiles=("minn",)), "--profile minn:1:1", "did you mean `mine`?"),
    ],
)
def test_an_unknown_profile(files: dict[str, str], given: Preview, at: str, remedy: str) -> None:
    known = {"profiles/debug": "{}", "dev/profiles/mine": "{}", "dev/workspaces/a": "{}"}
    (diagnostic,) = found(known | files, given)
    assert diagnostic.rule.code == "CFG003"
    assert str(diagnostic.at) == at
    assert diagnostic.help == remedy


def test_a_profile_of_another_environment_is_unknown() -> None:
    files = {
        "prod/environment": "{}",
        "prod/profiles/p": "{}",
        "prod/workspaces/a": "{profile: p}",
        "dev/workspaces/a": "{profile: p}",
    }
    (diagnostic,) = found(files)
    assert diagnostic.message == "the environment `dev` has no profile `p`"
    assert diagnostic.help == "add `environments/profiles/p.yaml`"


def test_what_is_known_is_merged_though_a_profile_is_not() -> None:
    files = {
        "profiles/p": "{defaults: {workspace: {x: 1}}}",
        "dev/workspaces/a": "{profile: [nope, p]}",
    }
    outcome = layer(documents(files), Preview())
    assert outcome.failed
    assert outcome.value is not None
    (spec,) = outcome.value.environments[0].units
    assert spec.tree["x"] == 1
    assert spec.profiles == ("p",)


def test_a_setting_reaches_its_target_in_every_environment() -> None:
    files = {"prod/environment": "{}", "prod/workspaces/a": "{}", "dev/workspaces/a": "{}"}
    files["dev/workspaces/b"] = "{}"
    given = layered(files, preview("workspaces/a:x.y=1", "environment:z=2"))
    trees = [[spec.tree for spec in e.units] for e in given.environments]
    assert trees == [[{"x": {"y": 1}}, {}], [{"x": {"y": 1}}]]
    assert [e.spec.tree for e in given.environments] == [{"z": 2}, {"z": 2}]


def test_a_setting_stands_in_its_argument() -> None:
    given = preview("workspaces/a:env.A=1e3", "workspaces/a:l=[7]")
    origins = workspace({"dev/workspaces/a": "{}"}, given).origins
    origin = origins.origin(("env", "A"))
    assert origin is not None
    assert origin.mark == given.settings[0].mark
    assert origin.mark.text == "1e3"
    around = origins.origin(("env",))
    assert around is not None
    assert around.mark.text is None
    assert str(origins.span(("env",))) == "--set workspaces/a:env.A=1e3:1:20"
    assert str(origins.span(("l", 0))) == "--set workspaces/a:l=[7]:1:16"


def test_a_setting_can_delete() -> None:
    files = {"dev/workspaces/a": "{x: {y: 1, z: 2}}"}
    assert workspace(files, preview("workspaces/a:x.y=null")).tree == {"x": {"z": 2}}


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("workspaces/malria", "did you mean `malaria`?"),
        ("workspaces/zzz", "one of: dengue, malaria"),
    ],
)
def test_a_setting_without_a_target(target: str, remedy: str) -> None:
    files = {"dev/workspaces/malaria": "{}", "dev/workspaces/dengue": "{}"}
    (diagnostic,) = found(files, preview(f"{target}:env={{A: 1, B: 2}}"))
    assert diagnostic.rule.code == "CFG011"
    file = f"--set {target}:env={{A: 1, B: 2}}"
    assert diagnostic.at == Span(file, 1, 1, 1, len(target) + 1)
    assert diagnostic.help == remedy


def test_defaults_that_would_reach_nothing() -> None:
    (diagnostic,) = found({"base": "{environment: {defaults: {workspace: {x: 1}}}}"})
    assert diagnostic.rule.code == "CFG001"
    assert str(diagnostic.at) == "environments/base.yaml:3:22"


def test_images_and_profiles_stand_alone() -> None:
    files = {
        "images": "{images: {w: {repository: r, tag: null}}}",
        "profiles/p": "{defaults: {workspace: {x: null}}}",
        "dev/profiles/p": "{tiers: [staging]}",
    }
    given = layered(files)
    assert given.images is not None
    assert given.images.tree == {"images": {"w": {"repository": "r"}}}
    assert (given.images.kind, given.images.layers) == (Kind.IMAGES, ("file",))
    assert [(p.kind, p.name, p.source, p.tree, p.layers) for p in given.profiles] == [
        (
            Kind.PROFILE,
            "p",
            "environments/profiles/p.yaml",
            {"defaults": {"workspace": {"x": None}}},
            ("file",),
        ),
        (
            Kind.PROFILE,
            "p",
            "environments/dev/profiles/p.yaml",
            {"tiers": ["staging"]},
            ("file",),
        ),
    ]
    assert given.profiles[0].origins.span(("defaults", "workspace", "x")).column == 34
    assert layered({}).images is None


def test_fragments_are_what_was_written() -> None:
    files = {
        "base": "{environment: {x: 1}, workspace: {x: {y: null}}, run: {x: 1}}",
        "profiles/p": "{defaults: {workspace: {x: 2}}, overrides: {workspace: {x: 3}}}",
        "dev/environment": "{tier: x, defaults: {workspace: {x: 4}}}",
        "dev/profiles/p": "{overrides: {workspace: {x: 5}}}",
    }
    base, own = "environments/base.yaml", "environments/dev/environment.yaml"
    shared, local = "environments/profiles/p.yaml", "environments/dev/profiles/p.yaml"
    fragments = layered(files).fragments
    assert [(f.kind, f.name, f.tree, f.layers[0]) for f in fragments] == [
        (Kind.DEFAULTS, base, documents(files).base.spec, "file"),  # type: ignore[union-attr]
        (Kind.ENVIRONMENT, own, {"defaults": {"workspace": {"x": 4}}}, "file"),
        (Kind.ENVIRONMENT, base, {"x": 1}, "base"),
        (Kind.WORKSPACE, base, {"x": {"y": None}}, "base"),
        (Kind.RUN, base, {"x": 1}, "base"),
        (Kind.WORKSPACE, shared, {"x": 2}, "defaults of profile p"),
        (Kind.WORKSPACE, shared, {"x": 3}, "overrides of profile p"),
        (Kind.WORKSPACE, own, {"x": 4}, "environment"),
        (Kind.WORKSPACE, local, {"x": 5}, "overrides of dev's profile p"),
    ]
    assert all(f.name == f.source == f.origins.source for f in fragments)
    assert fragments[3].origins.span(("x", "y")) == Span(base, 3, 48, 3, 52)
    assert fragments[1].origins.span(("defaults", "workspace", "x")).column == 43


@pytest.mark.parametrize("part", ["null", "3", "[]", "{workspace: null}", "{workspace: 3}"])
def test_a_fragment_that_is_no_map_says_nothing(part: str) -> None:
    files = {
        "dev/environment": f"{{defaults: {part}}}",
        "profiles/p": f"{{defaults: {part}, overrides: {part}}}",
        "base": "{workspace: null, environment: 3}",
        "dev/workspaces/a": "{profile: p, x: 1}",
    }
    given = layered(files)
    assert given.environments[0].units[0].tree == {"profile": "p", "x": 1}
    assert [fragment.kind for fragment in given.fragments] == [Kind.DEFAULTS, Kind.ENVIRONMENT]


def test_everything_is_sorted_by_name() -> None:
    names = ["c", "b", "a"]
    files = {f"{env}/environment": "{}" for env in names}
    files |= {f"{env}/workspaces/{name}": "{}" for env in names for name in names}
    given = layered(files)
    assert [e.spec.name for e in given.environments if e.spec.name != "dev"] == ["a", "b", "c"]
    assert [spec.name for spec in given.environments[0].units] == ["a", "b", "c"]


# RFC 7396, Appendix A. A whole document behaves as a value under a key does; null is no key.
RFC_7396: list[tuple[object, object, object]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


def of_nowhere(name: str, tree: dict[str, Any]) -> Layer:
    """A layer whose nodes all stand at the same place."""
    marks: dict[DataPath, Mark] = {}
    waiting: list[tuple[DataPath, Any]] = [((), tree)]
    for path, value in waiting:
        marks[path] = Mark(None, Span(name, 1, 1, 1, 1), None)
        if isinstance(value, dict | list):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*path, key), item) for key, item in items]
    return Layer(name, tree, marks)


@pytest.mark.parametrize(("original", "patch", "result"), RFC_7396)
def test_the_examples_of_the_rfc(original: object, patch: object, result: object) -> None:
    target = of_nowhere("target", {"whole": original})
    merged = merge([of_nowhere("patch", {"whole": patch})], target)
    assert merged.tree.get("whole") == result
    assert (("whole",) in merged.deleted) == (result is None)
