"""`modelops list --capacity`: what units ask for, what there is, and what sharing saves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Said

Run = Callable[..., Said]

AGENT = f"""\
image: registry.example.org/models/agent@sha256:{"5a" * 32}
  resources: {{cpu: "2", memory: 4Gi}}
  ports: {{http: {{port: 8080}}}}
"""
AGENTS = ("converter", "creator", "documentation", "research", "sources")
WORKSHOPS = ("healthcare", "security", "spring")


def written(path: Path, kind: str, spec: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"apiVersion: modelops.io/v1\nkind: {kind}\nspec:\n  {spec}")


@pytest.fixture
def hall(project: Path) -> Path:
    """Five agents that three workshops share, each with a chat agent of its own."""
    folder = project / "environments/hall"
    written(
        folder / "environment.yaml",
        "Environment",
        "cluster:\n    pools: {cpu: {vmSize: Standard_D8s_v5, max: 4}}\n"
        "    features: {networkPolicy: calico}\n"
        "  registry: {pullSecret: {name: pull, existing: true}}\n",
    )
    for agent in AGENTS:
        written(folder / f"services/{agent}.yaml", "Service", AGENT)
    uses = ", ".join(f"{agent}: {{}}" for agent in AGENTS)
    chat = AGENT.replace("\n", "\n    ").rstrip()
    for workshop in WORKSHOPS:
        written(
            folder / f"workspaces/{workshop}.yaml",
            "Workspace",
            f"workers: {{replicas: 0}}\n  components:\n    chat:\n      {chat}\n"
            f"      uses: {{{uses}}}\n",
        )
    return folder


def cells(out: str) -> dict[str, list[str]]:
    """The columns of each row of the tables, by the first of them."""
    rows = (line.strip().split("  ") for line in out.splitlines())
    parts = ([cell.strip() for cell in row if cell.strip()] for row in rows)
    return {row[0]: row[1:] for row in parts if len(row) > 1}


def test_sharing_agents_saves_what_was_published(hall: Path, run: Run) -> None:
    code, out, err = run("list", hall.name, "--capacity")

    assert (code, err) == (0, "")
    rows = cells(out)
    assert rows["shared"] == ["8", "16", "32 GiB"]
    assert rows["a copy for each workspace"] == ["18", "36", "72 GiB"]
    assert rows["saved"] == ["55.6 %", "55.6 %", "55.6 %"]


def test_units_are_held_against_quotas_and_pools(hall: Path, run: Run) -> None:
    rows = cells(run("list", hall.name, "--capacity")[1])

    assert rows["service creator"] == ["1", "2", "4 GiB"]
    assert rows["workspace spring"] == ["2", "2.5", "5 GiB"]
    # Two pods of each agent in a rolling update, and the Job that waits for the pull secret.
    assert rows["modelops-shared-hall"] == ["5 / 15", "10 / 20.05", "20 GiB / 40.2 GiB"]
    assert rows["cpu"][0] == "11 / 440"
    assert rows["cpu"][1].startswith("17.5 / ")


def test_the_same_for_programs(hall: Path, run: Run) -> None:
    code, out, err = run("list", hall.name, "--capacity", "--json")

    assert (code, err) == (0, "")
    (found,) = json.loads(out)["environments"]
    gib = 1024**3
    assert found["sharing"] == {
        "shared": {"cores": 16, "memoryBytes": 32 * gib, "pods": 8},
        "dedicated": {"cores": 36, "memoryBytes": 72 * gib, "pods": 18},
        "savedPercent": {"pods": 55.6, "cores": 55.6, "memory": 55.6},
    }
    assert [one["name"] for one in found["units"]] == [*AGENTS, *WORKSHOPS]
    assert found["pools"][0]["requested"]["pods"] == 11


def test_a_service_that_others_use_is_copied_with_them(hall: Path, run: Run) -> None:
    creator = hall / "services/creator.yaml"
    creator.write_text(creator.read_text() + "  uses: {store: {}}\n")
    written(hall / "services/store.yaml", "Service", AGENT)
    written(hall / "services/unused.yaml", "Service", AGENT)

    rows = cells(run("list", hall.name, "--capacity")[1])

    assert rows["shared"] == ["9", "18", "36 GiB"]
    assert rows["a copy for each workspace"] == ["21", "42", "84 GiB"]


def test_without_services_nothing_is_shared(run: Run) -> None:
    code, out, err = run("list", "dev", "--capacity")

    assert (code, err) == (0, "")
    assert "saved" not in out
    assert (
        json.loads(run("list", "dev", "--capacity", "--json")[1])["environments"][0]["sharing"]
        is None
    )


def test_what_is_wrong_is_told_instead(hall: Path, run: Run) -> None:
    (hall / "services/creator.yaml").unlink()

    code, out, err = run("list", hall.name, "--capacity")

    assert (code, out) == (1, "")
    assert "SHR001" in err


def test_json_is_a_form_of_capacity(run: Run) -> None:
    code, _, err = run("list", "--json")
    assert code == 2
    assert "--capacity" in err
