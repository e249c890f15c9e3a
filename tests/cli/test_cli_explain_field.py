"""`modelops explain` of generated fields and of input lines, on the example tree."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from modelops.cli import program

ROOT = Path(__file__).parents[2]
WORKERS = "generated/dev/workspaces/malaria/workers.yaml"
MALARIA = "environments/dev/workspaces/malaria.yaml"
MEMORY_LIMIT = "spec.template.spec.containers[0].args[8]"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["--root", str(ROOT), "explain", *arguments])


def test_a_derived_field_tells_its_formula_and_every_input() -> None:
    told = run(WORKERS, MEMORY_LIMIT)
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        WORKERS,
        "Deployment dask-worker in modelops-dask-dev-malaria",
        f'  {MEMORY_LIMIT} = "2899102924"',
        "    is floor((1 - headroom) x memory limit / processes)",
        "      workers.memory.headroom = 0.1, the models' default",
        f"      workers.resources.memory.limit = 9Gi, {MALARIA}:13:35 (file)",
        f"      workers.processes = 3, {MALARIA}:12:16 (file)",
    ]


def test_a_written_field_tells_its_line() -> None:
    told = run(WORKERS, "metadata.labels.team")
    assert (
        "from labels.team = malaria, environments/dev/workspaces/malaria.yaml:9:18" in told.stdout
    )


def test_a_constant_tells_its_reason() -> None:
    told = run(WORKERS, "spec.progressDeadlineSeconds")
    assert "constant: a node pool may have to grow from no node" in told.stdout


def test_a_path_explains_all_that_is_below_it_in_every_object() -> None:
    told = run(WORKERS, "spec.selector")
    assert told.stdout.count("spec.selector.matchLabels") == 4
    assert "PodDisruptionBudget dask-worker" in told.stdout


def test_json_tells_the_same() -> None:
    (field,) = json.loads(run(WORKERS, MEMORY_LIMIT, "--json").stdout)
    assert field["how"] == "derived"
    assert field["value"] == "2899102924"
    assert [one["path"] for one in field["settings"]] == [
        "workers.memory.headroom",
        "workers.resources.memory.limit",
        "workers.processes",
    ]
    assert [one["at"] and one["at"]["line"] for one in field["settings"]] == [None, 13, 12]


def test_a_line_tells_every_field_that_it_feeds() -> None:
    told = run("--source", "environments/dev/workspaces/malaria.yaml:12", "--json")
    fed = {(one["object"]["kind"], one["path"]) for one in json.loads(told.stdout)}
    assert ("ScaledObject", "spec.triggers[0].metadata.targetValue") in fed
    assert ("Deployment", MEMORY_LIMIT) in fed
    assert ("NetworkPolicy", "spec.egress[1].ports[0].endPort") in fed
    assert all("malaria/" in one["file"] for one in json.loads(told.stdout))


def test_a_line_of_the_base_feeds_every_environment() -> None:
    told = run("--source", "environments/base.yaml:18", "--json")
    files = {one["file"].split("/")[1] for one in json.loads(told.stdout)}
    assert files == {"dev", "prod", "staging", "workshops"}


def test_a_comment_feeds_nothing() -> None:
    told = run("--source", "environments/base.yaml:3")
    assert told.exit_code == 0
    assert told.stdout == "environments/base.yaml:3 feeds no generated field.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((WORKERS, "spec.strategi"), "did you mean `strategy`?"),
        ((WORKERS.replace("workers.yaml", "worker.yaml"), "spec"), "did you mean"),
        (("generated/qa/flux/platform.yaml", "spec"), "there is no environment `qa`"),
        (("--source", "environments/base.yaml"), "is not FILE:LINE"),
        (("--source", "environments/base.yaml:999"), "there is no line 999"),
        (("--source", "README.md:1"), "is not below `environments/`"),
        (("--source", "environments/base.yaml:1", "dev"), "is explained alone"),
        ((WORKERS, "spec", "--profile", "debug"), "is explained alone"),
        ((WORKERS,), "say what to explain"),
        ((), "say what to explain"),
        ((WORKERS, "spec..x"), "is no path"),
    ],
)
def test_a_wrong_question_is_a_wrong_invocation(arguments: tuple[str, ...], said: str) -> None:
    told = run(*arguments)
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""
