"""Runs and services at the command line: listed, shown, explained, previewed, and not idle."""

import json
from pathlib import Path
from textwrap import dedent

import pytest
from tests.cli.test_cli_show import Run

FILES = {
    "base.yaml": """\
        kind: Defaults
        spec:
          environment:
            flux: {url: "https://git.example.org/models"}
          run: {trials: 50, workers: {replicas: 3}}
          service: {replicas: 2}
        """,
    "profiles/quick.yaml": """\
        kind: Profile
        spec:
          defaults: {run: {trials: 10}}
          overrides: {run: {replicates: 2}, service: {replicas: 1}}
        """,
    "dev/environment.yaml": """\
        kind: Environment
        spec:
          cluster:
            pools: {cpu: {vmSize: Standard_D8s_v5}}
            features: {keda: true, networkPolicy: calico}
            ingress: {class: nginx, namespace: ingress-nginx, domain: dev.example.org}
          registry: {pullSecret: {name: pull, existing: true}}
          defaults: {run: {replicates: 5}}
        """,
    "dev/runs/sir.yaml": """\
        kind: Run
        spec:
          profile: quick
          workspace: malaria
          model: models.sir/baseline
          objective: {target: targets.prevalence:loss}
          parameters: {beta: {type: float, low: 0.1, high: 0.9}}
          store: {kind: none}
        """,
    "dev/services/mlflow.yaml": """\
        kind: Service
        spec: {image: dask-worker, ports: {http: {port: 5000}}}
        """,
}


@pytest.fixture
def planes(project: Path) -> Path:
    """The small project with a run and a service."""
    for name, text in FILES.items():
        file = project / "environments" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"apiVersion: modelops.io/v1\n{dedent(text)}")
    return project


@pytest.mark.usefixtures("planes")
def test_list_has_a_table_for_each_kind_that_there_is(run: Run) -> None:
    code, out, err = run("list", "dev")
    assert (code, err) == (0, "")
    rows = [line.split() for line in out.splitlines()]
    assert [
        "sir", "quick", "malaria", "10", "x", "2", "3", "coordinated", "none",
        "modelops-run-dev-sir",
    ] in rows  # fmt: skip
    assert ["mlflow", "-", "2", "dask-worker", "modelops-shared-dev"] in rows
    assert "environments/dev/runs/RUN.yaml" in out.splitlines()[0] or "runs/RUN.yaml" in out


@pytest.mark.usefixtures("planes")
def test_a_run_has_layers_like_any_unit(run: Run) -> None:
    code, out, _ = run("explain", "dev/runs/sir", "replicates", "--json")
    assert code == 0
    (setting,) = json.loads(out)["settings"]
    assert (setting["value"], setting["wonBy"]) == (2, "overrides of profile quick")
    said = {row["layer"]: row["role"] for row in setting["layers"]}
    assert said["environment"] == "overridden"


@pytest.mark.usefixtures("planes")
@pytest.mark.parametrize(
    ("target", "setting", "shown"),
    [
        ("dev/runs/sir", "runs/sir:trials=7", "trials: 7"),
        ("dev/services/mlflow", "services/mlflow:replicas=4", "replicas: 4"),
    ],
)
def test_a_preview_reaches_runs_and_services(
    run: Run, target: str, setting: str, shown: str
) -> None:
    code, out, _ = run("show", target, "--set", setting)
    assert code == 0
    assert shown in out.splitlines()


@pytest.mark.usefixtures("planes")
def test_the_environment_shows_its_ingress(run: Run) -> None:
    _, out, _ = run("show", "dev")
    assert "domain: dev.example.org" in out
    assert "class: nginx" in out


@pytest.mark.usefixtures("planes")
def test_a_profile_that_only_a_run_uses_is_used(run: Run) -> None:
    _, out, _ = run("lint")
    assert "`quick`" not in out
