"""`modelops show`: effective values, their origins, and that the text stays YAML."""

import math
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from modelops.cli import display, settings_text

Run = Callable[..., tuple[int, str, str]]


def section(text: str, key: str) -> str:
    """The lines of one key of the root, up to the next."""
    lines = text.splitlines(keepends=True)
    start = lines.index(f"{key}:\n")
    end = next(i for i in range(start + 1, len(lines)) if not lines[i].startswith((" ", "#")))
    return "".join(lines[start:end])


def test_all_fields_with_defaults_in_canonical_text(run: Run) -> None:
    code, out, err = run("show", "dev/workspaces/malaria")

    assert (code, err) == (0, "")
    shown = yaml.safe_load(out)
    assert shown["owner"] == "team-malaria"
    assert shown["workers"]["replicas"] == 3
    assert shown["workers"]["drain"] is None
    assert shown["executor"]["timeout"] == "30m0s"
    assert shown["workers"]["resources"]["memory"] == {"request": "8Gi", "limit": "8Gi"}
    assert shown["workers"]["env"] == {"LOG_LEVEL": "info"}
    assert list(shown)[:4] == ["description", "owner", "profile", "labels"]


def test_env_values_stay_what_was_typed(run: Run) -> None:
    code, out, err = run("show", "dev/workspaces/default")

    assert (code, err) == (0, "")
    assert '    COUNTRY: "no"\n' in out
    assert yaml.safe_load(out)["workers"]["env"]["COUNTRY"] == "no"


def test_origins_name_the_winner_and_what_it_overrode(run: Run) -> None:
    code, out, err = run("show", "dev/workspaces/malaria", "--origins")

    assert (code, err) == (0, "")
    assert section(out, "workers").startswith(
        dedent("""\
        workers:
          image: dask-worker        # default
          pool: cpu                 # default
          replicas: 3
              # environments/dev/workspaces/malaria.yaml:7:15 (file)
              # was 2 from environments/base.yaml:8:17 (base)
          autoscaling: null         # default
          processes: 2              # environments/base.yaml:9:18 (base)
          threads: 2
              # environments/profiles/calm.yaml:4:46 (overrides of profile calm)
          resources:
            cpu:
                # environments/dev/workspaces/malaria.yaml:8:22 (file)
                # was 2 from environments/base.yaml:10:24 (base)
              request: "1"
              limit: "1"
            memory:                 # environments/base.yaml:10:37 (base)
              request: 8Gi
              limit: 8Gi
        """)
    )


def test_origins_show_what_was_deleted(run: Run) -> None:
    _, malaria, _ = run("show", "dev/workspaces/malaria", "--origins")
    _, climate, _ = run("show", "lab/workspaces/climate", "--origins")

    assert (
        "    # COUNTRY: deleted\n"
        "        # null at environments/profiles/calm.yaml:4:64 (overrides of profile calm)\n"
        "        # was no from environments/base.yaml:11:39 (base)\n"
    ) in malaria
    assert (
        "  replicas: null\n"
        "      # default\n"
        "      # null at environments/lab/workspaces/climate.yaml:3:28 (file)\n"
        "      # was 2 from environments/base.yaml:8:17 (base)\n"
    ) in climate


def test_origins_of_a_setting_are_the_argument(run: Run) -> None:
    setting = "workspaces/malaria:workers.replicas=null"
    code, out, err = run("show", "dev/workspaces/malaria", "--origins", "--set", setting)

    assert (code, err) == (0, "")
    assert (
        "  replicas: null\n"
        "      # default\n"
        f"      # null at --set {setting}\n"
        "      # was 3 from environments/dev/workspaces/malaria.yaml:7:15 (file)\n"
        "      # was 2 from environments/base.yaml:8:17 (base)\n"
    ) in out


def test_origins_change_nothing_but_comments(run: Run) -> None:
    for target in ("dev", "dev/workspaces/malaria", "lab/workspaces/climate"):
        _, plain, _ = run("show", target)
        _, annotated, _ = run("show", target, "--origins")
        assert yaml.safe_load(plain) == yaml.safe_load(annotated)
        assert all(len(line) <= 80 or line.lstrip()[0] == "#" for line in annotated.splitlines())


def test_a_profile_of_the_command_line_replaces_the_choice(run: Run) -> None:
    code, out, err = run("show", "dev/workspaces/default", "--profile", "calm")

    assert (code, err) == (0, "")
    assert "# profiles: calm\n" in out
    assert yaml.safe_load(out)["workers"]["threads"] == 2


@pytest.mark.parametrize("target", ["dev", "dev/environment", "environments/dev/environment.yaml"])
def test_an_environment_has_three_names(run: Run, target: str) -> None:
    code, out, err = run("show", target)

    assert (code, err) == (0, "")
    assert out.startswith("# environments/dev/environment.yaml\n")
    shown = yaml.safe_load(out)
    assert shown["cluster"]["pools"]["cpu"]["vmSize"] == "Standard_D8s_v5"
    assert "defaults" not in shown


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("dve", "there is no environment `dve`: did you mean `dev`?"),
        (
            "dev/workspaces/malria",
            "there is no object `dev/workspaces/malria`: did you mean `dev/workspaces/malaria`?",
        ),
        ("dev/malaria", "did you mean `dev/workspaces/malaria`?"),
        ("", "there is no environment ``: one of: dev, lab"),
    ],
)
def test_an_unknown_target_is_a_wrong_invocation(run: Run, target: str, said: str) -> None:
    code, out, err = run("show", target)

    assert (code, out) == (2, "")
    assert said in err


def test_a_wrong_tree_is_explained_instead(project: Path, run: Run) -> None:
    (project / "environments/dev/workspaces/default.yaml").write_text("a: [")

    code, out, err = run("show", "dev/workspaces/malaria")

    assert (code, out) == (1, "")
    assert "error[CFG010]" in err
    assert "environments/dev/workspaces/default.yaml:1:" in err


# --- the text ----------------------------------------------------------------------------------

LOOK_ALIKES = "no NULL ~ 012 1e3 1_0 1:20 8Gi 5m0s 2026-01-01 0x1f inf .inf = << [ *a &a !a %a @a"
AWKWARD = ("a: b", "a #b", "- a", "a, b", "x: ", "\x1b[31m", "é", "\u2028", "\U0001f600")
words = st.text() | st.sampled_from([*LOOK_ALIKES.split(), *AWKWARD])
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | words
trees = st.dictionaries(
    words,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


@given(trees)
def test_every_reader_of_yaml_reads_the_tree_back(tree: dict[str, object]) -> None:
    text = display.text(display.plain(tree), str)

    assert (yaml.safe_load(text) or {}) == tree
    assert (YAML(typ="safe", pure=True).load(text) or {}) == tree


@given(numbers)
def test_numbers_stay_numbers(number: float) -> None:
    read = yaml.safe_load(settings_text.scalar(number))

    assert type(read) is type(number)
    assert read == number
    assert math.copysign(1, read) == math.copysign(1, number)
