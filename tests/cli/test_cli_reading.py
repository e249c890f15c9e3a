"""The commands that only look: validate, list, rule; and schema, which writes for editors."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from modelops.diagnostics.rulebook import RULES

Run = Callable[..., tuple[int, str, str]]


# --- validate ----------------------------------------------------------------------------------


def test_validate_counts_what_it_looked_at(project: Path, run: Run) -> None:
    assert run("validate") == (0, "dev, lab: 3 workspaces, no problems\n", "")
    assert run("validate", "lab") == (0, "lab: 1 workspace, no problems\n", "")
    assert not (project / "generated").exists()


def test_validate_tells_everything_that_is_wrong(project: Path, run: Run) -> None:
    workspaces = project / "environments/dev/workspaces"
    (workspaces / "default.yaml").write_text("a: [")
    (workspaces / "malaria.yaml").write_text("b: {")

    code, out, err = run("validate")

    assert (code, out) == (1, "")
    assert err.count("error[CFG010]") == 2
    assert err.endswith("2 errors\n")


def test_validate_goes_on_with_warnings(project: Path, run: Run) -> None:
    images = project / "environments/images.yaml"
    images.write_text(re.sub("digest: [^ }\n]*", "tag: main", images.read_text()))

    code, out, err = run("validate", "lab")

    assert (code, out) == (0, "lab: 1 workspace, 2 warnings\n")
    assert err.count("warning[IMG001]") == 2


def test_validate_judges_previews(run: Run) -> None:
    code, out, err = run("validate", "dev", "--set", "workspaces/malaria:workers.pool=gpu")

    assert (code, out) == (1, "")
    assert "error[FIT003]" in err
    assert "workspaces/malaria:workers.pool=gpu" in err


def test_validate_refuses_unknown_environments(run: Run) -> None:
    code, out, err = run("validate", "deb")

    assert (code, out) == (2, "")
    assert "there is no environment `deb`: did you mean `dev`?" in err


# --- list --------------------------------------------------------------------------------------

DEV = """\
dev (development): environments/dev/environment.yaml, workspaces/WORKSPACE.yaml
  WORKSPACE  PROFILE  WORKERS  IMAGE        NAMESPACE
  default    -        2        dask-worker  modelops-dask-dev
  malaria    calm     3        dask-worker  modelops-dask-dev-malaria
"""
LAB = """\
lab (development): environments/lab/environment.yaml, workspaces/WORKSPACE.yaml
  WORKSPACE  PROFILE  WORKERS     IMAGE        NAMESPACE
  climate    -        0-20 queue  dask-worker  modelops-dask-lab-climate
"""


def test_list_shows_every_workspace(run: Run) -> None:
    assert run("list") == (0, f"{DEV}\n{LAB}", "")
    assert run("list", "lab") == (0, LAB, "")


def test_list_shows_an_environment_without_workspaces(project: Path, run: Run) -> None:
    (project / "environments/lab/workspaces/climate.yaml").unlink()

    expected = """\
lab (development): environments/lab/environment.yaml
  no workspaces in environments/lab/workspaces/
"""
    assert run("list", "lab") == (0, expected, "")


def test_list_knows_autoscaling_by_cpu_and_long_names(project: Path, run: Run) -> None:
    climate = project / "environments/lab/workspaces/climate.yaml"
    text = climate.read_text().replace("{max: 20}", "{mode: cpu, max: 4}")
    climate.with_name("a-workspace-with-a-long-name.yaml").write_text(text)

    code, out, err = run("list", "lab")

    assert (code, err) == (0, "")
    assert "1-4 cpu    dask-worker modelops-dask-lab-a-workspace-with-a-long-name" in out


# --- rule --------------------------------------------------------------------------------------


def test_rule_lists_every_rule(run: Run) -> None:
    code, out, err = run("rule")

    assert (code, err) == (0, "")
    head, *rows, blank, legend = out.splitlines()
    assert head.split() == ["CODE", "SEVERITY", "FORBIDS"]
    assert [row.split()[0] for row in rows] == list(RULES)
    assert [row.split()[1] for row in rows] == [rule.severity for rule in RULES.values()]
    assert (blank, legend) == ("", "* an error in production")


@pytest.mark.parametrize("code", sorted(RULES))
def test_rule_serves_all_of_a_rule(run: Run, code: str) -> None:
    rule = RULES[code]
    status, out, err = run("rule", code.lower())

    assert (status, err) == (0, "")
    flat = " ".join(out.split())
    for part in (rule.summary, rule.why, rule.failing, rule.passing, rule.remedy):
        assert part
        assert " ".join(part.split()) in flat
    assert f"Severity: {rule.severity}" in out
    prose = [line for line in out.splitlines() if not line.startswith("  ")]
    assert max(map(len, prose)) <= 80


def test_rule_says_what_is_stricter_in_production(run: Run) -> None:
    _, out, _ = run("rule", "IMG001")

    assert "Severity: warning, error in production\n" in out


def test_an_unknown_rule_is_a_wrong_invocation(run: Run) -> None:
    code, out, err = run("rule", "dsk0011")

    assert (code, out) == (2, "")
    assert "there is no rule `DSK0011`: did you mean `DSK0" in err


# --- schema ------------------------------------------------------------------------------------


def test_schema_writes_once_and_check_agrees(project: Path, run: Run) -> None:
    code, out, err = run("schema")
    written = sorted(path.name for path in (project / "schemas").iterdir())

    assert (code, err) == (0, "")
    assert out.splitlines() == [f"wrote schemas/{name}" for name in written]
    assert "workspace.json" in written
    assert json.loads((project / "schemas/workspace.json").read_bytes())["title"]
    for arguments in (["schema"], ["schema", "--check"]):
        assert run(*arguments) == (0, f"schemas/ is up to date: {len(written)} files\n", "")


def test_schema_check_names_stale_files_and_the_command(project: Path, run: Run) -> None:
    run("schema")
    (project / "schemas/workspace.json").write_text("{}\n")
    (project / "schemas/old.json").write_text("{}\n")

    code, out, err = run("schema", "--check")

    assert code == 1
    assert out.splitlines()[:2] == [
        "modified:  schemas/workspace.json",
        "extra:     schemas/old.json",
    ]
    assert err == (
        "error: `schemas/` is out of date: run `modelops schema` and commit what it writes.\n"
    )
    assert (project / "schemas/workspace.json").read_text() == "{}\n"

    assert run("schema")[:2] == (0, "wrote schemas/workspace.json\nremoved schemas/old.json\n")
