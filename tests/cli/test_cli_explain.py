"""`modelops explain` for settings: the value, the line that won, and what every layer said."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from modelops.cli import program

Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parents[2]
MALARIA = "dev/workspaces/malaria"


def told(run: Run, *arguments: str) -> str:
    """What a call that went well says."""
    code, out, err = run("explain", *arguments)
    assert (code, err) == (0, "")
    return out


def document(run: Run, *arguments: str) -> dict[str, Any]:
    """The same as JSON."""
    read: dict[str, Any] = json.loads(told(run, *arguments, "--json"))
    return read


def only(run: Run, *arguments: str) -> dict[str, Any]:
    """The single setting that a call explains."""
    (setting,) = document(run, *arguments)["settings"]
    return dict(setting)


def roles(setting: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["layer"], row["role"]) for row in setting["layers"]]


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


# --- the text ------------------------------------------------------------------------------------


def test_the_line_that_won_and_every_layer(run: Run) -> None:
    assert told(run, MALARIA, "workers.replicas") == dedent("""\
        workers.replicas = 3
          How many pods; 2 where neither this nor autoscaling is given.

          won by environments/dev/workspaces/malaria.yaml:7:15 (file)
            7 │     replicas: 3
              │               ^

          layers, the lowest first:
            models                     null
            base                       2  environments/base.yaml:8:17
            environment                -
            defaults of profile calm   -
          → file                       3  environments/dev/workspaces/malaria.yaml:7:15
            overrides of profile calm  -
        """)


def test_what_nobody_wrote_is_the_models_default(run: Run) -> None:
    assert told(run, "dev/workspaces/default", "executor.timeout") == dedent("""\
        executor.timeout = 30m0s
          Most time for one execution.

          won by the models' default

          layers, the lowest first:
          → models       30m0s
            base         -
            environment  -
            file         -
        """)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("executor.maxWarmProcesses", "3"),
        ("workers.drain", "30m0s"),
        ("workers.memory.perProcess", "3865470566"),
    ],
)
def test_what_is_computed_is_told(run: Run, path: str, value: str) -> None:
    said = told(run, "dev/workspaces/default", path)
    assert said.startswith(f"{path} = null, computed: {value}\n")
    setting = only(run, "dev/workspaces/default", path)
    assert (setting["value"], setting["computed"]) == (None, value)


def test_what_is_written_is_not_computed(run: Run) -> None:
    written = ("--set", "workspaces/default:workers.drain=1m")
    said = told(run, "dev/workspaces/default", "workers.drain", *written)
    assert said.startswith("workers.drain = 1m0s\n")
    assert "computed" not in only(run, "dev/workspaces/default", "workers.drain", *written)


def test_a_deleted_setting_says_what_deleted_it(run: Run) -> None:
    assert told(run, "lab/workspaces/climate", "workers.replicas") == dedent("""\
        workers.replicas = null
          How many pods; 2 where neither this nor autoscaling is given.

          deleted by environments/lab/workspaces/climate.yaml:3:28 (file)
            3 │ spec: {workers: {replicas: null, autoscaling: {max: 20}}}
              │                            ^^^^
          which leaves the models' default

          layers, the lowest first:
          → models       null
            base         2     environments/base.yaml:8:17
            environment  -
            file         null  environments/lab/workspaces/climate.yaml:3:28
        """)


def test_a_map_means_every_setting_in_it_the_deleted_ones_too(run: Run) -> None:
    shown = told(run, MALARIA, "workers.env")

    assert [line for line in shown.splitlines() if line.startswith("workers")] == [
        "workers.env.LOG_LEVEL = info",
        "workers.env.COUNTRY is not in effect",
    ]
    assert ("    overrides of profile calm  null  environments/profiles/calm.yaml:4:64\n") in shown


def test_places_stand_below_where_a_line_would_be_too_long(run: Run) -> None:
    assert told(run, MALARIA, "workers.resources.cpu.request") == dedent("""\
        workers.resources.cpu.request = "1"
          What the scheduler sets aside.

          won by environments/dev/workspaces/malaria.yaml:8:22 (file)
            8 │     resources: {cpu: "1"}
              │                      ^^^

          layers, the lowest first:
            models                     2
            base                       2 for workers.resources.cpu
                environments/base.yaml:10:24
            environment                -
            defaults of profile calm   -
          → file                       1 for workers.resources.cpu
                environments/dev/workspaces/malaria.yaml:8:22
            overrides of profile calm  -
        """)


def test_one_value_that_stands_for_a_map_is_one_setting(run: Run) -> None:
    shown = told(run, MALARIA, "workers.resources.cpu")

    assert shown.startswith('workers.resources.cpu = {request: "1", limit: "1"}\n')
    assert shown.count("layers, the lowest first:") == 1


def test_a_setting_of_the_command_line_is_the_highest_layer(run: Run) -> None:
    setting = "workspaces/malaria:workers.threads=4"
    shown = told(run, MALARIA, "workers.threads", "--set", setting)

    assert shown.endswith(
        "    overrides of profile calm  2  environments/profiles/calm.yaml:4:46\n"
        f"  → --set                      4  --set {setting}\n"
    )


def test_a_profile_of_the_command_line_is_looked_at(run: Run) -> None:
    setting = only(run, "dev/workspaces/default", "workers.threads", "--profile", "calm")

    assert setting["value"] == 2
    assert setting["wonBy"] == "overrides of profile calm"


def test_only_terminals_see_colour(run: Run) -> None:
    plain = told(run, MALARIA, "workers.replicas")
    _, coloured, _ = run("explain", MALARIA, "workers.replicas", FORCE_COLOR="1")

    assert "\x1b" not in plain
    assert "\x1b" in coloured


@pytest.mark.parametrize("target", ["dev", "dev/workspaces/default", MALARIA])
def test_nothing_is_wider_than_a_terminal(project: Path, run: Run, target: str) -> None:
    description = "reads what the stations say, and " * 30
    file = project / "environments/dev/workspaces/malaria.yaml"
    replace(file, "owner: team-malaria", f"owner: team-malaria\n  description: {description}")
    top = yaml.safe_load(run("show", target)[1])

    for key in top:
        assert max(map(len, told(run, target, key).splitlines())) <= 80


# --- what each layer said ------------------------------------------------------------------------


def test_a_null_without_anything_to_delete_is_no_silence(project: Path, run: Run) -> None:
    replace(
        project / "environments/dev/workspaces/default.yaml",
        "owner: team-a",
        "owner: team-a, workers: {autoscaling: null}",
    )

    assert told(run, "dev/workspaces/default", "workers.autoscaling").endswith(
        "  → models       null\n"
        "    base         -\n"
        "    environment  -\n"
        "    file         null, nothing to delete\n"
        "        environments/dev/workspaces/default.yaml:3:46\n"
    )


def test_what_stood_in_a_deleted_map_is_told_with_what_deleted_it(run: Run) -> None:
    setting = "workspaces/malaria:workers.env=null"
    country = only(run, MALARIA, "workers.env.COUNTRY", "--set", setting)

    assert not country["inEffect"]
    assert "value" not in country
    assert country["wonBy"] is None
    assert [row for row in country["layers"] if row["role"] != "silent"] == [
        {
            "layer": "base",
            "role": "overridden",
            "path": "workers.env.COUNTRY",
            "value": "no",
            "typed": "no",
            "at": {"file": "environments/base.yaml", "line": 11, "column": 39},
        },
        {
            "layer": "overrides of profile calm",
            "role": "overridden",
            "path": "workers.env.COUNTRY",
            "value": None,
            "typed": "null",
            "at": {"file": "environments/profiles/calm.yaml", "line": 4, "column": 64},
        },
        {
            "layer": "--set",
            "role": "deletes",
            "path": "workers.env",
            "value": None,
            "typed": "null",
            "at": {"file": f"--set {setting}", "line": 1, "column": 32},
        },
    ]


def test_a_null_below_a_map_of_a_higher_layer_takes_away_what_is_lower(
    project: Path, run: Run
) -> None:
    replace(project / "environments/base.yaml", "replicas: 2", "autoscaling: {min: 3, max: 9}")
    calm = project / "environments/profiles/calm.yaml"
    calm.write_text(calm.read_text() + "  defaults: {workspace: {workers: {autoscaling: null}}}\n")
    malaria = project / "environments/dev/workspaces/malaria.yaml"
    replace(malaria, "replicas: 3", "autoscaling: {max: 5}")

    fewest = only(run, MALARIA, "workers.autoscaling.min")
    most = only(run, MALARIA, "workers.autoscaling.max")

    assert roles(fewest) == [
        ("models", "wins"),
        ("base", "overridden"),
        ("environment", "silent"),
        ("defaults of profile calm", "deletes"),
        ("file", "silent"),
        ("overrides of profile calm", "silent"),
    ]
    assert fewest["value"] is None
    assert roles(most)[-2] == ("file", "wins")
    assert [row.get("value") for row in most["layers"]] == [None, 9, None, None, 5, None]


def test_a_setting_that_must_be_written_has_no_default(run: Run) -> None:
    url = only(run, "dev", "flux.url")

    assert roles(url) == [("models", "silent"), ("base", "wins"), ("file", "silent")]


def test_a_setting_of_what_is_not_in_effect_says_so(run: Run) -> None:
    shown = told(run, MALARIA, "workers.autoscaling.max")

    assert shown.startswith(
        "workers.autoscaling.max is not in effect: workers.autoscaling is null\n"
        "  Most worker pods.\n"
        "\n"
        "  layers, the lowest first:\n"
        "    models "
    )


def test_values_are_canonical_and_words_as_typed(project: Path, run: Run) -> None:
    replace(
        project / "environments/dev/workspaces/malaria.yaml",
        "replicas: 3",
        "replicas: 3\n    drain: 90s\n    saturation: .inf\n    spill: 1024Mi",
    )

    drain = only(run, MALARIA, "workers.drain")
    saturation = only(run, MALARIA, "workers.saturation")
    spill = only(run, MALARIA, "workers.spill")

    assert (drain["value"], drain["layers"][4]["typed"]) == ("1m30s", "90s")
    assert (saturation["value"], saturation["layers"][4]["value"]) == ("inf", "inf")
    assert (spill["value"], spill["layers"][4]["typed"]) == ("1Gi", "1024Mi")


# --- lists, quoted keys, environments ------------------------------------------------------------


def test_a_list_is_one_setting_and_its_items_have_places(project: Path, run: Run) -> None:
    file = project / "environments/dev/workspaces/malaria.yaml"
    file.write_text(file.read_text() + "  secrets: {api: {generate: [user, password]}}\n")

    whole = only(run, MALARIA, "secrets.api.generate")
    items = [only(run, MALARIA, f"secrets.api.generate{index}") for index in ("[1]", ".1")]

    assert whole["value"] == ["user", "password"]
    assert items[0] == items[1]
    assert items[0]["path"] == "secrets.api.generate[1]"
    assert items[0]["keys"] == ["secrets", "api", "generate", 1]
    assert items[0]["value"] == "password"
    assert items[0]["layers"][4]["at"] == {
        "file": f"environments/{MALARIA}.yaml",
        "line": 10,
        "column": 36,
    }
    assert run("explain", MALARIA, "secrets.api.generate[2]")[0] == 2


def test_keys_with_dots_are_quoted(project: Path, run: Run) -> None:
    file = project / "environments/dev/environment.yaml"
    replace(file, "vmSize: Standard_D8s_v5", "vmSize: Standard_D8s_v5, labels: {a.b/c: x}")

    quoted = document(run, "dev", 'cluster.pools.cpu.labels."a.b/c"')
    bracketed = document(run, "dev", 'cluster.pools.cpu.labels["a.b/c"]')

    assert quoted == bracketed
    assert quoted["path"] == 'cluster.pools.cpu.labels["a.b/c"]'
    assert quoted["settings"][0]["value"] == "x"


def test_paths_may_begin_with_spec(run: Run) -> None:
    assert told(run, MALARIA, "spec.workers.env") == told(run, MALARIA, "workers.env")


@pytest.mark.parametrize("target", ["dev", "dev/environment", "environments/dev/environment.yaml"])
def test_environments_are_explained_alike(run: Run, target: str) -> None:
    shown = document(run, target, "cluster.pools.cpu.vmSize")

    assert shown["object"] == "dev/environment"
    assert shown["file"] == "environments/dev/environment.yaml"
    assert shown["layers"] == ["models", "base", "file"]
    assert shown["profiles"] == []
    assert shown["settings"][0]["wonBy"] == "file"


def test_a_setting_on_an_environment_is_a_layer_of_it(run: Run) -> None:
    low = ("--set", "environment:flux.branch=next", "--set", "workspaces/malaria:quota.pods=9")
    branch = only(run, "dev", "flux.branch", *low, "--set", "environment:flux.branch=last")

    assert branch["value"] == "last"
    assert [row["value"] for row in branch["layers"] if row["role"] != "silent"] == [
        "main",
        "next",
        "last",
    ]
    assert roles(branch)[-2:] == [("--set", "overridden"), ("--set", "wins")]


# --- JSON ----------------------------------------------------------------------------------------


def test_the_document_is_the_whole_story(run: Run) -> None:
    assert document(run, MALARIA, "workers.processes") == {
        "object": MALARIA,
        "file": "environments/dev/workspaces/malaria.yaml",
        "profiles": ["calm"],
        "path": "workers.processes",
        "layers": [
            "models",
            "base",
            "environment",
            "defaults of profile calm",
            "file",
            "overrides of profile calm",
        ],
        "settings": [
            {
                "path": "workers.processes",
                "keys": ["workers", "processes"],
                "description": "Dask worker processes in a pod.",
                "inEffect": True,
                "value": 2,
                "wonBy": "base",
                "layers": [
                    {
                        "layer": "models",
                        "role": "overridden",
                        "path": "workers.processes",
                        "value": 2,
                    },
                    {
                        "layer": "base",
                        "role": "wins",
                        "path": "workers.processes",
                        "value": 2,
                        "typed": "2",
                        "at": {"file": "environments/base.yaml", "line": 9, "column": 18},
                    },
                    {"layer": "environment", "role": "silent"},
                    {"layer": "defaults of profile calm", "role": "silent"},
                    {"layer": "file", "role": "silent"},
                    {"layer": "overrides of profile calm", "role": "silent"},
                ],
            }
        ],
    }


# --- wrong invocations ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "path", "said"),
    [
        (MALARIA, "workers.proceses", "no setting `workers.proceses`: did you mean `workers.pro"),
        (MALARIA, "processes", "has no setting `processes`: `processes` belongs under `workers`."),
        (MALARIA, "workers.env.CONTRY", "did you mean `workers.env.COUNTRY`?"),
        (MALARIA, "workers.replicas.x", "has no setting `workers.replicas.x`."),
        (MALARIA, "labels.team", f"{MALARIA} has no setting `labels.team`."),
        ("dev", "cluster.pools.cpu.vmsize", "did you mean `cluster.pools.cpu.vmSize`?"),
        ("dev", "defaults.workspace", "it is a layer of the units"),
        ("dev", "cluster..pools", "`cluster..pools` is no path: write a path like"),
        ("dev", "", "`` is no path"),
        ("dev/workspaces/malria", "owner", "did you mean `dev/workspaces/malaria`?"),
    ],
)
def test_what_does_not_exist_is_a_wrong_invocation(
    run: Run, target: str, path: str, said: str
) -> None:
    code, out, err = run("explain", target, path)

    assert (code, out) == (2, "")
    assert said in err


def test_a_wrong_tree_is_told_instead(project: Path, run: Run) -> None:
    replace(project / "environments/dev/workspaces/malaria.yaml", "replicas: 3", "replicas: many")

    code, out, err = run("explain", "dev/workspaces/default", "owner")

    assert (code, out) == (1, "")
    assert "error[CFG011]" in err


# --- laws over the examples ----------------------------------------------------------------------


def call(*arguments: str) -> str:
    result = CliRunner().invoke(program, ["--root", str(ROOT), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def targets() -> list[str]:
    folder = ROOT / "environments"
    workspaces = [f.relative_to(folder).with_suffix("") for f in folder.glob("*/workspaces/*.yaml")]
    environments = [file.parent.name for file in folder.glob("*/environment.yaml")]
    return sorted([*map(str, workspaces), *environments])


def leaves(
    tree: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """The scalars of a tree, each item of a list by itself, and the empty maps and lists."""
    items = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    if not items or not tree:
        yield path, tree
        return
    for key, value in items:
        yield from leaves(value, (*path, key))


def typed(path: tuple[str | int, ...]) -> str:
    parts = [f"[{part}]" if isinstance(part, int) else f'."{part}"' for part in path]
    return "".join(parts).removeprefix(".")


@pytest.mark.parametrize("target", targets())
def test_every_shown_value_is_explained(target: str) -> None:
    shown = yaml.safe_load(call("show", target))
    explained: dict[tuple[str | int, ...], object] = {}
    for key in shown:
        for setting in json.loads(call("explain", target, key, "--json"))["settings"]:
            wins = [row for row in setting["layers"] if row["role"] == "wins"]
            written = [row for row in setting["layers"] if "at" in row]
            assert len(wins) == setting["inEffect"]
            assert not written or (written[-1]["value"] is None) != (wins[-1:] == written[-1:])
            assert [row["layer"] for row in wins] == ([setting["wonBy"]] if wins else [])
            if setting["inEffect"]:
                explained |= dict(leaves(setting["value"], tuple(setting["keys"])))

    assert explained == dict(leaves(shown))


def test_every_leaf_is_explained_by_itself() -> None:
    target = "dev/workspaces/malaria"
    for path, value in leaves(yaml.safe_load(call("show", target))):
        (setting,) = json.loads(call("explain", target, typed(path), "--json"))["settings"]
        assert (setting["keys"], setting["value"]) == (list(path), value)
