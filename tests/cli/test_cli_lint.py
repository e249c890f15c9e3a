"""`modelops lint`: what is written and changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]


def found(run: Run, *arguments: str) -> list[tuple[str, str, str]]:
    """Why, what and where of each finding."""
    code, out, err = run("lint", "--json", *arguments)
    assert (code, err) == (0, "")
    findings: list[dict[str, Any]] = json.loads(out)["findings"]
    return [
        (one["why"], one["what"], "{file}:{line}:{column}".format(**one["at"])) for one in findings
    ]


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


@pytest.fixture
def environments(project: Path) -> Path:
    return project / "environments"


def test_a_tree_where_all_has_effect(run: Run) -> None:
    assert run("lint") == (0, "everything that is written changes something\n", "")
    assert run("lint", "--check")[0] == 0
    assert run("lint", "--json")[1] == '{\n  "findings": []\n}\n'


def test_a_setting_that_every_workspace_overrides(environments: Path, run: Run) -> None:
    replace(
        environments / "dev/workspaces/default.yaml", "team-a", "team-a, workers: {replicas: 1}"
    )

    code, out, err = run("lint")

    assert (code, err) == (0, "")
    assert out == (
        "environments/base.yaml:8:17\n"
        "  `workers.replicas` never wins: all 3 workspaces that look here override it\n"
        "\n"
        "1 finding\n"
    )


def test_one_workspace_that_takes_a_setting_is_enough(environments: Path, run: Run) -> None:
    replace(environments / "dev/environment.yaml", "spec:\n", "spec:\n  defaults: DEFAULTS\n")
    replace(
        environments / "dev/environment.yaml",
        "DEFAULTS",
        "{workspace: {workers: {threads: 3, drain: 3m}}}",
    )
    assert found(run) == []

    replace(environments / "dev/workspaces/default.yaml", "team-a", "team-a, workers: {threads: 1}")
    assert found(run) == [
        ("overridden", "workers.threads", "environments/dev/environment.yaml:4:45")
    ]


def test_layers_of_other_environments_are_not_looked_at(environments: Path, run: Run) -> None:
    file = environments / "lab/environment.yaml"
    replace(file, "{results: {kind: volume}}", "{workers: {processes: 3}, results: {kind: volume}}")
    assert found(run) == []

    replace(environments / "lab/workspaces/climate.yaml", "replicas: null", "processes: 4")
    replace(environments / "base.yaml", "replicas: 2", "threads: 1")
    assert found(run) == [
        ("overridden", "workers.processes", "environments/lab/environment.yaml:8:47")
    ]
    assert "the only workspace that looks here overrides it" in run("lint")[1]


def test_defaults_of_a_profile_that_its_only_workspace_overrides(
    environments: Path, run: Run
) -> None:
    file = environments / "profiles/calm.yaml"
    file.write_text(file.read_text() + "  defaults: {workspace: {workers: {replicas: 9}}}\n")

    _, out, _ = run("lint")

    assert "`workers.replicas` never wins: the only workspace that looks here overrides it" in out


def test_an_environment_that_repeats_the_base(environments: Path, run: Run) -> None:
    replace(
        environments / "dev/environment.yaml",
        "spec:\n",
        "spec:\n"
        '  flux: {url: "https://git.example.org/models"}\n'
        "  defaults: {workspace: {workers: {processes: 2}}}\n",
    )
    lab = environments / "lab/environment.yaml"
    replace(lab, "spec:\n", 'spec:\n  flux: {url: "https://git.example.org/lab"}\n')

    assert found(run) == [
        ("repeated", "flux.url", "environments/dev/environment.yaml:4:15"),
        ("repeated", "workers.processes", "environments/dev/environment.yaml:5:47"),
    ]


def test_a_null_is_a_guard_and_never_idle(environments: Path, run: Run) -> None:
    file = environments / "profiles/calm.yaml"
    file.write_text(file.read_text() + "  defaults: {workspace: {workers: {autoscaling: null}}}\n")

    assert found(run) == []


def test_profiles_that_nobody_uses(environments: Path, run: Run) -> None:
    profile = (environments / "profiles/calm.yaml").read_text()
    (environments / "profiles/wild.yaml").write_text(profile)
    assert found(run) == [("profile", "wild", "environments/profiles/wild.yaml:1:1")]

    replace(environments / "lab/workspaces/climate.yaml", "{workers", "{profile: wild, workers")
    assert found(run) == []


def test_a_profile_of_an_environment_is_for_its_own_workspaces(
    environments: Path, run: Run
) -> None:
    profile = (environments / "profiles/calm.yaml").read_text()
    (environments / "profiles/wild.yaml").write_text(profile)
    (environments / "dev/profiles").mkdir()
    (environments / "dev/profiles/wild.yaml").write_text(profile)
    replace(environments / "lab/workspaces/climate.yaml", "{workers", "{profile: wild, workers")

    assert found(run) == [("profile", "wild", "environments/dev/profiles/wild.yaml:1:1")]


def test_a_profile_may_repeat_and_have_any_name(environments: Path, run: Run) -> None:
    (environments / "profiles/calm.yaml").rename(environments / "profiles/environment.yaml")
    file = environments / "profiles/environment.yaml"
    file.write_text(file.read_text() + "  defaults: {workspace: {workers: {processes: 2}}}\n")
    replace(environments / "dev/workspaces/malaria.yaml", "calm", "environment")

    assert found(run) == []


def test_images_that_nobody_uses(environments: Path, run: Run) -> None:
    file = environments / "images.yaml"
    digest = f"sha256:{'0' * 64}"
    file.write_text(file.read_text() + f"    spare: {{repository: spare, digest: '{digest}'}}\n")
    line = len(file.read_text().splitlines())

    assert found(run) == [("image", "spare", f"environments/images.yaml:{line}:5")]


def test_the_image_that_makes_secrets_is_used_where_some_are_made(
    environments: Path, run: Run
) -> None:
    file = environments / "images.yaml"
    digest = f"sha256:{'0' * 64}"
    file.write_text(file.read_text() + f"    tools: {{repository: tools, digest: '{digest}'}}\n")
    assert [what for _, what, _ in found(run)] == ["tools"]
    default = environments / "dev/workspaces/default.yaml"
    replace(default, "team-a", "team-a, secrets: {web: {generate: [key]}}")
    assert found(run) == []


def test_named_environments_show_their_own_folders(environments: Path, run: Run) -> None:
    profile = (environments / "profiles/calm.yaml").read_text()
    (environments / "profiles/wild.yaml").write_text(profile)
    file = environments / "dev/environment.yaml"
    file.write_text(file.read_text() + "  defaults: {workspace: {workers: {processes: 2}}}\n")

    assert len(found(run)) == 2
    assert found(run, "lab") == []
    assert [why for why, _, _ in found(run, "dev")] == ["repeated"]
    assert run("lint", "nowhere")[0] == 2


def test_check_is_for_ci(environments: Path, run: Run) -> None:
    profile = (environments / "profiles/calm.yaml").read_text()
    (environments / "profiles/wild.yaml").write_text(profile)

    code, out, err = run("lint", "--check")

    assert (code, err) == (1, "")
    assert out == (
        "environments/profiles/wild.yaml:1:1\n  no unit uses the profile `wild`\n\n1 finding\n"
    )


def test_a_wrong_tree_is_told_instead(environments: Path, run: Run) -> None:
    (environments / "dev/workspaces/default.yaml").write_text("a: [")

    code, out, err = run("lint")

    assert (code, out) == (1, "")
    assert "error[CFG010]" in err
